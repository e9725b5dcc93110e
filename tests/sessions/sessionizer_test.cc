#include "journey/sessions/sessionizer.h"

#include <nlohmann/json.hpp>

#include <fstream>
#include <map>

#include "journey/core/status.h"
#include "journey/identity/key_resolver.h"
#include "journey/pipeline/pipeline.h"
#include "support/catch.h"
#include "support/csv.h"
#include "support/worlds.h"

using namespace journey;               // NOLINT
using namespace std::chrono_literals;  // NOLINT

namespace {

RowTable<SessionRow> SessionsOf(const std::vector<Duration>& times, const SessionOptions& options,
                                std::uint32_t offset = 0) {
  std::vector<EventRow> events;
  for (const Duration time : times) events.push_back({TimePoint{time}, {0}, {0}});
  RowTable<SessionRow> sessions;
  Sessionize({3}, events, offset, options, sessions);
  return sessions;
}

// Where each session begins and ends, as numbers of events.
using Ranges = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
Ranges RangesOf(const RowTable<SessionRow>& sessions) {
  Ranges ranges;
  for (const SessionRow& session : sessions) ranges.emplace_back(session.begin, session.end);
  return ranges;
}

}  // namespace

TEST_CASE("a gap equal to max_gap does not split a session, one microsecond more does") {
  CHECK(RangesOf(SessionsOf({0min, 10min, 41min, 71min}, {})) == Ranges{{0, 2}, {2, 4}});
  CHECK(RangesOf(SessionsOf({0min, 30min + 1us}, {})) == Ranges{{0, 1}, {1, 2}});
  CHECK(RangesOf(SessionsOf({0min, 30min}, {})) == Ranges{{0, 2}});
}

TEST_CASE("a session that would become longer than max_length is cut, and marked") {
  const SessionOptions options{.max_gap = 10min, .max_length = 20min};
  const auto sessions = SessionsOf({0min, 10min, 20min, 30min, 45min}, options);
  CHECK(RangesOf(sessions) == Ranges{{0, 3}, {3, 4}, {4, 5}});
  CHECK(sessions[0].cut == 1);
  CHECK(sessions[1].cut == 0);  // the gap alone would have ended it
  CHECK(sessions[2].cut == 0);
  CHECK(sessions[0].length() == 20min);
  CHECK(sessions[0].events() == 3);
}

TEST_CASE("midnight means nothing, and events of one moment are together") {
  CHECK(SessionsOf({23h + 50min, 24h + 10min}, {}).size() == 1);
  CHECK(RangesOf(SessionsOf({1h, 1h, 1h}, {})) == Ranges{{0, 3}});
}

TEST_CASE("sessions say whose they are, and where among all timelines") {
  const auto sessions = SessionsOf({1h, 5h}, {}, 100);
  REQUIRE(RangesOf(sessions) == Ranges{{100, 101}, {101, 102}});
  CHECK(sessions[1].customer == CustomerId{3});
  CHECK(sessions[1].first == TimePoint{5h});
  CHECK(sessions[1].last == TimePoint{5h});
  CHECK(SessionsOf({}, {}).empty());
}

TEST_CASE("session options are more than nothing and at most forever") {
  CHECK(SessionOptions{}.Validate().ok());
  CHECK(SessionOptions{.max_gap = kForever, .max_length = kForever}.Validate().ok());
  for (const Duration wrong : {Duration{0}, Duration{-1}, kForever + 1us, Duration::max()}) {
    const Status gap = SessionOptions{.max_gap = wrong}.Validate();
    CHECK(gap.code() == absl::StatusCode::kInvalidArgument);
    CHECK(MessageOf(gap).find("max_gap") != std::string::npos);
    const Status length = SessionOptions{.max_length = wrong}.Validate();
    CHECK(MessageOf(length).find("max_length") != std::string::npos);
    CHECK(MessageOf(length).find(FormatDuration(wrong)) != std::string::npos);
  }
}

namespace {

// Runs events at these times, in the order given, as one customer's, and returns the times of each session.
std::vector<std::vector<std::int64_t>> SessionTimes(const std::vector<std::int64_t>& times,
                                                    std::int64_t max_gap) {
  EventLog log;
  for (const std::int64_t time : times) {
    REQUIRE(log.Append({.time = TimePoint{Duration{time}},
                        .channel = "web",
                        .name = "view",
                        .identifiers = {{"user_id", "ann"}},
                        .attributes = {}})
                .accepted());
  }
  PipelineOptions options;
  options.sessions = {.max_gap = Duration{max_gap}, .max_length = kForever};
  const auto pipeline = Pipeline::Create(options);
  REQUIRE(pipeline.ok());
  const Report report = pipeline->Run(log);
  std::vector<std::vector<std::int64_t>> sessions;
  for (const SessionRow& session : report.sessions) {
    sessions.emplace_back();
    for (std::uint32_t i = session.begin; i < session.end; ++i) {
      sessions.back().push_back(report.timeline.events[i].time.time_since_epoch().count());
    }
  }
  return sessions;
}

nlohmann::json SessionWindows() {
  std::ifstream in(std::string(JOURNEY_SHARED_DATA) + "/session_windows/session_windows.json");
  if (!in) {
    WARN("no data at " << JOURNEY_SHARED_DATA);
    return {};
  }
  return nlohmann::json::parse(in);
}

}  // namespace

TEST_CASE("the sessions of another stream engine's tests, whose windows do not merge when they only touch") {
  const nlohmann::json data = SessionWindows();
  if (data.is_null()) return;
  REQUIRE(data["beam_sessions"].size() == 4);
  for (const auto& example : data["beam_sessions"]) {
    // There a gap of exactly `gap` starts a new session; here it takes one more. Times are whole, so the same
    // rule is a largest gap of one less.
    const std::int64_t max_gap = example["gap"].get<std::int64_t>() - 1;
    std::vector<std::vector<std::int64_t>> expected;
    for (const auto& session : example["sessions"])
      expected.push_back(session[2].get<std::vector<std::int64_t>>());
    INFO(example["id"].get<std::string>());
    CHECK(SessionTimes(example["ts"].get<std::vector<std::int64_t>>(), max_gap) == expected);
  }
}

TEST_CASE("the merged windows of another stream engine's tests, which merge when they touch, as here") {
  const nlohmann::json data = SessionWindows();
  if (data.is_null()) return;
  REQUIRE(data["flink_merging_window_set"].size() == 5);
  for (const auto& example : data["flink_merging_window_set"]) {
    // A window [a, b] is events at all halves from a to b with a largest gap of one half: two windows are one
    // session if and only if they touch or overlap.
    std::vector<std::int64_t> times;
    for (const auto& added : example["add"]) {
      for (std::int64_t t = 2 * added[0][0].get<std::int64_t>(); t <= 2 * added[0][1].get<std::int64_t>();
           ++t) {
        times.push_back(t);
      }
    }
    std::vector<std::vector<std::int64_t>> windows;
    for (const auto& session : SessionTimes(times, 1))
      windows.push_back({session.front() / 2, session.back() / 2});
    INFO(example["id"].get<std::string>());
    CHECK(windows == example["final"].get<std::vector<std::vector<std::int64_t>>>());
  }
}

TEST_CASE("the sessions of a real shop's log are its own session ids, in the file's order and in any other") {
  std::vector<test::CsvRow> rows = test::ReadPlainCsv(std::string(JOURNEY_SHARED_DATA) + "/ecom/ecom.csv");
  if (rows.empty()) {
    WARN("no data at " << JOURNEY_SHARED_DATA);
    return;
  }
  // The number of a row is its sequence, so that repeated rows are events of their own.
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].push_back(std::to_string(i));
  for (std::uint64_t shuffle = 0; shuffle < 4; ++shuffle) {
    if (shuffle != 0) test::Random(shuffle).Shuffle(rows);
    EventLog log;
    for (const test::CsvRow& row : rows) {
      REQUIRE(log.Append({.time = test::TimeOf(row[3]),
                          .sequence = std::stoull(row.back()),
                          .channel = row[4],
                          .name = row[2],
                          .identifiers = {{"user_id", row[0]}},
                          .attributes = {{"session", std::string_view(row[1])}}})
                  .accepted());
    }
    PipelineOptions options;
    options.resolver = std::make_shared<KeyResolver>("user_id");
    const auto pipeline = Pipeline::Create(options);
    const Report report = pipeline->Run(log);
    CHECK(report.identity.customers == 600);
    CHECK(report.sessions.size() == 3605);
    std::map<std::string_view, std::size_t> session_of_id;
    bool same = true;
    for (std::size_t session = 0; session < report.sessions.size(); ++session) {
      for (std::uint32_t i = report.sessions[session].begin; i < report.sessions[session].end; ++i) {
        const AttributeRow attribute = log.attributes(report.timeline.events[i].event)[0];
        same &=
            session_of_id.emplace(log.texts().text(attribute.text().value), session).first->second == session;
      }
    }
    CHECK(same);
    CHECK(session_of_id.size() == 3605);
  }
}
