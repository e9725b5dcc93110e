#include "journey/measures/paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "journey/journeys/classifier.h"
#include "measures/customer_threads.h"

namespace journey {
inline namespace v0 {
namespace {

// The matcher to align on, as a journey definition, for the classifier.
JourneyDefinition Aligner(const Matcher& align) {
  return {.name = "align", .steps = {{.name = "align", .match = align}}};
}

PathMeasures EmptyOf(const PathInput& input, const PathOptions& options) {
  PathMeasures empty{{}, Retention(options.period)};
  for (std::size_t i = 0; i < input.definitions; ++i) {
    empty.definitions.push_back({StepMatrix(input.catalog.size(), options.before, options.after),
                                 {},
                                 {},
                                 Throughput(options.period),
                                 {}});
  }
  return empty;
}

// The measures of a range of customers.
class PathPass {
 public:
  PathPass(const PathInput& input, const PathOptions& options, const EventClassifier& classifier)
      : input_(input), options_(options), classifier_(classifier), measures_(EmptyOf(input, options)) {}

  void AddCustomer(std::span<const EventRow> events) {
    if (!events.empty()) measures_.retention.Add(events);
  }

  void AddJourney(const JourneyRow& journey) {
    touchpoints_.clear();
    times_.clear();
    std::optional<std::size_t> anchor;
    for (std::uint32_t i = journey.begin; i < journey.end; ++i) {
      const EventRow& event = input_.timeline[input_.journeys.events[i]];
      if (IsAnchor(event) && (!anchor || options_.align_on == AlignOn::kLastMatch))
        anchor = touchpoints_.size();
      touchpoints_.push_back(event.touchpoint);
      times_.push_back(event.time);
    }
    DefinitionPaths& paths = measures_.definitions[journey.definition.value];
    anchor ? paths.steps.Add(touchpoints_, *anchor) : paths.steps.AddUnaligned();
    paths.follows.Add(touchpoints_);
    for (std::size_t i = 1; i < times_.size(); ++i) {
      paths.transitions.Add(touchpoints_[i - 1], touchpoints_[i], times_[i] - times_[i - 1]);
    }
    paths.throughput.Add(journey);
    if (!times_.empty()) paths.times.Add(times_, input_.session_gap);
  }

  [[nodiscard]] PathMeasures& measures() { return measures_; }

 private:
  [[nodiscard]] bool IsAnchor(const EventRow& event) const {
    return options_.align.empty() || (classifier_.Of(DefinitionId{0}, event) & 1) != 0;
  }

  const PathInput& input_;
  const PathOptions& options_;
  const EventClassifier& classifier_;
  PathMeasures measures_;
  std::vector<TouchpointId> touchpoints_;  // scratch
  std::vector<TimePoint> times_;           // scratch
};

void Merge(const PathMeasures& from, PathMeasures& to) {
  to.retention.Merge(from.retention);
  for (std::size_t i = 0; i < to.definitions.size(); ++i) {
    to.definitions[i].steps.Merge(from.definitions[i].steps);
    to.definitions[i].follows.Merge(from.definitions[i].follows);
    to.definitions[i].transitions.Merge(from.definitions[i].transitions);
    to.definitions[i].throughput.Merge(from.definitions[i].throughput);
    to.definitions[i].times.Merge(from.definitions[i].times);
  }
}

}  // namespace

Status PathOptions::Validate() const {
  constexpr std::size_t kMost = 100;
  constexpr std::uint32_t kMostDays = 3660;
  if (before > kMost || after > kMost) {
    return InvalidArgument(
        fmt::format("paths: before and after: found {} and {}, expected 0 to {}", before, after, kMost));
  }
  if (period.days == 0 || period.days > kMostDays) {
    return InvalidArgument(
        fmt::format("paths: period: found {} days, expected 1 to {}", period.days, kMostDays));
  }
  return absl::OkStatus();
}

StatusOr<PathMeasures> PathsOf(const PathInput& input, const PathOptions& options, unsigned threads) {
  if (Status status = options.Validate(); !status.ok()) return status;
  const std::vector<JourneyDefinition> aligner{Aligner(options.align)};
  const EventClassifier classifier(input.log, input.catalog, aligner, {}, {});
  const std::vector<std::uint32_t> cuts = internal::CutCustomers(input.begins, threads);
  std::vector<PathPass> passes;
  for (std::size_t part = 0; part + 1 < cuts.size(); ++part) passes.emplace_back(input, options, classifier);
  internal::RunParts(passes.size(), [&](std::size_t part) {
    for (std::uint32_t customer = cuts[part]; customer < cuts[part + 1]; ++customer) {
      const std::uint32_t begin = input.begins[customer];
      passes[part].AddCustomer(input.timeline.subspan(begin, input.begins[customer + 1] - begin));
    }
    const RowTable<JourneyRow>& rows = input.journeys.rows;
    const auto less = [](const JourneyRow& row, std::uint32_t customer) {
      return row.customer.value < customer;
    };
    auto row = std::lower_bound(rows.begin(), rows.end(), cuts[part], less);
    for (; row != rows.end() && row->customer.value < cuts[part + 1]; ++row) passes[part].AddJourney(*row);
  });
  PathMeasures total = std::move(passes.front().measures());
  for (std::size_t part = 1; part < passes.size(); ++part) Merge(passes[part].measures(), total);
  return total;
}

}  // namespace v0
}  // namespace journey
