#include "journey/io/html_writer.h"

#include <fmt/format.h>

#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "io/html_insight_styles.h"
#include "io/html_insights.h"
#include "io/html_sections.h"
#include "io/html_styles.h"
#include "io/html_template.h"

namespace journey {
inline namespace v0 {
namespace {

// A section that is ready, and the link to it in the head of the page.
void Place(internal::PageData& page, const std::string& name, std::string_view id, std::string_view title,
           std::string markup) {
  if (markup.empty()) return;
  page.set(name + "_markup", std::move(markup));
  page.set(name + "_nav", fmt::format("<a href=\"#{}\">{}</a>\n", id, title));
}

void AddInsights(const Report& report, const Insights& insights, const HtmlOptions& options,
                 internal::PageData& page) {
  Place(page, "fix", "fix", "What to fix first", internal::FixSection(report, insights, options));
  Place(page, "funnel", "funnels", "Funnels", internal::FunnelSection(report, insights, options));
  Place(page, "credit", "credit", "Credit", internal::CreditSection(report, insights, options));
  Place(page, "time", "time", "Time", internal::TimeSection(report, insights, options));
  // Two sections in one place, either of which may be missing.
  std::string owners = internal::OwnerSection(report, insights, options);
  std::string feedback = internal::FeedbackSection(report, insights, options);
  std::string links = owners.empty() ? "" : "<a href=\"#owners\">Owners</a>\n";
  if (!feedback.empty()) links += "<a href=\"#feedback\">Feedback</a>\n";
  page.set("said_markup", owners + feedback);
  page.set("said_nav", links);
}

void Write(const Report& report, const Insights* insights, std::ostream& out, const HtmlOptions& options) {
  internal::PageData page;
  std::string styles(internal::kHtmlStyles);
  if (insights != nullptr) styles += internal::kHtmlInsightStyles;
  page.set("styles", styles);
  internal::AddSummary(report, insights, options, page);
  if (report.input.events != 0) {
    internal::AddJourneys(report, page);
    internal::AddFriction(report, insights, options, page);
    internal::AddChannels(report, options, page);
    internal::AddTouchpoints(report, options, page);
    internal::AddExamples(report, options, page);
    internal::AddPaths(report, options, page);
    if (insights != nullptr) AddInsights(report, *insights, options, page);
  }
  internal::AddEvidence(report, page);
  kainjow::mustache::mustache page_template{std::string(internal::kHtmlTemplate)};
  page_template.render(page, out);
}

}  // namespace

void WriteHtml(const Report& report, std::ostream& out, const HtmlOptions& options) {
  Write(report, nullptr, out, options);
}

void WriteHtml(const Report& report, const Insights& insights, std::ostream& out,
               const HtmlOptions& options) {
  Write(report, &insights, out, options);
}

}  // namespace v0
}  // namespace journey
