#include "journey/measures/eventually_follows.h"

#include <algorithm>
#include <utility>

namespace journey {
inline namespace v0 {
namespace {

constexpr std::uint32_t kNowhere = UINT32_MAX;

}  // namespace

void EventuallyFollows::Add(std::span<const TouchpointId> touchpoints) {
  seen_.clear();
  for (std::uint32_t i = 0; i < touchpoints.size(); ++i) {
    const TouchpointId touchpoint = touchpoints[i];
    if (touchpoint.value >= place_.size()) {
      place_.resize(touchpoint.value + std::size_t{1}, kNowhere);
      with_.resize(std::max(with_.size(), place_.size()));
    }
    std::uint32_t& place = place_[touchpoint.value];
    if (place == kNowhere) {
      place = static_cast<std::uint32_t>(seen_.size());
      seen_.push_back({touchpoint, i, i});
      ++with_[touchpoint.value];
    }
    seen_[place].last = i;
  }
  for (const Seen& from : seen_) {
    place_[from.touchpoint.value] = kNowhere;
    for (const Seen& to : seen_) {
      if (to.last > from.first) Count(from.touchpoint, to.touchpoint, 1);
    }
  }
}

void EventuallyFollows::Count(TouchpointId from, TouchpointId to, std::uint64_t journeys) {
  const std::uint64_t hash = internal::Mix(std::uint64_t{from.value} << 32 | to.value);
  std::uint32_t row =
      index_.Find(hash, [&](std::uint32_t i) { return pairs_[i].from == from && pairs_[i].to == to; });
  if (row == internal::FlatIndex::kNone) {
    row = static_cast<std::uint32_t>(pairs_.size());
    pairs_.push_back({from, to, 0});
    index_.Insert(hash, row);
  }
  pairs_[row].journeys += journeys;
}

void EventuallyFollows::Merge(const EventuallyFollows& other) {
  for (const FollowsPair& pair : other.pairs_) Count(pair.from, pair.to, pair.journeys);
  with_.resize(std::max(with_.size(), other.with_.size()));
  for (std::size_t i = 0; i < other.with_.size(); ++i) with_[i] += other.with_[i];
}

std::vector<FollowsPair> EventuallyFollows::result() const {
  std::vector<FollowsPair> rows = pairs_;
  std::ranges::sort(rows, {}, [](const FollowsPair& row) { return std::pair(row.from, row.to); });
  return rows;
}

}  // namespace v0
}  // namespace journey
