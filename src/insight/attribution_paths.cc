#include "journey/insight/attribution_paths.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "journey/core/check.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace {

// Whether touch i stays; `channels` are those before it.
bool Stays(PathTransform transform, const std::vector<std::uint32_t>& channels, std::uint32_t next) {
  switch (transform) {
    case PathTransform::kNone:
      return true;
    case PathTransform::kCollapseRepeats:
      return channels.empty() || channels.back() != next;
    case PathTransform::kFirstOfEach:
      return std::ranges::find(channels, next) == channels.end();
  }
  return true;
}

// Touches of one customer into one path.
AttributionPath PathOf(std::span<const Touch> touches, TimePoint end, const AttributionPathOptions& options) {
  AttributionPath path;
  for (const Touch& touch : touches) {
    if (!Stays(options.transform, path.channels, touch.channel)) {
      // Of a run that is folded the last time counts.
      if (options.transform == PathTransform::kCollapseRepeats) path.before_end.back() = end - touch.time;
      continue;
    }
    path.channels.push_back(touch.channel);
    path.before_end.push_back(end - touch.time);
  }
  if (options.longest != 0 && path.channels.size() > options.longest) {
    const auto cut = static_cast<std::ptrdiff_t>(path.channels.size() - options.longest);
    path.channels.erase(path.channels.begin(), path.channels.begin() + cut);
    path.before_end.erase(path.before_end.begin(), path.before_end.begin() + cut);
  }
  return path;
}

class PathBuilder {
 public:
  explicit PathBuilder(const AttributionPathOptions& options) : options_(options) {}

  void AddCustomer(CustomerId customer, std::span<const Touch> touches,
                   std::span<const Conversion> conversions) {
    std::size_t first = 0;
    for (const Conversion& conversion : conversions) {
      std::size_t end = first;
      while (end < touches.size() && touches[end].time <= conversion.time) ++end;
      AddPath(customer, touches.subspan(first, end - first), conversion.time, &conversion);
      first = end;
    }
    const std::span<const Touch> rest = touches.subspan(first);
    if (rest.empty()) return;
    if (!conversions.empty()) {
      built_.touches_after += rest.size();
      return;
    }
    AddPath(customer, rest, rest.back().time, nullptr);
  }

  CustomerPaths Take() { return std::move(built_); }

 private:
  void AddPath(CustomerId customer, std::span<const Touch> touches, TimePoint end,
               const Conversion* conversion) {
    std::size_t early = 0;
    while (early < touches.size() && end - touches[early].time > options_.lookback) ++early;
    built_.touches_before += early;
    built_.touches_used += touches.size() - early;
    if (early == touches.size()) {
      ++built_.conversions_without_touch;
      return;
    }
    CustomerPath path{customer, end, PathOf(touches.subspan(early), end, options_)};
    (conversion != nullptr ? path.path.conversions : path.path.losses) = 1;
    if (conversion != nullptr) path.path.revenue = conversion->revenue;
    built_.paths.push_back(std::move(path));
  }

  const AttributionPathOptions& options_;
  CustomerPaths built_;
};

}  // namespace

Status AttributionPathOptions::Validate() const {
  if (lookback > Duration{0}) return absl::OkStatus();
  return InvalidArgument(
      fmt::format("attribution lookback is {}; it must be above 0", FormatDuration(lookback)));
}

CustomerPaths BuildPaths(std::span<const Touch> touches, std::span<const Conversion> conversions,
                         const AttributionPathOptions& options) {
  PathBuilder builder(options);
  std::size_t t = 0;
  std::size_t c = 0;
  while (t < touches.size() || c < conversions.size()) {
    const bool by_touch =
        c == conversions.size() || (t < touches.size() && touches[t].customer <= conversions[c].customer);
    const CustomerId customer = by_touch ? touches[t].customer : conversions[c].customer;
    const std::size_t first_touch = t;
    const std::size_t first_conversion = c;
    while (t < touches.size() && touches[t].customer == customer) ++t;
    while (c < conversions.size() && conversions[c].customer == customer) ++c;
    builder.AddCustomer(customer, touches.subspan(first_touch, t - first_touch),
                        conversions.subspan(first_conversion, c - first_conversion));
  }
  return builder.Take();
}

CustomerPaths PathsOfJourneys(const RunTables& tables, const AttributionPathOptions& options) {
  CustomerPaths paths;
  std::vector<Touch> touches;
  for (const JourneyRow& row : tables.journeys.rows) {
    if (row.outcome == Outcome::kOpen) continue;
    touches.clear();
    for (std::uint32_t i = 0; i < row.events(); ++i) {
      const EventRow& event = tables.event_of(row, i);
      const std::uint32_t channel = tables.touchpoints.channel(event.touchpoint).value;
      if (!touches.empty() && touches.back().channel == channel) {
        touches.back().time = event.time;
      } else {
        touches.push_back({row.customer, event.time, channel});
      }
    }
    const bool achieved = row.outcome == Outcome::kAchieved;
    const Conversion conversion{row.customer, row.last};
    PathBuilder builder(options);
    builder.AddCustomer(row.customer, touches, {&conversion, achieved ? std::size_t{1} : std::size_t{0}});
    CustomerPaths one = builder.Take();
    std::ranges::move(one.paths, std::back_inserter(paths.paths));
    paths.touches_used += one.touches_used;
    paths.touches_before += one.touches_before;
  }
  return paths;
}

std::vector<AttributionPath> SummarizePaths(const CustomerPaths& paths) {
  std::map<std::vector<std::uint32_t>, std::size_t> place;
  std::vector<AttributionPath> summary;
  for (const CustomerPath& one : paths.paths) {
    const auto [found, is_new] = place.try_emplace(one.path.channels, summary.size());
    if (is_new) summary.push_back({.channels = one.path.channels});
    AttributionPath& path = summary[found->second];
    path.conversions += one.path.conversions;
    path.losses += one.path.losses;
    path.revenue += one.path.revenue;
  }
  return summary;
}

}  // namespace v0
}  // namespace journey
