#include <fmt/format.h>

#include "cli/paths.h"
#include "cli/session.h"
#include "journey/core/status.h"
#include "simulate/simulator.h"
#include "simulate/writers.h"

namespace journey {
inline namespace v0 {
namespace cli {

int RunSimulate(const SimulateArguments& arguments) {
  SimulatorOptions options;
  options.customers = arguments.customers;
  options.days = arguments.days;
  options.seed = arguments.seed;
  if (const Status status = options.Validate(); !status.ok()) return Fail(kWrongUsage, MessageOf(status));
  const int usage = CheckPaths({}, {{"--out", arguments.out},
                                    {"--truth", arguments.truth},
                                    {"--map", arguments.map},
                                    {"--journeys", arguments.journeys}});
  if (usage != kDone) return usage;
  const SimulatedLog log = Simulate(options);
  const auto is_json_lines = [](std::string_view path) {
    return path.ends_with(".jsonl") || path.ends_with(".ndjson");
  };
  int code = WriteFile(arguments.out, [&](std::ostream& out) {
    if (is_json_lines(arguments.out))
      WriteJsonLines(log, out);
    else
      WriteCsv(log, out);
  });
  if (code == kDone && !arguments.truth.empty()) {
    code = WriteFile(arguments.truth, [&](std::ostream& out) { WriteTruth(log, out); });
  }
  if (code == kDone && !arguments.map.empty()) {
    code = WriteFile(arguments.map, [](std::ostream& out) { out << SimulatedMap(); });
  }
  if (code == kDone && !arguments.journeys.empty()) {
    code = WriteFile(arguments.journeys, [](std::ostream& out) { out << SimulatedJourneys(); });
  }
  return code;
}

}  // namespace cli
}  // namespace v0
}  // namespace journey
