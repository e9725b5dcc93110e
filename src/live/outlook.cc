#include "live/outlook.h"

#include <absl/container/flat_hash_map.h>

#include <algorithm>
#include <tuple>
#include <utility>

namespace journey {
inline namespace v0 {
namespace internal {

// Counts by (from, to). Few touchpoints, and that is nearly always so, have a square array.
struct Outlook::Pairs {
  static constexpr std::uint32_t kSquare = 256;
  std::vector<std::int64_t> square;  // [from * kSquare + to]
  std::uint32_t used = 0;            // no touchpoint in it is as high as this
  absl::flat_hash_map<std::uint64_t, std::int64_t> others;

  void Add(TouchpointId from, TouchpointId to, std::int64_t by) {
    if (from.value < kSquare && to.value < kSquare) {
      if (square.empty()) square.resize(std::size_t{kSquare} * kSquare);
      square[std::size_t{from.value} * kSquare + to.value] += by;
      used = std::max({used, from.value + 1, to.value + 1});
      return;
    }
    others[std::uint64_t{from.value} << 32 | to.value] += by;
  }

  template <typename Take>
  void ForEach(const Take& take) const {
    for (std::uint32_t from = 0; from < used; ++from) {
      for (std::uint32_t to = 0; to < used; ++to) {
        const std::int64_t count = square[std::size_t{from} * kSquare + to];
        if (count != 0) take(TouchpointId{from}, TouchpointId{to}, count);
      }
    }
    for (const auto& [pair, count] : others) {
      if (count != 0)
        take(TouchpointId{static_cast<std::uint32_t>(pair >> 32)},
             TouchpointId{static_cast<std::uint32_t>(pair)}, count);
    }
  }
};

Outlook::Outlook(const PipelineOptions& options) : pairs_(std::make_unique<Pairs>()) {
  risk_begins_.push_back(0);
  for (const JourneyDefinition& definition : options.journeys)
    risk_begins_.push_back(risk_begins_.back() + static_cast<std::uint32_t>(definition.steps.size()));
  if (options.journeys.empty()) risk_begins_.push_back(1);
  ends_.resize(risk_begins_.back());
}
Outlook::~Outlook() = default;
Outlook::Outlook(Outlook&&) noexcept = default;

void Outlook::Count(const JourneyTable& table, const JourneyRow& row, std::span<const EventRow> timeline,
                    std::int64_t by) {
  for (std::uint32_t i = row.begin + 1; i < row.end; ++i)
    pairs_->Add(timeline[table.events[i - 1]].touchpoint, timeline[table.events[i]].touchpoint, by);
  Ends& ends = ends_[RiskSection(row)];
  if (row.outcome == Outcome::kAchieved) ends.achieved += by;
  if (row.outcome == Outcome::kAbandoned || row.outcome == Outcome::kExpired ||
      row.outcome == Outcome::kExcluded)
    ends.lost += by;
}

void Outlook::Merge(const Outlook& other) {
  for (std::size_t i = 0; i < ends_.size(); ++i) {
    ends_[i].achieved += other.ends_[i].achieved;
    ends_[i].lost += other.ends_[i].lost;
  }
  other.pairs_->ForEach(
      [&](TouchpointId from, TouchpointId to, std::int64_t count) { pairs_->Add(from, to, count); });
}

std::vector<std::vector<std::byte>> Outlook::Sections(const TouchpointCatalog& catalog) const {
  std::vector<std::vector<std::byte>> sections(ends_.size() + catalog.size());
  for (std::size_t definition = 0; definition + 1 < risk_begins_.size(); ++definition) {
    // Who ended at a step had reached it, and so had all who ended at a later one.
    ContextRisk risk;
    for (std::uint32_t i = risk_begins_[definition + 1]; i-- > risk_begins_[definition];) {
      risk.lost += static_cast<std::uint64_t>(ends_[i].lost);
      risk.of += static_cast<std::uint64_t>(ends_[i].lost + ends_[i].achieved);
      EncodeRisk(risk, sections[i]);
    }
  }
  std::vector<std::vector<ContextNext>> next(catalog.size());
  std::vector<std::uint64_t> of(catalog.size());
  pairs_->ForEach([&](TouchpointId from, TouchpointId to, std::int64_t count) {
    next[from.value].push_back(
        {catalog.channel_text(to), catalog.name_text(to), static_cast<std::uint64_t>(count), 0});
    of[from.value] += static_cast<std::uint64_t>(count);
  });
  for (std::size_t from = 0; from < next.size(); ++from) {
    std::ranges::sort(next[from], [](const ContextNext& a, const ContextNext& b) {
      return std::tuple(~a.count, a.channel, a.name) < std::tuple(~b.count, b.channel, b.name);
    });
    for (ContextNext& one : next[from]) one.of = of[from];
    if (!next[from].empty()) EncodeNext(next[from], sections[ends_.size() + from]);
  }
  return sections;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
