#include "journey/friction/excess_effort.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "friction/option_checks.h"
#include "journey/friction/log_measures.h"

namespace journey {
inline namespace v0 {

struct ExcessEffort::Limits {
  struct OfDefinition {
    std::string name;
    std::uint32_t events = 0;
    Duration time{0};
  };
  std::vector<OfDefinition> definitions;  // few

  [[nodiscard]] const OfDefinition* Find(std::string_view name) const {
    const auto found = std::ranges::find(definitions, name, &OfDefinition::name);
    return found == definitions.end() ? nullptr : &*found;
  }
};

std::string ExcessEffort::parameters() const {
  std::string text;
  const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (options_.events) add(fmt::format("events {}", *options_.events));
  if (options_.time) add("time " + FormatDuration(*options_.time));
  if (!LearnsEvents() && !LearnsTime()) return text;
  add(fmt::format("{} times quantile {} of at least {} achieved journeys", options_.factor, *options_.learn,
                  options_.least));
  if (limits_ == nullptr) return text;
  text += limits_->definitions.empty() ? ": too few of any definition" : ":";
  const char* separator = " ";
  for (const auto& [name, events, time] : limits_->definitions) {
    text += std::exchange(separator, "; ") + name;
    if (LearnsEvents()) text += fmt::format(" {} events", events);
    if (LearnsTime()) text += " " + FormatDuration(time);
  }
  return text;
}

Status ExcessEffort::Validate() const {
  if (!options_.events && !options_.time && !LearnsEvents())
    return InvalidArgument("events, time and learn: none is given; there must be a limit, or one to learn");
  if (options_.events) {
    if (Status status = internal::CheckCount("events", *options_.events, 1); !status.ok()) return status;
  }
  if (options_.time) {
    if (Status status = internal::CheckDuration("time", *options_.time, Duration{1}); !status.ok())
      return status;
  }
  if (options_.learn) {
    if (Status status = internal::CheckQuantile("learn", *options_.learn); !status.ok()) return status;
  }
  if (!(options_.factor >= 1 && options_.factor <= 1000))
    return InvalidArgument(fmt::format("factor: {} is not allowed; it must be 1 to 1000", options_.factor));
  return internal::CheckCount("least", options_.least, 1);
}

bool ExcessEffort::learns() const {
  return limits_ == nullptr && (LearnsEvents() || LearnsTime());
}

std::shared_ptr<const Detector> ExcessEffort::Learn(const LogMeasures& measures) const {
  auto limits = std::make_shared<Limits>();
  const auto limit_of = [&](const Durations& values) {
    const Duration quantile = values.Quantile(internal::PartOf(*options_.learn), internal::kQuantileParts);
    // Rounded down to whole events or microseconds; well inside the range of both.
    return static_cast<std::int64_t>(std::floor(options_.factor * static_cast<double>(quantile.count())));
  };
  for (std::size_t i = 0; i < measures.definitions(); ++i) {
    const GoalEffort& effort = measures.effort(i);
    if (effort.events.count() < options_.least) continue;
    const std::int64_t most = UINT32_MAX;
    limits->definitions.push_back({std::string(measures.definition_name(i)),
                                   static_cast<std::uint32_t>(std::min(limit_of(effort.events), most)),
                                   Duration{limit_of(effort.time)}});
  }
  auto learnt = std::make_shared<ExcessEffort>(options_);
  learnt->limits_ = std::move(limits);
  return learnt;
}

void ExcessEffort::Examine(const JourneyView& journey, FindingSink& sink) const {
  if (journey.definition() == nullptr) return;
  const auto* const learnt = limits_ == nullptr ? nullptr : limits_->Find(journey.definition()->name);
  const bool learnt_events = learnt != nullptr && LearnsEvents(),
             learnt_time = learnt != nullptr && LearnsTime();
  const std::uint32_t most_events = options_.events.value_or(learnt_events ? learnt->events : UINT32_MAX);
  const Duration most_time = options_.time.value_or(learnt_time ? learnt->time : Duration::max());
  std::size_t at = journey.size();  // the first event beyond a limit
  Duration spent{0};
  for (std::size_t i = 0; i < journey.size(); ++i) {
    spent += journey.active_gap(i);
    if (at == journey.size() && (i >= most_events || spent > most_time)) at = i;
  }
  if (at == journey.size()) return;
  const bool events = journey.size() > most_events;
  const bool time = spent > most_time;
  sink.Add({.kind = "excess_effort",
            .reason = events && time ? "both"
                      : events       ? "events"
                                     : "time",
            .at = at,
            .begin = at,
            .end = journey.size(),
            .cost_events = events ? static_cast<std::uint32_t>(journey.size() - most_events) : 0U,
            .cost_time = time ? spent - most_time : Duration{0},
            .severity = Severity::kMedium});
}

}  // namespace v0
}  // namespace journey
