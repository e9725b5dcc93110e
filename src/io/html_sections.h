// The sections of the page, each as the data that its part of the template (html_template.h) asks for. Everything
// that came from outside is made visible here and escaped by the template; pictures arrive as ready markup.
#pragma once
#include <kainjow/mustache.hpp>

#include "journey/io/html_writer.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {
namespace internal {

using PageData = kainjow::mustache::data;

void AddSummary(const Report& report, const HtmlOptions& options, PageData& page);
void AddJourneys(const Report& report, PageData& page);
void AddFriction(const Report& report, const HtmlOptions& options, PageData& page);
void AddChannels(const Report& report, const HtmlOptions& options, PageData& page);
void AddTouchpoints(const Report& report, const HtmlOptions& options, PageData& page);
void AddExamples(const Report& report, const HtmlOptions& options, PageData& page);
void AddPaths(const Report& report, const HtmlOptions& options, PageData& page);
void AddEvidence(const Report& report, PageData& page);

}  // namespace internal
}  // namespace v0
}  // namespace journey
