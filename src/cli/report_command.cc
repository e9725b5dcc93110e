#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "cli/session.h"
#include "cli/truth.h"
#include "journey/core/status.h"
#include "journey/io/dot_writer.h"
#include "journey/io/html_writer.h"
#include "journey/io/json_writer.h"
#include "journey/io/text_writer.h"

namespace journey {
inline namespace v0 {
namespace cli {
namespace {

// Colour only where a person looks, and has not asked for none (https://no-color.org).
bool WantsColour() {
  return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
}

}  // namespace

int RunReport(const ReportArguments& arguments) {
  std::optional<Session> session;
  if (const int code = Open(arguments.input, session); code != kDone) return code;
  const StatusOr<Pipeline> pipeline = Pipeline::Create(session->options);
  if (!pipeline.ok()) return Fail(kWrongUsage, MessageOf(pipeline.status()));
  Report report = pipeline->Run(session->log);
  if (!arguments.truth.empty()) {
    if (const int code = CompareWithTruth(arguments.truth, session->log, report); code != kDone) return code;
  }

  if (arguments.json != "-" && arguments.html != "-" && arguments.dot != "-") {
    if (const int code =
            WriteFile("-", [&](std::ostream& out) { WriteText(report, out, {.colour = WantsColour()}); });
        code != kDone) {
      return code;
    }
  }
  const auto write = [](const std::string& path, const auto& writer) {
    if (path.empty()) return kDone;
    const int code = WriteFile(path, writer);
    if (code == kDone && path != "-") std::fprintf(stderr, "written: %s\n", path.c_str());
    return code;
  };
  HtmlOptions html;
  if (!arguments.title.empty()) html.title = arguments.title;
  if (const int code = write(arguments.html, [&](std::ostream& out) { WriteHtml(report, out, html); });
      code != kDone) {
    return code;
  }
  if (const int code = write(arguments.json, [&](std::ostream& out) { WriteJson(report, out); });
      code != kDone) {
    return code;
  }
  if (const int code = write(arguments.dot, [&](std::ostream& out) { WriteDot(report, out); });
      code != kDone) {
    return code;
  }
  if (arguments.input.strict && session->rows_rejected) {
    return Fail(kRejectedRows, "--strict: some rows were not accepted");
  }
  return kDone;
}

}  // namespace cli
}  // namespace v0
}  // namespace journey
