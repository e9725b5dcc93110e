// The sections of the page that show Insights. Each renders its own part of the page, ready to be put in its place; empty
// where there is nothing to show. As in html_sections.h, what came from outside is made visible here and escaped by
// the templates.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "io/html_sections.h"
#include "io/insight_figures.h"
#include "journey/pipeline/insights.h"

namespace journey {
inline namespace v0 {
namespace internal {

[[nodiscard]] std::string FixSection(const Report& report, const Insights& insights,
                                     const HtmlOptions& options);
[[nodiscard]] std::string FunnelSection(const Report& report, const Insights& insights,
                                        const HtmlOptions& options);
[[nodiscard]] std::string FeedbackSection(const Report& report, const Insights& insights,
                                          const HtmlOptions& options);
[[nodiscard]] std::string OwnerSection(const Report& report, const Insights& insights,
                                       const HtmlOptions& options);
[[nodiscard]] std::string CreditSection(const Report& report, const Insights& insights,
                                        const HtmlOptions& options);

[[nodiscard]] std::string TimeSection(const Report& report, const Insights& insights,
                                      const HtmlOptions& options);

// For the head of the page, as markup: what stands at the top of the ranking. Empty where nothing does.
[[nodiscard]] std::string FixSentence(const Report& report, const Insights& insights);

// What the sections share.

[[nodiscard]] std::string RenderPart(std::string_view markup, const PageData& data);

// A touchpoint as markup: its channel as a chip, then its name.
[[nodiscard]] std::string TouchpointMarkup(const Report& report, TouchpointId touchpoint);

// One journey in a sentence, as markup: "Customer 12, from 13 Mar 2024, 10:21: 14 events in 2h 5m; it was abandoned."
[[nodiscard]] std::string JourneyLine(const Report& report, JourneyId journey);

// How the journeys behind a figure ended, and some of them, as markup.
[[nodiscard]] std::string EvidenceMarkup(const Report& report, const FrictionEvidence& evidence);
[[nodiscard]] std::string ExamplesMarkup(const Report& report, std::span<const JourneyId> examples);

// Estimates with their intervals on one scale, as pictures that stretch to the width they are given.
class IntervalScale {
 public:
  // Wide enough for all that was added, and 0.
  void Add(double low, double high);
  [[nodiscard]] double low() const { return low_; }
  [[nodiscard]] double high() const { return high_; }
  // `css` is one of our own classes.
  [[nodiscard]] std::string Draw(const Estimate& estimate, bool has_interval, std::string_view css) const;

 private:
  [[nodiscard]] int X(double value) const;  // 0 to 1,000
  double low_ = 0;
  double high_ = 0;
};
[[nodiscard]] std::string_view CssOf(Clarity clarity);  // "w-gain", "w-unclear", "w-none"

}  // namespace internal
}  // namespace v0
}  // namespace journey
