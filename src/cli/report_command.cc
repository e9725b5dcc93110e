#include <fmt/format.h>

#include <iostream>

#include "cli/paths.h"
#include "cli/progress.h"
#include "cli/screen.h"
#include "cli/session.h"
#include "cli/truth.h"
#include "journey/core/status.h"
#include "journey/io/config.h"
#include "journey/io/dot_writer.h"
#include "journey/io/html_writer.h"
#include "journey/io/json_writer.h"
#include "journey/io/text_writer.h"
#include "journey/pipeline/insights.h"

namespace journey {
inline namespace v0 {
namespace cli {
namespace {

InsightOptions InsightOptionsOf(const ReportArguments& arguments, const Session& session) {
  InsightOptions options{.threads = session.options.threads};
  options.feedback = session.config.feedback;
  options.funnels = session.config.funnels;
  options.touchpoints = session.config.touchpoints;
  options.fix_first.bootstrap.seed = arguments.seed;
  options.fix_first.bootstrap.replicates = arguments.replicates;
  if (!arguments.align.empty()) options.paths.align.events = OneOrAnyOf(arguments.align);
  return options;
}

// Everything that the command line asks for, with insights where there are any.
int WriteAll(const ReportArguments& arguments, const Report& report,
             const std::optional<Insights>& insights) {
  if (arguments.json != "-" && arguments.html != "-" && arguments.dot != "-") {
    const Screen screen = StandardOutput();
    const TextOptions text{
        .width = screen.width, .colour = screen.colour, .whole_tables = screen.whole_tables};
    const int code = WriteFile("-", [&](std::ostream& out) {
      insights ? WriteText(report, *insights, out, text) : WriteText(report, out, text);
    });
    if (code != kDone) return code;
  }
  HtmlOptions html;
  if (!arguments.title.empty()) html.title = arguments.title;
  int code = WriteAsked(arguments.html, [&](std::ostream& out) {
    insights ? WriteHtml(report, *insights, out, html) : WriteHtml(report, out, html);
  });
  if (code != kDone) return code;
  code = WriteAsked(arguments.json, [&](std::ostream& out) {
    insights ? WriteJson(report, *insights, out) : WriteJson(report, out);
  });
  if (code != kDone) return code;
  return WriteAsked(arguments.dot, [&](std::ostream& out) { WriteDot(report, out); });
}

}  // namespace

int RunReport(const ReportArguments& arguments) {
  const int usage =
      CheckPaths(InputsOf(arguments.input, {{"--truth", arguments.truth}}),
                 {{"--html", arguments.html}, {"--json", arguments.json}, {"--dot", arguments.dot}});
  if (usage != kDone) return usage;
  Progress progress;
  std::optional<Session> session;
  if (const int code = Open(arguments.input, session, progress); code != kDone) return code;
  if (!arguments.align.empty()) {
    if (const auto unknown = UnknownEvent(arguments.align, session->log))
      Say(fmt::format("warning: --align: {}; no path has anything to be aligned on", *unknown));
  }
  const StatusOr<Pipeline> pipeline = Pipeline::Create(session->options);
  if (!pipeline.ok()) return Fail(kWrongUsage, MessageOf(pipeline.status()));
  progress.Stage("customers, sessions, journeys and friction ...");
  Report report = pipeline->Run(session->log);
  progress.Erase();
  if (!arguments.truth.empty()) {
    if (const int code = CompareWithTruth(arguments.truth, session->log, report); code != kDone) return code;
  }

  std::optional<Insights> insights;
  if (!arguments.no_insights) {
    progress.Stage("what to fix first ...");
    auto analyzed = Analyze(session->log, report, pipeline->options(), InsightOptionsOf(arguments, *session));
    progress.Erase();
    if (!analyzed.ok()) return Fail(kWrongUsage, MessageOf(analyzed.status()));
    insights = *std::move(analyzed);
  }
  if (const int code = WriteAll(arguments, report, insights); code != kDone) return code;
  if (arguments.input.strict && session->rows_rejected) {
    return Fail(kRejectedRows, "--strict: some rows were not accepted");
  }
  return kDone;
}

}  // namespace cli
}  // namespace v0
}  // namespace journey
