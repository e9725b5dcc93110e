// journey compare: two logs, two periods of one, or the arms of an experiment.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/paths.h"
#include "cli/screen.h"
#include "cli/session.h"
#include "io/escape.h"
#include "io/writer_figures.h"
#include "journey/core/status.h"
#include "journey/insight/compare.h"
#include "journey/insight/compare_split.h"
#include "journey/insight/feedback.h"
#include "journey/io/compare_writer.h"
#include "journey/pipeline/insights.h"
#include "journey/pipeline/pipeline.h"

namespace journey {
inline namespace v0 {
namespace cli {
namespace {

// A report with its tables and its answers, and on which side its journeys are.
struct Side {
  Side(const Session& the_session, Report the_report)
      : session(the_session),
        report(std::move(the_report)),
        tables(report, session.options.sessions.max_gap),
        feedback(
            JoinFeedback(session.log, tables.tables(), session.options.classes, session.config.feedback)) {}

  const Session& session;
  const Report report;
  const ReportTables tables;
  const Feedback feedback;
  Split split;
  std::vector<std::uint32_t> people;
};

class CompareCommand {
 public:
  explicit CompareCommand(const CompareArguments& arguments) : arguments_(arguments) {}

  int Run() {
    if (const int code = CheckUsage(); code != kDone) return code;
    const int code = !arguments_.at.empty() ? RunPeriods() : !arguments_.arm.empty() ? RunArms() : RunLogs();
    if (code != kDone) return code;
    return Finish();
  }

 private:
  int CheckUsage() {
    if (!arguments_.at.empty() && !arguments_.arm.empty()) {
      return Fail(kWrongUsage, "compare: --at and --arm are two ways to split one log; give one of them");
    }
    if (arguments_.at.empty() && arguments_.arm.empty() && arguments_.input.events.size() != 2) {
      return Fail(kWrongUsage,
                  fmt::format("compare: found {}, expected two to compare, or --at TIME or --arm KEY",
                              internal::Plural(arguments_.input.events.size(), "file")));
    }
    if (!arguments_.values.empty() && (arguments_.arm.empty() || arguments_.values.size() != 2)) {
      return Fail(kWrongUsage, "compare: --values are the two values of --arm, such as --values A,B");
    }
    options_.min_customers = arguments_.min_customers;
    options_.worthwhile = arguments_.worthwhile;
    if (const Status status = options_.Validate(); !status.ok()) return Fail(kWrongUsage, MessageOf(status));
    const int code =
        CheckPaths(InputsOf(arguments_.input), {{"--html", arguments_.html}, {"--json", arguments_.json}});
    if (code != kDone || arguments_.control.empty()) return code;
    StatusOr<ControlMatch> control = ParseControl(arguments_.control);
    if (!control.ok()) return Fail(kWrongUsage, "--control: " + MessageOf(control.status()));
    control_ = std::move(*control);
    return kDone;
  }

  // Opens files as one log.
  int OpenLog(const std::vector<std::string>& events) {
    InputArguments input = arguments_.input;
    input.events = events;
    std::optional<Session> session;
    if (const int code = Open(input, session); code != kDone) return code;
    sessions_.push_back(std::make_unique<Session>(std::move(*session)));
    return kDone;
  }

  // One run over a log that was opened. Detectors that learn do so once, so that both sides are held against the
  // same limits.
  int AddSide(const Session& session, std::optional<TimePoint> as_of) {
    PipelineOptions options = session.options;
    if (as_of) options.as_of = as_of;
    if (learned_) options.detectors = learned_;
    StatusOr<Pipeline> pipeline = Pipeline::Create(options);
    if (!pipeline.ok()) return Fail(kWrongUsage, MessageOf(pipeline.status()));
    if (!learned_) {
      learned_ = pipeline->LearnDetectors(session.log);
      options.detectors = learned_;
      pipeline = Pipeline::Create(std::move(options));
      if (!pipeline.ok()) return Fail(kWrongUsage, MessageOf(pipeline.status()));
    }
    sides_.push_back(std::make_unique<Side>(session, pipeline->Run(session.log)));
    return kDone;
  }

  int RunLogs() {
    for (std::size_t i = 0; i < 2; ++i) {
      if (const int code = OpenLog({arguments_.input.events[i]}); code != kDone) return code;
      if (const int code = AddSide(*sessions_[i], std::nullopt); code != kDone) return code;
      sides_[i]->split = SplitWhole(sides_[i]->tables.tables(), i == 0 ? kBefore : kAfter);
      labels_[i] = arguments_.input.events[i];
    }
    if (IsSameFile(arguments_.input.events[0], arguments_.input.events[1]))
      Say("warning: both are the same file; nothing can differ. --at TIME or --arm KEY splits one");
    notes_.push_back(
        "Two logs, whose customers are taken for different people. Each is seen as it stood at its own "
        "end; logs of unequal length leave unequally many journeys open.");
    return kDone;
  }

  int RunPeriods() {
    std::optional<TimePoint> at;
    if (const int code = ParseTimeFlag("--at", arguments_.at, at); code != kDone) return code;
    if (const int code = OpenLog(arguments_.input.events); code != kDone) return code;
    const Session& session = *sessions_.front();
    TimePoint first = kMaxTime;
    TimePoint last = kMinTime;
    for (std::uint32_t row = 0; row < session.log.size(); ++row) {
      if (session.log.kind({row}) != RecordKind::kEvent) continue;
      first = std::min(first, session.log.time({row}));
      last = std::max(last, session.log.time({row}));
    }
    if (session.options.as_of) last = std::min(last, *session.options.as_of);
    const StatusOr<EqualPeriods> periods = PeriodsAround(first, *at, last);
    if (!periods.ok()) return Fail(kWrongUsage, "--at: " + MessageOf(periods.status()));
    const auto add = [&](TimePoint from, TimePoint until, CompareCell cell) {
      if (const int code = AddSide(session, until - Duration{1}); code != kDone) return code;
      sides_.back()->split = SplitPeriod(sides_.back()->tables.tables(), from, until, cell);
      labels_[cell] = fmt::format("{} to {}", FormatTime(from), FormatTime(until));
      return kDone;
    };
    if (const int code = add(periods->from, periods->at, kBefore); code != kDone) return code;
    if (const int code = add(periods->at, periods->until, kAfter); code != kDone) return code;
    const RunTables& whole = sides_[1]->tables.tables();
    sides_[0]->people = PeopleOf(sides_[0]->tables.tables(), whole, session.log.size());
    for (std::uint32_t i = 0; i < whole.customers(); ++i) sides_[1]->people.push_back(i);
    CountStraddling(periods->at);
    return kDone;
  }

  // Journeys of the first period that were still open at its end.
  void CountStraddling(TimePoint at) {
    std::uint64_t open = 0;
    const Side& before = *sides_.front();
    for (std::size_t j = 0; j < before.split.cells.size(); ++j) {
      const bool is_open = before.report.journeys.rows[j].outcome == Outcome::kOpen;
      open += is_open && before.split.cells[j] != kLeftOut ? 1U : 0U;
    }
    // What began before the second period is left out there; it is not missing, but on the first side.
    sides_.back()->split.left_out.clear();
    notes_.push_back(
        fmt::format("Two periods of {}. A journey is in the period in which it began, and is seen as it "
                    "stood at the end of that period, so that both are observed for equally long.",
                    FormatDuration(sides_.back()->tables.tables().as_of - at + Duration{1})));
    notes_.push_back(
        fmt::format("Journeys of the first period that were open at its end, and may go on after it: {}. "
                    "They are censored there, and do not count in the second.",
                    open));
  }

  int RunArms() {
    if (const int code = OpenLog(arguments_.input.events); code != kDone) return code;
    const Session& session = *sessions_.front();
    if (const int code = AddSide(session, std::nullopt); code != kDone) return code;
    Side& side = *sides_.front();
    std::vector<std::string> arms = arguments_.values;
    if (arms.empty()) {
      const auto values = ValuesOf(session.log, side.tables.tables(), arguments_.arm);
      if (values.size() < 2) {
        return Fail(kWrongUsage,
                    fmt::format("--arm: {} of \"{}\" on the events of journeys, expected two values or "
                                "more; is it among the attributes of the map?",
                                values.empty() ? "no value" : "a single value", arguments_.arm));
      }
      // The two most frequent, in the order of their texts.
      arms = {values[0].first, values[1].first};
      std::ranges::sort(arms);
    }
    side.split = SplitArms(session.log, side.tables.tables(), arguments_.arm, arms[0], arms[1]);
    for (std::size_t i = 0; i < 2; ++i) {
      const auto cell = static_cast<std::uint8_t>(i);
      labels_[i] = fmt::format("{}={}", arguments_.arm, arms[i]);
      if (std::ranges::find(side.split.cells, cell) == side.split.cells.end()) {
        return Fail(kWrongUsage, fmt::format("{}: no journey has the {} value of \"{}\"",
                                             arguments_.values.empty() ? "--arm" : "--values",
                                             i == 0 ? "first" : "second", arguments_.arm));
      }
    }
    notes_.push_back(
        "Two arms. A journey's arm is the only value on its events, or else the last one that the "
        "customer had before it.");
    return kDone;
  }

  int MoveToControl() {
    std::uint64_t moved = 0;
    for (const auto& side : sides_) {
      moved += MoveControl(side->session.log, side->tables.tables(), *control_, side->split.cells);
    }
    std::array<bool, kCompareCells> present{};
    for (const auto& side : sides_) {
      for (const std::uint8_t cell : side->split.cells) {
        if (cell != kLeftOut) present[cell] = true;
      }
    }
    if (present[kControlBefore] && present[kControlAfter] && present[kBefore] && present[kAfter])
      return kDone;
    return Fail(kWrongUsage, "--control: " + (moved == 0 ? WhyNoControl()
                                                         : "before and after must both have journeys that "
                                                           "match, and others"));
  }

  // Names are shown, values are not.
  [[nodiscard]] std::string WhyNoControl() const {
    const EventLog& log = sides_.front()->session.log;
    if (control_->key != "channel") {
      return log.attribute_keys().Find(control_->key)
                 ? fmt::format("no journey has this value of \"{}\"", control_->key)
                 : fmt::format("no event has the attribute \"{}\"; is it among the attributes of the map?",
                               control_->key);
    }
    std::set<std::string_view> begun;
    for (const auto& side : sides_) {
      for (const JourneyRow& row : side->report.journeys.rows) {
        const std::uint32_t first = side->report.journeys.events[row.begin];
        begun.insert(side->report.touchpoints.channel_text(side->report.timeline.events[first].touchpoint));
      }
    }
    std::vector<std::string_view> channels(begun.begin(), begun.end());
    constexpr std::size_t kMost = 20;
    const std::size_t more = channels.size() - std::min(channels.size(), kMost);
    channels.resize(channels.size() - more);
    return fmt::format("no journey began in \"{}\"; those in which journeys began are {}{}", control_->value,
                       internal::Visible(fmt::format("{}", fmt::join(channels, ", "))),
                       more == 0 ? "" : fmt::format(" and {} more", more));
  }

  int Finish() {
    if (control_) {
      if (const int code = MoveToControl(); code != kDone) return code;
    }
    std::vector<CompareRun> runs;
    for (const auto& side : sides_) {
      runs.push_back({.log = side->session.log,
                      .tables = side->tables.tables(),
                      .definitions = side->session.options.journeys,
                      .classes = side->session.options.classes,
                      .feedback = &side->feedback,
                      .cells = side->split.cells,
                      .people = side->people});
    }
    Comparison comparison = Compare(runs, options_);
    for (std::size_t i = 0; i < 2; ++i) comparison.sides[i].label = labels_[i];
    if (control_) comparison.control = fmt::format("{}={}", control_->key, control_->value);
    comparison.notes = notes_;
    for (const auto& side : sides_) {
      for (const auto& reason : side->split.left_out) comparison.left_out.push_back(reason);
    }
    return WriteAll(comparison);
  }

  int WriteAll(const Comparison& comparison) const {
    if (arguments_.json != "-" && arguments_.html != "-") {
      const Screen screen = StandardOutput();
      const CompareTextOptions text{
          .width = screen.width, .colour = screen.colour, .whole_tables = screen.whole_tables};
      const int code = WriteFile("-", [&](std::ostream& out) { WriteCompareText(comparison, out, text); });
      if (code != kDone) return code;
    }
    CompareHtmlOptions html;
    if (!arguments_.title.empty()) html.title = arguments_.title;
    int code =
        WriteAsked(arguments_.html, [&](std::ostream& out) { WriteCompareHtml(comparison, out, html); });
    if (code == kDone)
      code = WriteAsked(arguments_.json, [&](std::ostream& out) { WriteCompareJson(comparison, out); });
    if (code != kDone) return code;
    const bool rejected =
        std::ranges::any_of(sessions_, [](const auto& session) { return session->rows_rejected; });
    if (arguments_.input.strict && rejected)
      return Fail(kRejectedRows, "--strict: some rows were not accepted");
    return kDone;
  }

  const CompareArguments& arguments_;
  CompareOptions options_;
  std::optional<ControlMatch> control_;
  std::optional<DetectorList> learned_;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::vector<std::unique_ptr<Side>> sides_;
  std::array<std::string, 2> labels_;
  std::vector<std::string> notes_;
};

}  // namespace

int RunCompare(const CompareArguments& arguments) {
  return CompareCommand(arguments).Run();
}

}  // namespace cli
}  // namespace v0
}  // namespace journey
