// The library's side of the comparison with DuckDB and Polars; README.md says what the job is.
//
//   stitch_file generate EVENTS SEED OUT.csv
//   stitch_file run FILE.csv text|keys|csv THREADS      -> one line of JSON
//
//   text   the columns are in memory as text; timed: appending them to a log, and the pipeline
//   keys   the same, but numbers are in the place of all texts
//   csv    timed: the library's reader on the file, and the pipeline
//
// text and keys do the job twice: the first time gives the peak of memory, the second the seconds.
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events_file.h"
#include "generate.h"
#include "journey/friction/channel_switch.h"
#include "journey/friction/repetition.h"
#include "journey/journey.h"
#include "journey/version.h"

namespace journey::rivals {
namespace {

using Counts = std::vector<std::pair<const char*, std::uint64_t>>;

PipelineOptions OptionsOf(unsigned threads) {
  const JourneyDefinition purchase{
      .name = "purchase",
      .steps = {{"view", {"view"}}, {"cart", {"cart"}}, {"purchase", {"purchase"}}},
      .goal = {"purchase"},
      .abandon_after = std::chrono::hours{24}};
  // A session is what a gap ends, and nothing else: no longest session.
  return {
      .journeys = {purchase},
      .sessions = {.max_length = kForever},
      .detectors = DetectorList{std::make_shared<Repetition>(), std::make_shared<ChannelSwitchDetector>()},
      .threads = threads};
}

std::uint64_t CountFindings(const Report& report, std::string_view kind) {
  std::uint64_t count = 0;
  for (const FrictionRow& row : report.friction) {
    if (report.label(row.kind) == kind) count += row.findings;
  }
  return count;
}

Counts CountsOf(const Report& report) {
  const StepCounts& steps = report.journey_summaries.front().counts;
  std::uint64_t journey_events = 0;
  std::uint64_t goal_us = 0;
  for (const JourneyRow& row : report.journeys.rows) {
    journey_events += row.events();
    if (row.outcome == Outcome::kAchieved)
      goal_us += static_cast<std::uint64_t>((row.ended - row.first).count());
  }
  std::uint64_t switches = 0;
  for (const ChannelFlow& flow : report.channel_flow) switches += flow.switches;
  return {{"events", report.timeline.events.size()},
          {"customers", report.customers.size()},
          {"sessions", report.sessions.size()},
          {"journeys", report.journeys.rows.size()},
          {"journey_events", journey_events},
          {"achieved", steps.ended(Outcome::kAchieved)},
          {"abandoned", steps.ended(Outcome::kAbandoned)},
          {"open", steps.ended(Outcome::kOpen)},
          {"reached_view", steps.steps()[0].reached},
          {"reached_cart", steps.steps()[1].reached},
          {"reached_purchase", steps.steps()[2].reached},
          {"goal_seconds", goal_us / 1'000'000},
          {"repeats", CountFindings(report, "repeat")},
          {"redos", CountFindings(report, "redo")},
          {"switches", switches},
          {"forced_switches", CountFindings(report, "forced")}};
}

// Wall and processor time since it was made.
class Stopwatch {
 public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_).count();
  }
  [[nodiscard]] double cpu_seconds() const {
    return static_cast<double>(std::clock() - cpu_) / static_cast<double>(CLOCKS_PER_SEC);
  }

 private:
  std::chrono::steady_clock::time_point wall_ = std::chrono::steady_clock::now();
  std::clock_t cpu_ = std::clock();
};

// The peak begins anew, where the system can do that (Linux).
void ForgetPeak() {
  std::ofstream("/proc/self/clear_refs") << "5";
}

// "VmRSS:" is what is resident, "VmHWM:" its peak; the peak where the system knows no such words.
double MebibytesOf(std::string_view field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field)) return std::strtod(line.c_str() + field.size(), nullptr) / 1024;
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// Does the same job a stage at a time on one thread, and no more than the job, so that the clock can tell the
// stages apart. Pipeline::Run does more: transitions, variants, durations, friction by touchpoint.
std::map<std::string, double> TimeStages(const EventLog& log) {
  std::map<std::string, double> seconds;
  Stopwatch watch;
  const auto lap = [&](const char* stage) {
    seconds[stage] = watch.seconds();
    watch = {};
  };
  const PipelineOptions options = OptionsOf(1);
  const Resolution resolution = GraphResolver().Resolve(log);
  lap("identity");
  const CanonicalTouchpoints touchpoints = CatalogTouchpoints(log);
  const Timelines timelines = BuildTimelines(log, resolution.labels, touchpoints.of_log);
  lap("timelines");
  RowTable<SessionRow> sessions;
  for (std::uint32_t customer = 0; customer < timelines.customers(); ++customer)
    Sessionize({customer}, timelines.of({customer}), timelines.begins[customer], options.sessions, sessions);
  lap("sessions");
  const EventClassifier classifier(log, touchpoints.catalog, options.journeys, {}, {});
  TimePoint last = kMinTime;
  for (const TimePoint time : log.times()) last = std::max(last, time);
  JourneyTable journeys;
  for (std::uint32_t customer = 0; customer < timelines.customers(); ++customer) {
    BuildJourneys({customer}, timelines.of({customer}), timelines.begins[customer], {0}, options.journeys[0],
                  classifier, touchpoints.catalog, {last, options.sessions.max_gap}, journeys);
  }
  lap("journeys");
  const JourneyContext context{
      log,      touchpoints.catalog,      classifier,      options.journeys, timelines.events,
      journeys, options.sessions.max_gap, timelines.begins};
  StepCounts counts(3);
  FindingSink sink;
  std::vector<ChannelSwitch> switches;
  std::size_t all_switches = 0;
  for (std::uint32_t id = 0; id < journeys.rows.size(); ++id) {
    const JourneyView view(context, journeys.rows[id]);
    counts.Add(view);
    FindChannelSwitches(view, {}, switches);
    all_switches += switches.size();
    for (std::uint32_t i = 0; i < options.detectors->size(); ++i) {
      sink.Examining(view, {id}, {i});
      (*options.detectors)[i]->Examine(view, sink);
    }
  }
  lap("friction");
  if (counts.started() != journeys.rows.size() || all_switches > log.size()) std::abort();
  return seconds;
}

int Run(const std::string& path, const std::string& from, unsigned threads) {
  const bool csv = from == "csv";
  const double start = MebibytesOf("VmRSS:");
  Stopwatch loading;
  EventsFile file;
  EventLog log;
  if (!csv && !file.Load(path)) return 1;
  if (from == "keys") file.Number();
  const double load_seconds = csv ? 0 : loading.seconds();

  double seconds = 0, append_seconds = 0, cpu = 0, peak = 0;
  Counts counts;
  ForgetPeak();
  for (int round = 0; round < (csv ? 1 : 2); ++round) {
    log = EventLog();  // not the last round's
    const Stopwatch watch;
    if (from == "text") log = file.Append(threads);
    if (from == "keys") log = file.AppendNumbers(threads);
    if (csv && !ReadWithJourney(path, threads, log)) return 1;
    append_seconds = watch.seconds();
    counts = CountsOf(Pipeline::Create(OptionsOf(threads))->Run(log));
    seconds = watch.seconds();
    cpu = watch.cpu_seconds();
    if (round == 0) peak = MebibytesOf("VmHWM:");
  }
  std::printf(
      R"({"who":"journey","version":"%s","from":"%s","threads":%u,"load_seconds":%.3f,"start_mib":%.1f,)"
      R"("seconds":%.4f,"cpu_seconds":%.4f,"peak_mib":%.1f,"stages":{"append":%.4f)",
      std::string(kVersion).c_str(), from.c_str(), threads, load_seconds, start, seconds, cpu, peak,
      append_seconds);
  for (const auto& [stage, spent] : TimeStages(log)) std::printf(R"(,"%s":%.4f)", stage.c_str(), spent);
  std::printf(R"(},"counts":{)");
  const char* comma = "";
  for (const auto& [name, count] : counts) {
    std::printf(R"(%s"%s":%llu)", comma, name, static_cast<unsigned long long>(count));
    comma = ",";
  }
  std::printf("}}\n");
  return 0;
}

int GenerateFile(const char* events, const char* seed, const char* path) {
  std::FILE* const file = std::fopen(path, "wb");
  if (file == nullptr) return 1;
  const bool written = Generate(static_cast<std::size_t>(std::strtod(events, nullptr)),
                                std::strtoull(seed, nullptr, 10), file);
  return std::fclose(file) == 0 && written ? 0 : 1;
}

}  // namespace
}  // namespace journey::rivals

int main(int argc, char** argv) {
  const std::span<char*> args(argv, static_cast<std::size_t>(argc));
  int result = 2;
  if (args.size() == 5 && std::string_view(args[1]) == "generate")
    result = journey::rivals::GenerateFile(args[2], args[3], args[4]);
  if (args.size() == 5 && std::string_view(args[1]) == "run")
    result = journey::rivals::Run(args[2], args[3], static_cast<unsigned>(std::atoi(args[4])));
  if (result == 2)
    std::fputs("usage: stitch_file generate EVENTS SEED OUT.csv | run FILE.csv text|keys|csv THREADS\n",
               stderr);
  if (result == 1) std::fputs("stitch_file: cannot read or write the file\n", stderr);
  return result;
}
