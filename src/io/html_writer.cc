#include "journey/io/html_writer.h"

#include <ostream>

#include "io/html_sections.h"
#include "io/html_styles.h"
#include "io/html_template.h"

namespace journey {
inline namespace v0 {

void WriteHtml(const Report& report, std::ostream& out, const HtmlOptions& options) {
  internal::PageData page;
  page.set("styles", std::string(internal::kHtmlStyles));
  internal::AddSummary(report, options, page);
  if (report.input.events != 0) {
    internal::AddJourneys(report, page);
    internal::AddFriction(report, options, page);
    internal::AddChannels(report, options, page);
    internal::AddTouchpoints(report, options, page);
    internal::AddExamples(report, options, page);
    internal::AddPaths(report, options, page);
  }
  internal::AddEvidence(report, page);
  kainjow::mustache::mustache page_template{std::string(internal::kHtmlTemplate)};
  page_template.render(page, out);
}

}  // namespace v0
}  // namespace journey
