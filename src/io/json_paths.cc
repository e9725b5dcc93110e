#include "io/json_paths.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "io/json_shares.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

void WritePlace(TouchpointId touchpoint, const TouchpointCatalog& catalog, JsonStreamWriter& json) {
  json.Member("channel", catalog.channel_text(touchpoint));
  json.Member("event", catalog.name_text(touchpoint));
}

void WritePlaceAs(std::string_view key, TouchpointId touchpoint, const TouchpointCatalog& catalog,
                  JsonStreamWriter& json) {
  json.Key(key);
  json.Row();
  WritePlace(touchpoint, catalog, json);
  json.End();
}

// The touchpoints at an offset, by falling number of journeys, then by touchpoint.
std::vector<std::pair<std::uint64_t, TouchpointId>> ColumnOf(const StepMatrix& matrix,
                                                             std::ptrdiff_t offset) {
  std::vector<std::pair<std::uint64_t, TouchpointId>> column;
  for (std::uint32_t t = 0; t < matrix.touchpoints(); ++t) {
    if (const std::uint64_t count = matrix.at(offset, {t}); count != 0) column.push_back({count, {t}});
  }
  std::ranges::stable_sort(column, [](const auto& a, const auto& b) { return a.first > b.first; });
  return column;
}

}  // namespace

void WriteStepMatrix(const StepMatrix& matrix, const TouchpointCatalog& catalog, JsonStreamWriter& json) {
  json.Object();
  json.Member("aligned", matrix.aligned());
  json.Member("unaligned", matrix.unaligned());
  json.Key("offsets");
  json.Array();
  for (std::ptrdiff_t offset = matrix.first_offset(); offset <= matrix.last_offset(); ++offset) {
    json.Object();
    json.Member("offset", std::int64_t{offset});
    json.Member("none", matrix.none(offset));
    json.Key("touchpoints");
    json.Array();
    for (const auto& [count, touchpoint] : ColumnOf(matrix, offset)) {
      json.Row();
      WritePlace(touchpoint, catalog, json);
      json.Member("journeys", count);
      json.End();
    }
    json.End();
    json.End();
  }
  json.End();
  json.End();
}

void WriteEventuallyFollows(const EventuallyFollows& follows, const TouchpointCatalog& catalog,
                            JsonStreamWriter& json) {
  json.Array();
  for (const FollowsPair& pair : follows.result()) {
    json.Row();
    WritePlaceAs("from", pair.from, catalog, json);
    WritePlaceAs("to", pair.to, catalog, json);
    json.Member("journeys", pair.journeys);
    json.Member("of", follows.journeys_with(pair.from));
    json.End();
  }
  json.End();
}

void WriteTransitionTimes(std::span<const Transition> transitions, const TouchpointCatalog& catalog,
                          JsonStreamWriter& json) {
  json.Array();
  for (const Transition& transition : transitions) {
    json.Row();
    WritePlaceAs("from", transition.from, catalog, json);
    WritePlaceAs("to", transition.to, catalog, json);
    json.Member("count", transition.count);
    json.Member("median_us", std::int64_t{transition.median.count()});
    json.Member("p90_us", std::int64_t{transition.p90.count()});
    json.End();
  }
  json.End();
}

void WriteRetention(const Retention& retention, TimePoint as_of, JsonStreamWriter& json) {
  json.Object();
  json.Member("period_days", retention.period().days);
  json.Key("cohorts");
  json.Array();
  for (const RetentionCohort& cohort : retention.result(as_of)) {
    json.Row();
    json.Member("begin", FormatTime(cohort.begin));
    json.Member("customers", cohort.customers);
    json.Key("active");
    json.Array();
    for (const std::uint64_t active : cohort.active) json.Value(active);
    json.End();
    json.Member("last_is_running", cohort.last_is_running);
    json.End();
  }
  json.End();
  json.End();
}

void WriteThroughput(const Throughput& throughput, JsonStreamWriter& json) {
  json.Object();
  json.Member("period_days", throughput.period().days);
  json.Key("rows");
  json.Array();
  for (const ThroughputRow& row : throughput.result()) {
    json.Row();
    json.Member("begin", FormatTime(row.begin));
    json.Member("started", row.started);
    json.Member("achieved", row.achieved);
    json.Member("failed", row.failed);
    json.Member("ended", row.ended);
    json.Member("under_way", row.under_way);
    json.End();
  }
  json.End();
  json.End();
}

void WriteJourneyTimes(const JourneyTimes& times, JsonStreamWriter& json) {
  json.Object();
  json.Member("journeys", times.journeys());
  json.Member("pauses", times.pauses());
  WriteQuantiles("active_us", times.active(), json);
  WriteQuantiles("idle_us", times.idle(), json);
  WriteQuantiles("total_us", times.total(), json);
  json.End();
}

void WritePaths(const PathMeasures& paths, std::span<const std::string> definitions,
                const TouchpointCatalog& catalog, TimePoint as_of, JsonStreamWriter& json) {
  json.Object();
  json.Key("journeys");
  json.Array();
  for (std::size_t i = 0; i < paths.definitions.size(); ++i) {
    const DefinitionPaths& one = paths.definitions[i];
    json.Object();
    json.Member("definition", definitions[i]);
    json.Key("step_matrix");
    WriteStepMatrix(one.steps, catalog, json);
    json.Key("eventually_follows");
    WriteEventuallyFollows(one.follows, catalog, json);
    json.Key("transitions");
    WriteTransitionTimes(one.transitions.result(), catalog, json);
    json.Key("throughput");
    WriteThroughput(one.throughput, json);
    json.Key("times");
    WriteJourneyTimes(one.times, json);
    json.End();
  }
  json.End();
  json.Key("retention");
  WriteRetention(paths.retention, as_of, json);
  json.End();
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
