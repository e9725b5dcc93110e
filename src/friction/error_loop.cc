#include "journey/friction/error_loop.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "friction/option_checks.h"

namespace journey {
inline namespace v0 {
namespace {

// Errors at one touchpoint, one after the other.
struct ErrorRun {
  TouchpointId touchpoint;
  std::size_t first = 0;
  std::size_t last = 0;
  std::uint32_t errors = 0;
};

void Close(const JourneyView& journey, const ErrorRun& run, std::uint32_t count, FindingSink& sink) {
  if (run.errors < count) return;
  Duration spent{0};
  for (std::size_t i = run.first + 1; i <= run.last; ++i) spent += journey.active_gap(i);
  sink.Add({.kind = "error_loop",
            .at = run.first,
            .begin = run.first,
            .end = run.last + 1,
            .cost_events = run.errors,
            .cost_time = spent,
            .severity = Severity::kHigh});
}

}  // namespace

std::string ErrorLoop::parameters() const {
  return fmt::format("count {}, within {}", options_.count, FormatDuration(options_.within));
}

Status ErrorLoop::Validate() const {
  if (Status status = internal::CheckCount("count", options_.count, 2); !status.ok()) return status;
  return internal::CheckDuration("within", options_.within, Duration{1});
}

void ErrorLoop::Examine(const JourneyView& journey, FindingSink& sink) const {
  std::vector<ErrorRun> runs;  // by touchpoint in order of first errors; mostly none
  for (std::size_t i = 0; i < journey.size(); ++i) {
    const bool error = journey.is_error(i);
    if (!error && runs.empty()) continue;
    auto run = std::ranges::find(runs, journey.touchpoint(i), &ErrorRun::touchpoint);
    if (!error) {
      if (run == runs.end()) continue;
      Close(journey, *run, options_.count, sink);
      runs.erase(run);
      continue;
    }
    if (run == runs.end()) run = runs.insert(run, {journey.touchpoint(i), i, i, 0});
    if (journey.time(i) - journey.time(run->last) > options_.within) {
      Close(journey, *run, options_.count, sink);
      *run = {run->touchpoint, i, i, 0};
    }
    run->last = i;
    ++run->errors;
  }
  for (const ErrorRun& run : runs) Close(journey, run, options_.count, sink);
}

}  // namespace v0
}  // namespace journey
