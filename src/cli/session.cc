#include "cli/session.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>

#include "io/escape.h"
#include "io/time_fault.h"
#include "journey/core/status.h"
#include "journey/identity/graph_resolver.h"
#include "journey/io/column_map.h"
#include "journey/io/reader.h"
#include "journey/io/time_text.h"

namespace journey {
inline namespace v0 {
namespace cli {
namespace {

// A configuration file, parsed. Reading errors name the file by themselves.
template <typename Parsed, typename Parse>
int ReadConfiguration(const std::string& path, const Parse& parse, std::optional<Parsed>& result) {
  const StatusOr<std::string> text = ReadTextFile(path);
  if (!text.ok()) return Fail(kUnreadable, MessageOf(text.status()));
  StatusOr<Parsed> parsed = parse(*text, path);
  if (!parsed.ok()) return Fail(kUnreadable, MessageOf(parsed.status()));
  result = std::move(*parsed);
  return kDone;
}

int ParseFlags(const InputArguments& arguments, PipelineOptions& options) {
  if (!arguments.as_of.empty()) {
    if (const int code = ParseTimeFlag("--as-of", arguments.as_of, options.as_of); code != kDone) return code;
  }
  if (!arguments.session_gap.empty()) {
    std::optional<Duration> gap;
    if (const int code = ParseDurationFlag("--session-gap", arguments.session_gap, gap); code != kDone)
      return code;
    options.sessions.max_gap = *gap;
    options.sessions.max_length = std::max(options.sessions.max_length, *gap);
  }
  if (arguments.discover_gap == "none") {
    options.discovery.gap.reset();
  } else if (!arguments.discover_gap.empty()) {
    return ParseDurationFlag("--discover-gap", arguments.discover_gap, options.discovery.gap);
  }
  return kDone;
}

std::uint64_t NotAccepted(const AdmissionCounts& counts) {
  return counts.offered() - counts[AdmissionStatus::kAccepted] - counts[AdmissionStatus::kDuplicate];
}

// `bad` rows were not accepted, by the log's count: of each as it was answered, duplicates would be missing whose original
// lost a conflict later, and the report would count more.
void SayWhatWasRead(const ReadReport& read, bool first_guess, std::uint64_t bad) {
  if (read.map_guessed && first_guess) SayGuess(read.file, read.map);
  for (const ReadProblem& problem : read.problems) Say(Describe(problem));
  if (bad > read.problems.size()) {
    const std::uint64_t more = bad - read.problems.size();
    Say(fmt::format("{}: {} more {} not accepted", read.file, more, more == 1 ? "row was" : "rows were"));
  }
  if (read.rows == 0) Say(read.file + ": there are no rows below the header");
}

int ReadAll(const InputArguments& arguments, const std::optional<ColumnMap>& map, Session& session,
            Progress& progress) {
  const std::vector<std::string> sources = SourcesOf(arguments.events);
  for (std::size_t i = 0; i < arguments.events.size(); ++i) {
    progress.BeginFile(sources[i]);
    const EventLog& log = session.log;
    const std::uint64_t bad_before = NotAccepted(log.admissions());
    const ReadOptions options{.map = map,
                              .source = sources[i],
                              .threads = session.options.threads,
                              .progress = [&, before = log.admissions().offered()](auto done, auto total) {
                                progress.Read(done, total, log.admissions().offered() - before);
                              }};
    const StatusOr<ReadReport> read = ReadEvents(arguments.events[i], options, session.log);
    progress.Erase();
    if (!read.ok()) return Fail(kUnreadable, MessageOf(read.status()));
    SayWhatWasRead(*read, i == 0, NotAccepted(log.admissions()) - bad_before);
  }
  const AdmissionCounts counts = session.log.admissions();
  session.rows_rejected = NotAccepted(counts) != 0;
  if (counts.offered() != 0 && counts[AdmissionStatus::kAccepted] == 0) return FailNothingAccepted();
  return kDone;
}

// An --as-of before every event leaves nothing to look at, as if not one row had been accepted.
int CheckAsOf(const Session& session) {
  const EventLog& log = session.log;
  if (!session.options.as_of || log.size() == 0) return kDone;
  TimePoint first = kMaxTime;
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    first = std::min(first, log.time({row}));
    if (first <= *session.options.as_of) return kDone;
  }
  return Fail(kRejectedRows, fmt::format("--as-of: every event is later than {}; the first is of {}",
                                         FormatTime(*session.options.as_of), FormatTime(first)));
}

}  // namespace

void Say(std::string_view message) {
  std::string line = internal::Visible(message);
  line += '\n';
  std::fputs(line.c_str(), stderr);
}

void SayGuess(const std::string& file, const ColumnMap& map) {
  Say(fmt::format("{}: no --map given, guessed from the header:", file));
  // Line by line: Say() shows line ends inside of names, but these are ours.
  const std::string text = Describe(map);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    Say("  " + text.substr(begin, end - begin));
    begin = end + 1;
  }
}

int Fail(int code, std::string_view message) {
  Say(fmt::format("journey: {}", message));
  return code;
}

int FailNothingAccepted() {
  return Fail(kRejectedRows, "no row was accepted: see the messages above");
}

int ParseTimeFlag(const char* flag, const std::string& text, std::optional<TimePoint>& value) {
  value = ParseTime(text);
  if (value) return kDone;
  const std::string_view fault = internal::FaultOfTime(text, TimeFormat::kIso8601);
  return Fail(kWrongUsage,
              fmt::format("{}: found \"{}\"{}{}, expected {}", flag, text,
                          fault.empty() ? "" : ", but there is ", fault, ExampleOf(TimeFormat::kIso8601)));
}

int ParseDurationFlag(const char* flag, const std::string& text, std::optional<Duration>& value) {
  value = ParseDuration(text);
  if (value && *value > Duration::zero()) return kDone;
  return Fail(kWrongUsage,
              fmt::format("{}: found \"{}\", expected a duration above 0 such as 30m, 24h, 7d", flag, text));
}

int Configure(const InputArguments& arguments, Session& session, std::optional<ColumnMap>& map) {
  if (!arguments.map.empty()) {
    if (const int code = ReadConfiguration(arguments.map, ParseColumnMap, map); code != kDone) return code;
  }
  if (!arguments.journeys.empty()) {
    std::optional<Config> config;
    if (const int code = ReadConfiguration(arguments.journeys, ParseConfig, config); code != kDone)
      return code;
    session.config = std::move(*config);
  }
  PipelineOptions& options = session.options;
  options.journeys = session.config.journeys;
  options.discovery = session.config.discovery;
  options.classes = session.config.classes;
  options.consent = session.config.consent;
  options.detectors = session.config.detectors;
  options.threads =
      arguments.threads != 0 ? arguments.threads : std::clamp(std::thread::hardware_concurrency(), 1U, 8U);
  if (const int code = ParseFlags(arguments, options); code != kDone) return code;
  if (const Status status = options.Validate(); !status.ok()) return Fail(kWrongUsage, MessageOf(status));
  return kDone;
}

int Open(const InputArguments& arguments, std::optional<Session>& session) {
  Progress progress;
  return Open(arguments, session, progress);
}

int Open(const InputArguments& arguments, std::optional<Session>& session, Progress& progress) {
  Session opened;
  std::optional<ColumnMap> map;
  if (const int code = Configure(arguments, opened, map); code != kDone) return code;
  opened.options.resolver = std::make_shared<GraphResolver>(opened.config.identity);
  if (const int code = ReadAll(arguments, map, opened, progress); code != kDone) return code;
  if (const int code = CheckAsOf(opened); code != kDone) return code;
  for (const std::string& warning : UnknownNames(opened.config, opened.log)) {
    Say(fmt::format("{}: warning: {}", arguments.journeys, warning));
  }
  session = std::move(opened);
  return kDone;
}

int WriteFile(const std::string& path, const std::function<void(std::ostream&)>& write) {
  if (path == "-") {
    write(std::cout);
    std::cout.flush();
    return std::cout ? kDone : Fail(kUnreadable, "standard output: cannot be written");
  }
  // Only a regular file can be replaced; a device or a pipe is written to.
  std::error_code error;
  const auto kind = std::filesystem::status(path, error).type();
  const bool replace =
      kind == std::filesystem::file_type::not_found || kind == std::filesystem::file_type::regular;
  const std::string target = replace ? path + ".partial" : path;
  std::ofstream out(target, std::ios::binary);
  if (!out) return Fail(kUnreadable, fmt::format("{}: cannot be written", path));
  write(out);
  out.close();
  if (out && replace) std::filesystem::rename(target, path, error);
  if (out && !(replace && error)) return kDone;
  if (replace) std::filesystem::remove(target, error);
  return Fail(kUnreadable, fmt::format("{}: cannot be written to its end", path));
}

int WriteAsked(const std::string& path, const std::function<void(std::ostream&)>& write) {
  if (path.empty()) return kDone;
  const int code = WriteFile(path, write);
  if (code == kDone && path != "-") Say("written: " + path);
  return code;
}

}  // namespace cli
}  // namespace v0
}  // namespace journey
