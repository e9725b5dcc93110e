// The parts of a text report that show Insights.
#pragma once
#include "io/text_page.h"
#include "journey/pipeline/insights.h"

namespace journey {
inline namespace v0 {
namespace internal {

void AppendFixFirst(const Insights& insights, TextPage& page);
// What counted as an error, support and feedback, and what can therefore not be found.
void AppendClasses(const Insights& insights, TextPage& page);
void AppendFunnels(const Insights& insights, TextPage& page);
void AppendOwners(const Insights& insights, TextPage& page);
void AppendFeedback(const Insights& insights, TextPage& page);
void AppendAttribution(const Insights& insights, TextPage& page);

}  // namespace internal
}  // namespace v0
}  // namespace journey
