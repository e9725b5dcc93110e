#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <span>
#include <utility>
#include <vector>

#include "cli/event_stream.h"
#include "cli/live_source.h"
#include "cli/paths.h"
#include "cli/seen_names.h"
#include "cli/session.h"
#include "cli/watch_printer.h"
#include "io/writer_figures.h"
#include "journey/core/status.h"
#include "journey/io/json_writer.h"
#include "journey/io/reader.h"
#include "journey/live/engine.h"

namespace journey {
inline namespace v0 {
namespace cli {
namespace {

struct News {
  Fact fact;
  PublicId customer;
};

// Keeps what the engine tells until it is printed. One thread ingests, so that one thread calls.
class NewsKeeper final : public EngineListener {
 public:
  void OnFinding(const Fact& finding, const PublicId& customer) override {
    news_.push_back({finding, customer});
  }
  void OnJourneyEnd(const Fact& journey, const PublicId& customer) override {
    news_.push_back({journey, customer});
  }
  std::vector<News> Take() { return std::exchange(news_, {}); }

 private:
  std::vector<News> news_;
};

class EngineSink final : public internal::EventSink {
 public:
  explicit EngineSink(Engine& engine) : engine_(engine) {}
  void Take(const internal::RowBatch& batch, std::size_t begin, std::size_t end,
            std::span<Admission> answers) override {
    for (std::size_t row = begin; row < end; ++row) {
      batch.View(row, event_);
      answers[row - begin] = engine_.Ingest(event_);
      if (answers[row - begin].status == AdmissionStatus::kAccepted) Note();
      internal::WipeAttributes(event_);
    }
  }
  void Reject(std::string_view source, AdmissionStatus status) override { engine_.Reject(source, status); }

  [[nodiscard]] const SeenNames& names() const { return names_; }  // of accepted events
  // Accepted events that came after one of a later time.
  [[nodiscard]] std::uint64_t overtaken() const { return overtaken_; }

 private:
  void Note() {
    names_.Add(event_);
    if (event_.time < newest_) ++overtaken_;
    newest_ = std::max(newest_, event_.time);
  }

  Engine& engine_;
  Event event_;
  SeenNames names_;
  TimePoint newest_ = kMinTime;
  std::uint64_t overtaken_ = 0;
};

int SetKey(const std::string& path, std::string& key) {
  if (path.empty()) {
    key.resize(32);
    if (getentropy(key.data(), key.size()) != 0) return Fail(kUnreadable, "no random numbers to be had");
    Say("the ids of customers are random in each run; with --id-key-file they stay the same");
    return kDone;
  }
  StatusOr<std::string> text = ReadTextFile(path);
  if (!text.ok()) return Fail(kUnreadable, MessageOf(text.status()));
  key = *std::move(text);
  while (key.ends_with('\n') || key.ends_with('\r')) key.pop_back();
  if (key.size() >= 16 && key.size() <= 64) return kDone;
  return Fail(kUnreadable, fmt::format("{}: has {} bytes, expected a key of 16 to 64", path, key.size()));
}

int SetOptions(const WatchArguments& arguments, const Session& session, EngineOptions& options) {
  options.pipeline = session.options;
  options.identity = session.config.identity;
  for (const auto& [flag, text, target] :
       {std::tuple{"--lateness", &arguments.lateness, &options.allowed_lateness},
        {"--future", &arguments.future, &options.allowed_future},
        {"--horizon", &arguments.horizon, &options.horizon}}) {
    if (text->empty()) continue;
    std::optional<Duration> value;
    if (const int code = ParseDurationFlag(flag, *text, value); code != kDone) return code;
    *target = *value;
  }
  if (!arguments.horizon.empty() && arguments.lateness.empty())
    return Fail(kWrongUsage,
                "--horizon needs --lateness: what may still come late cannot be folded into sums");
  options.carried = arguments.carry;
  options.shards = arguments.shards;
  options.budgets.max_customers = arguments.max_customers;
  options.budgets.max_events_per_customer = arguments.max_events_per_customer;
  options.limits.max_events = arguments.max_events;
  options.limits.max_bytes = arguments.max_bytes;
  // They are taken after each call, and counted: none may be left out.
  options.keep_changes = true;
  options.budgets.max_changes = UINT64_MAX;
  if (const Status status = options.Validate(); !status.ok()) return Fail(kWrongUsage, MessageOf(status));
  return SetKey(arguments.id_key_file, options.id_key);
}

class Watch {
 public:
  Watch(const WatchArguments& arguments, const Config& config, Engine& engine, NewsKeeper& news)
      : arguments_(arguments),
        config_(config),
        engine_(engine),
        sink_(engine),
        news_(news),
        printer_(engine.options().pipeline.journeys, arguments.format == "json") {}

  int Run(std::optional<ColumnMap> map);

 private:
  void OnWait();
  void PrintNews();
  void SayProblems(ReadReport& report);
  void Answer(const WatchRequest& request, std::uint64_t line, const std::string& file);
  Status Follow(EventStream& stream);
  int End(const Status& status, const ReadReport& report);
  void Summarise(const ReadReport& report);
  void SummariseFindings(const EngineStatistics& statistics);

  const WatchArguments& arguments_;
  const Config& config_;
  Engine& engine_;
  EngineSink sink_;
  NewsKeeper& news_;
  WatchPrinter printer_;
  ContextRecord record_;
  std::array<std::uint64_t, kAdmissionStatuses> said_{};  // problems, by status
  std::uint64_t requests_ = 0;
  std::uint64_t requests_refused_ = 0;
  std::uint64_t findings_ = 0;  // told, each time
  std::uint64_t findings_standing_ = 0;
  std::uint64_t journey_ends_ = 0;
};

void Watch::OnWait() {
  if (arguments_.clock) {
    engine_.AdvanceTo(std::chrono::floor<Duration>(std::chrono::system_clock::now()));
    PrintNews();
  }
  printer_.Flush();
}

void Watch::PrintNews() {
  for (const Change& change : engine_.TakeChanges()) {
    if (std::holds_alternative<FindingFact>(change.fact.what))
      change.inserted ? ++findings_standing_ : --findings_standing_;
    if (arguments_.changes) printer_.Show(change);
  }
  for (const News& news : news_.Take()) {
    const bool finding = std::holds_alternative<FindingFact>(news.fact.what);
    ++(finding ? findings_ : journey_ends_);
    if (arguments_.changes) continue;
    finding ? printer_.Finding(news.fact, news.customer) : printer_.JourneyEnd(news.fact, news.customer);
  }
}

void Watch::SayProblems(ReadReport& report) {
  constexpr std::uint64_t kMost = 100;
  for (const ReadProblem& problem : std::exchange(report.problems, {})) {
    const std::uint64_t said = ++said_[static_cast<std::size_t>(problem.status)];
    if (said <= kMost) Say(Describe(problem));
    if (said == kMost)
      Say(fmt::format("{}: more rows that are {} are only counted", problem.file,
                      journey::NameOf(problem.status)));
  }
}

void Watch::Answer(const WatchRequest& request, std::uint64_t line, const std::string& file) {
  ++requests_;
  switch (request.kind) {
    case WatchRequest::Kind::kContext: {
      const bool found = request.name_space.empty()
                             ? engine_.Read(request.customer, record_)
                             : engine_.Read(request.name_space, request.value, record_);
      return found ? printer_.Context(line, record_.context(), engine_.as_of())
                   : printer_.NoContext(line, request);
    }
    case WatchRequest::Kind::kErase: {
      const TimePoint until = request.time.value_or(engine_.as_of());
      const std::uint64_t events = engine_.Erase(request.name_space, request.value, until);
      PrintNews();
      return printer_.Erased(line, request, events);
    }
    case WatchRequest::Kind::kAdvanceTo:
      engine_.AdvanceTo(*request.time);
      PrintNews();
      return printer_.AsOf(line, engine_.as_of());
    case WatchRequest::Kind::kReport:
      return printer_.Totals(line, engine_.Report());
    case WatchRequest::Kind::kBad:
      ++requests_refused_;
      Say(fmt::format("{}:{}: {}", file, line, request.problem));
  }
}

Status Watch::Follow(EventStream& stream) {
  bool guess_said = false;
  while (!LiveSource::interrupted() && !printer_.closed()) {
    const StatusOr<EventStream::Step> step = stream.Next();
    if (!step.ok()) return step.status();
    ReadReport& report = stream.report();
    if (report.map_guessed && !std::exchange(guess_said, true)) SayGuess(report.file, report.map);
    SayProblems(report);
    if (*step == EventStream::Step::kEnd) break;
    if (*step == EventStream::Step::kRequest)
      Answer(stream.request(), stream.request_line(), report.file);
    else
      PrintNews();
  }
  return absl::OkStatus();
}

int Watch::Run(std::optional<ColumnMap> map) {
  const std::string path = arguments_.input.events.empty() ? "-" : arguments_.input.events[0];
  if (const Status status = CatchSignals(); !status.ok()) return Fail(kUnreadable, MessageOf(status));
  StatusOr<std::unique_ptr<LiveSource>> raw = LiveSource::Open(path, [this] { OnWait(); });
  if (!raw.ok()) return End(raw.status(), {.file = path});
  const bool whole_file = (*raw)->is_file();
  const std::unique_ptr<internal::ByteSource> source =
      internal::Unzip(*std::move(raw), path.ends_with(".gz"), path);
  EventStream stream(*source, whole_file, path == "-" ? "stdin" : path,
                     {.map = std::move(map), .source = SourcesOf(std::array{path})[0], .max_problems = 1},
                     sink_);
  return End(Follow(stream), stream.report());
}

int Watch::End(const Status& status, const ReadReport& report) {
  PrintNews();
  printer_.Flush();
  if (!status.ok() && !LiveSource::interrupted()) {
    if (report.rows == 0) return Fail(kUnreadable, MessageOf(status));
    Summarise(report);
    return Fail(kUnreadable, MessageOf(status));
  }
  Summarise(report);
  if (!printer_.Flush() && !printer_.closed()) return Fail(kUnreadable, "standard output: cannot be written");
  if (!arguments_.report.empty()) {
    const journey::Report final_report = engine_.Report();
    const int code = WriteAsked(arguments_.report, [&](std::ostream& out) { WriteJson(final_report, out); });
    if (code != kDone) return code;
  }
  if (report.counts.offered() != 0 && report.counts[AdmissionStatus::kAccepted] == 0 &&
      !LiveSource::interrupted())
    return FailNothingAccepted();
  const bool rejected = report.counts.offered() != report.counts[AdmissionStatus::kAccepted] +
                                                       report.counts[AdmissionStatus::kDuplicate];
  if (arguments_.input.strict && (rejected || requests_refused_ != 0))
    return Fail(kRejectedRows, "--strict: some lines were not accepted");
  return kDone;
}

void Watch::Summarise(const ReadReport& report) {
  const EngineStatistics statistics = engine_.statistics();
  std::string sum;
  for (std::size_t i = 0; i < kAdmissionStatuses; ++i) {
    const std::uint64_t count = statistics.statuses.by_status[i];
    if (count == 0) continue;
    sum += fmt::format("{}{} {}", sum.empty() ? " = " : " + ", internal::CountText(count),
                       journey::NameOf(static_cast<AdmissionStatus>(i)));
  }
  Say(fmt::format("{}: {}{}, {}{}", report.file, internal::Plural(requests_, "request"),
                  requests_refused_ == 0 ? "" : fmt::format(" ({} refused)", requests_refused_),
                  internal::Plural(statistics.statuses.offered(), "row"), sum));
  Say(fmt::format("as of {}: {}, {}; told of {} and {}", FormatTime(engine_.as_of()),
                  internal::Plural(statistics.customers, "customer"),
                  internal::Plural(statistics.events, "event"), internal::Plural(findings_, "finding"),
                  internal::Plural(journey_ends_, "journey end")));
  SummariseFindings(statistics);
  for (const auto& [count, one, many, what] :
       {std::tuple{statistics.evicted_customers, "customer was", "customers were",
                   "evicted, the budget being used up"},
        {statistics.truncated_customers, "customer has", "customers have",
         "as many events as the budget keeps of one: what came after them is missing in the journeys"},
        {statistics.folded_events, "event before the horizon is", "events before the horizon are",
         "kept as sums alone, which a report leaves out"}}) {
    if (count != 0) Say(fmt::format("{} {} {}", internal::CountText(count), count == 1 ? one : many, what));
  }
  if (statistics.statuses[AdmissionStatus::kAccepted] == 0) return;
  for (const std::string& warning : UnknownNames(config_, sink_.names().log()))
    Say(fmt::format("{}: warning: {}", arguments_.input.journeys, warning));
}

// A finding is told whenever it was not there before, so that what was told and does not stand was taken back since.
void Watch::SummariseFindings(const EngineStatistics& statistics) {
  if (findings_ <= findings_standing_) return;
  const std::uint64_t gone = findings_ - findings_standing_;
  std::string why = "taken back by what came later";
  if (statistics.statuses[AdmissionStatus::kErased] != 0) why += ", or erased";
  if (statistics.evicted_customers != 0) why += ", or evicted";
  if (statistics.folded_events != 0) why += ", or folded beyond the horizon";
  Say(fmt::format("{} of the {} told {} {}{}", internal::CountText(gone),
                  internal::Plural(findings_, "finding"), gone == 1 ? "was" : "were", why,
                  arguments_.changes ? "" : " (--changes shows each)"));
  if (sink_.overtaken() != 0) {
    Say(fmt::format("{} came after later ones; of events in the order of their times, less is taken back",
                    internal::Plural(sink_.overtaken(), "event")));
  }
}

}  // namespace

int RunWatch(const WatchArguments& arguments) {
  const int usage = CheckPaths(InputsOf(arguments.input, {{"--id-key-file", arguments.id_key_file}}),
                               {{"--report", arguments.report}});
  if (usage != kDone) return usage;
  Session session;
  std::optional<ColumnMap> map;
  if (const int code = Configure(arguments.input, session, map); code != kDone) return code;
  EngineOptions options;
  if (const int code = SetOptions(arguments, session, options); code != kDone) return code;
  const auto news = std::make_shared<NewsKeeper>();
  options.listener = news;
  StatusOr<std::unique_ptr<Engine>> engine = Engine::Create(std::move(options));
  if (!engine.ok()) return Fail(kWrongUsage, MessageOf(engine.status()));
  return Watch(arguments, session.config, **engine, *news).Run(std::move(map));
}

}  // namespace cli
}  // namespace v0
}  // namespace journey
