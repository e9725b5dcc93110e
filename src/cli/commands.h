// The subcommands of journey. Each takes what the command line said and answers with the exit code:
// 0 done, 1 wrong usage, 2 unreadable input or configuration or unwritable output, 3 rejected rows under --strict, or
// not one row accepted.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace journey {
inline namespace v0 {
namespace cli {

inline constexpr int kDone = 0;
inline constexpr int kWrongUsage = 1;
inline constexpr int kUnreadable = 2;
inline constexpr int kRejectedRows = 3;

// What report, compare, explain and watch have in common: where the events are, and how to look at them. Empty: not given.
struct InputArguments {
  std::vector<std::string> events;
  std::string map;
  std::string journeys;
  std::string as_of;
  std::string session_gap;
  std::string discover_gap;
  unsigned threads = 0;  // 0: as many as the machine has, up to 8
  bool strict = false;
};

struct ReportArguments {
  InputArguments input;
  std::string html;
  std::string json;
  std::string dot;
  std::string title;
  std::string truth;
  std::string align;  // an event name
  bool no_insights = false;
  std::uint64_t seed = 1;
  std::uint32_t replicates = 400;
};
int RunReport(const ReportArguments& arguments);

struct CompareArguments {
  InputArguments input;  // two files, or with at or arm one log
  std::string at;
  std::string arm;
  std::vector<std::string> values;  // of arm; none: the two most frequent
  std::string control;
  std::string html;
  std::string json;
  std::string title;
  double worthwhile = 0.1;
  std::uint64_t min_customers = 30;
};
int RunCompare(const CompareArguments& arguments);

struct ExplainArguments {
  InputArguments input;
  std::string customer;  // NAMESPACE=VALUE
  std::string with;      // the same, or empty
};
int RunExplain(const ExplainArguments& arguments);

struct WatchArguments {
  InputArguments input;  // at most one file; none: stdin
  std::string format = "text";
  bool changes = false;
  bool clock = false;
  std::vector<std::string> carry;
  std::string lateness;
  std::string future;
  std::string horizon;
  std::string id_key_file;
  std::string report;
  unsigned shards = 1;
  std::uint64_t max_customers = 1'000'000'000;
  std::uint32_t max_events_per_customer = 1'000'000;
  std::uint64_t max_events = 4'000'000'000;
  std::uint64_t max_bytes = UINT64_MAX;
};
int RunWatch(const WatchArguments& arguments);

struct SimulateArguments {
  std::uint32_t customers = 1000;
  std::uint32_t days = 30;
  std::uint64_t seed = 1;
  std::string out;
  std::string truth;
  std::string map;
  std::string journeys;
};
int RunSimulate(const SimulateArguments& arguments);

}  // namespace cli
}  // namespace v0
}  // namespace journey
