// The sections of the page, each as the data that its part of the template (html_template.h) asks for.
// Everything that came from outside is made visible here and escaped by the template; pictures, and sentences
// with names in them, arrive as ready markup.
#pragma once
#include <cstddef>
#include <kainjow/mustache.hpp>
#include <string>
#include <string_view>

#include "journey/io/html_writer.h"
#include "journey/pipeline/insights.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {
namespace internal {

using PageData = kainjow::mustache::data;

// A name for a cell or a label: visible, and no longer than fits.
[[nodiscard]] std::string ShownName(std::string_view name, std::size_t columns = 48);

// A name inside a sentence, as markup: escaped, and kept from turning the direction of the words around it.
// A sentence with such names goes into the template unescaped.
[[nodiscard]] std::string NameMarkup(std::string_view name, std::size_t columns = 60);

// Insights may be nullptr.
void AddSummary(const Report& report, const Insights* insights, const HtmlOptions& options, PageData& page);
void AddJourneys(const Report& report, PageData& page);
void AddFriction(const Report& report, const Insights* insights, const HtmlOptions& options, PageData& page);
void AddChannels(const Report& report, const HtmlOptions& options, PageData& page);
void AddTouchpoints(const Report& report, const HtmlOptions& options, PageData& page);
void AddExamples(const Report& report, const HtmlOptions& options, PageData& page);
void AddPaths(const Report& report, const HtmlOptions& options, PageData& page);
void AddEvidence(const Report& report, PageData& page);

}  // namespace internal
}  // namespace v0
}  // namespace journey
