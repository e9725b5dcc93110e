#include "journey/friction/stall.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "friction/option_checks.h"
#include "journey/friction/log_measures.h"

namespace journey {
inline namespace v0 {

// By the texts of channel and name, from and to.
struct Stall::Limits {
  using Texts = std::array<std::string, 4>;
  using Views = std::array<std::string_view, 4>;
  struct Less {
    using is_transparent = void;
    static Views ViewsOf(const Texts& texts) { return {texts[0], texts[1], texts[2], texts[3]}; }
    static const Views& ViewsOf(const Views& views) { return views; }
    template <typename A, typename B>
    bool operator()(const A& a, const B& b) const {
      return ViewsOf(a) < ViewsOf(b);
    }
  };
  std::map<Texts, Duration, Less> of_transition;
  Duration lowest = kForever;

  [[nodiscard]] const Duration* Find(const JourneyView& journey, std::size_t event) const {
    const auto found = of_transition.find(Views{journey.channel_text(event - 1), journey.name_text(event - 1),
                                                journey.channel_text(event), journey.name_text(event)});
    return found == of_transition.end() ? nullptr : &found->second;
  }
};

std::string Stall::parameters() const {
  std::string text = options_.limit == kForever ? "" : "limit " + FormatDuration(options_.limit);
  if (options_.learn) {
    text += fmt::format("{}quantile {} of transitions seen at least {} times", text.empty() ? "" : ", ",
                        *options_.learn, options_.least);
    if (limits_ != nullptr) text += fmt::format(": learnt for {}", limits_->of_transition.size());
  }
  return text;
}

Status Stall::Validate() const {
  if (Status status = internal::CheckDuration("limit", options_.limit, Duration{1}); !status.ok())
    return status;
  if (options_.learn) {
    if (Status status = internal::CheckQuantile("learn", *options_.learn); !status.ok()) return status;
  }
  return internal::CheckCount("least", options_.least, 1);
}

std::shared_ptr<const Detector> Stall::Learn(const LogMeasures& measures) const {
  auto limits = std::make_shared<Limits>();
  const TouchpointCatalog& catalog = measures.catalog();
  for (const TransitionGaps* const row : measures.transitions()) {
    if (row->gaps.count() < options_.least) continue;
    const Duration quantile = row->gaps.Quantile(internal::PartOf(*options_.learn), internal::kQuantileParts);
    const Duration limit = std::max(quantile, measures.session_gap());
    const auto text = [](std::string_view view) { return std::string(view); };
    limits->of_transition.emplace(
        Limits::Texts{text(catalog.channel_text(row->from)), text(catalog.name_text(row->from)),
                      text(catalog.channel_text(row->to)), text(catalog.name_text(row->to))},
        limit);
    limits->lowest = std::min(limits->lowest, limit);
  }
  auto learnt = std::make_shared<Stall>(options_);
  learnt->limits_ = std::move(limits);
  return learnt;
}

void Stall::Examine(const JourneyView& journey, FindingSink& sink) const {
  const Duration absolute = journey.definition() == nullptr ? kForever : options_.limit;
  const Duration lowest = limits_ == nullptr ? absolute : std::min(absolute, limits_->lowest);
  for (std::size_t i = 1; i < journey.size(); ++i) {
    const Duration gap = journey.gap(i);
    if (gap <= lowest) continue;
    const Duration* const learnt = limits_ == nullptr ? nullptr : limits_->Find(journey, i);
    const Duration limit = learnt == nullptr ? absolute : *learnt;
    if (gap <= limit) continue;
    sink.Add({.kind = "stall",
              .reason = learnt == nullptr ? std::string_view() : "learnt",
              .at = i - 1,
              .begin = i - 1,
              .end = i + 1,
              .cost_time = gap - limit,
              .severity = Severity::kMedium});
  }
}

}  // namespace v0
}  // namespace journey
