// journey: the command. See --help, and README.md.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/session.h"
#include "io/config_json.h"
#include "journey/version.h"

namespace {

using journey::cli::InputArguments;

constexpr std::string_view kExitCodes =
    "Times without a zone are UTC.\n"
    "Exit codes: 0 done, 1 wrong usage, 2 unreadable input or configuration or unwritable output, 3 rejected "
    "rows under --strict, or not one row accepted";
constexpr std::string_view kOrAllLater = ", or all of them later than --as-of.";

constexpr std::string_view kRequests =
    "A line that is an object with one of these keys, and none beside, is a request:\n"
    "  {\"context\": {\"user_id\": \"42\"}}   the context of who has this identifier\n"
    "  {\"context\": \"0c5f...\"}           the same by an id that was printed\n"
    "  {\"erase\": {\"user_id\": \"42\"}, \"until\": \"2024-03-13T10:00:00Z\"}   forget; until now by "
    "default\n"
    "  {\"advance_to\": \"2024-03-20T00:00:00Z\"}   it is at least this time now\n"
    "  {\"report\": true}                the totals\n"
    "Without --map, the columns of a stream are guessed from its first event.\n"
    "What later events take back stays printed, and is counted at the end; --changes shows each.\n"
    "When customers turn out to be one, later lines bear one id, and the old ids find a context, too.\n"
    "Examples:\n"
    "  tail -F events.jsonl | journey watch --map map.json --journeys journeys.json --carry post_code\n"
    "  journey watch events.csv --journeys journeys.json --format json\n"
    "SIGINT and SIGTERM end the input, and the exit code is 0 then as well.\n";

// The checks of CLI11 with the messages of the other options.
CLI::Validator WholeNumber(std::uint64_t least, std::uint64_t most = UINT64_MAX) {
  return CLI::Validator(
      [least, most](std::string& text) {
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        const bool whole = error == std::errc() && end == text.data() + text.size();
        if (whole && number >= least && number <= most) return std::string();
        return fmt::format("found \"{}\", expected a whole number{}", text,
                           most != UINT64_MAX ? fmt::format(" from {} to {}", least, most)
                           : least != 0       ? fmt::format(" of at least {}", least)
                                              : "");
      },
      "");
}

CLI::Validator OneOf(std::vector<std::string> words) {
  return CLI::Validator(
      [words = std::move(words)](std::string& text) {
        if (std::ranges::find(words, text) != words.end()) return std::string();
        return fmt::format("found \"{}\", expected {}", text, fmt::join(words, " or "));
      },
      "");
}

void AddConfiguration(CLI::App& command, InputArguments& input) {
  command.add_option("--map", input.map,
                     "which column is what (MAP.json); without it, guessed from the header");
  command.add_option("--journeys", input.journeys,
                     "what the journeys are (JOURNEYS.json); without it, discovered");
  command.add_option("--session-gap", input.session_gap, "a longer gap ends a session; default 30m");
  command.add_option("--discover-gap", input.discover_gap,
                     "without definitions, a longer gap ends a journey; default 30d, or none");
}

void AddInput(CLI::App& command, InputArguments& input) {
  command
      .add_option("EVENTS", input.events,
                  "files of events: .csv .tsv .jsonl .ndjson .json, also with .gz; - is stdin")
      ->required();
  AddConfiguration(command, input);
  command.add_option(
      "--as-of", input.as_of,
      "look at the events up to this time (UTC, if it names no zone); default: the last event's");
  command.add_option("--threads", input.threads, "1 to 256; default: as many as the machine has, up to 8")
      ->check(WholeNumber(1, 256));
}

void AddReport(CLI::App& app, journey::cli::ReportArguments& arguments) {
  CLI::App& report =
      *app.add_subcommand("report", "Customers, sessions, journeys and friction of a file of events");
  AddInput(report, arguments.input);
  report.add_option("--html", arguments.html, "write the report as one self-contained page");
  report.add_option("--json", arguments.json, "write all figures as JSON; - is stdout, instead of the text");
  report.add_option("--dot", arguments.dot, "write the transition graph for Graphviz");
  report.add_option(
      "--truth", arguments.truth,
      "who did which event, to measure identity against: event_id and person as CSV or JSON Lines");
  report.add_option("--title", arguments.title, "of the page");
  report.add_flag("--no-insights", arguments.no_insights,
                  "leave out what to fix first, feedback, funnels, paths, credit and owners");
  report
      .add_option("--replicates", arguments.replicates,
                  "resamples of the customers behind each interval, 200 to 100,000")
      ->check(WholeNumber(200, 100'000))
      ->capture_default_str();
  report.add_option("--seed", arguments.seed, "of the resamples; the same seed gives the same bytes")
      ->check(WholeNumber(0))
      ->capture_default_str();
  report.add_option("--align", arguments.align,
                    "the event that paths are aligned on; default: the first of each journey");
  report.add_flag("--strict", arguments.input.strict,
                  "exit with 3 if rows were not accepted (duplicates are fine)");
  report.footer(
      "Examples:\n"
      "  journey report events.csv --html report.html\n"
      "  journey report web.csv.gz app.jsonl --map map.json --journeys journeys.json --json -\n"
      "  zcat events.csv.gz | journey report - --session-gap 45m --as-of 2024-06-30\n" +
      std::string(kExitCodes) + std::string(kOrAllLater));
}

void AddCompare(CLI::App& app, journey::cli::CompareArguments& arguments) {
  CLI::App& compare = *app.add_subcommand(
      "compare", "Did the change help? Two logs, two periods of one, or the arms of an experiment");
  AddInput(compare, arguments.input);
  compare.add_option(
      "--at", arguments.at,
      "one log: journeys that began before this time (UTC, if it names no zone) against those after it");
  compare.add_option("--arm", arguments.arm, "one log: journeys by the value of this attribute");
  compare
      .add_option("--values", arguments.values, "of --arm: the two to compare; default: the most frequent")
      ->delimiter(',')
      ->allow_extra_args(false);
  compare.add_option(
      "--control", arguments.control,
      "journeys that the change did not touch: channel=NAME (where they began) or ATTRIBUTE=VALUE");
  compare
      .add_option("--worthwhile", arguments.worthwhile,
                  "the change, as a part of the value, that a sample should be able to find")
      ->capture_default_str();
  compare.add_option("--min-customers", arguments.min_customers, "on a side with fewer, nothing is said")
      ->check(WholeNumber(0))
      ->capture_default_str();
  compare.add_option("--html", arguments.html, "write the comparison as one self-contained page");
  compare.add_option("--json", arguments.json, "write all figures as JSON; - is stdout, instead of the text");
  compare.add_option("--title", arguments.title, "of the page");
  compare.add_flag("--strict", arguments.input.strict,
                   "exit with 3 if rows were not accepted (duplicates are fine)");
  compare.footer(
      "Examples:\n"
      "  journey compare may.csv june.csv --journeys journeys.json --html compare.html\n"
      "  journey compare events.csv --at 2024-06-01 --control channel=phone\n"
      "  journey compare events.csv --arm checkout --values old,new --json -\n" +
      std::string(kExitCodes) + std::string(kOrAllLater));
}

void AddExplain(CLI::App& app, journey::cli::ExplainArguments& arguments) {
  CLI::App& explain = *app.add_subcommand(
      "explain", "One customer: identifiers and why they belong together, sessions, journeys, findings");
  AddInput(explain, arguments.input);
  explain.add_option("--customer", arguments.customer, "an identifier of the customer, as NAMESPACE=VALUE")
      ->required();
  explain.add_option("--with", arguments.with,
                     "another identifier: why it is the same customer's, or is not");
  explain.footer(
      "Examples:\n"
      "  journey explain events.csv --customer user_id=42\n"
      "  journey explain events.csv --map map.json --journeys journeys.json --customer "
      "email=ann@example.org\n" +
      std::string(kExitCodes) + std::string(kOrAllLater));
}

void AddWatch(CLI::App& app, journey::cli::WatchArguments& arguments) {
  CLI::App& watch = *app.add_subcommand(
      "watch",
      "Findings and ends of journeys as they happen, and contexts on request, from a stream of events");
  watch
      .add_option("EVENTS", arguments.input.events,
                  "a file or named pipe of events, JSON Lines or CSV; default: - for stdin")
      ->expected(0, 1);
  AddConfiguration(watch, arguments.input);
  watch.add_option("--format", arguments.format, "text, or json: one object a line")
      ->check(OneOf({"text", "json"}))
      ->capture_default_str();
  watch.add_flag("--changes", arguments.changes,
                 "print every session, journey and finding as it is stated (+) and taken back (-) instead");
  watch
      .add_option("--carry", arguments.carry,
                  "an attribute of events that a context tells as already given; several: a,b or again")
      ->delimiter(',')
      ->allow_extra_args(false);
  watch.add_option("--lateness", arguments.lateness,
                   "events older than the newest one by more than this are late; default: none is");
  watch.add_option("--future", arguments.future,
                   "events later than the stated time by more than this are future; default 1d");
  watch.add_flag("--clock", arguments.clock,
                 "the time is that of the clock: journeys end by silence while no events come");
  watch.add_option("--horizon", arguments.horizon,
                   "older events are kept as sums alone; needs --lateness; default: all are kept");
  watch.add_option("--id-key-file", arguments.id_key_file,
                   "a key of 16 to 64 bytes for the ids of customers; default: random in each run");
  watch.add_option("--shards", arguments.shards, "1 to 256; changes no result")->check(WholeNumber(1, 256));
  watch
      .add_option("--max-customers", arguments.max_customers,
                  "beyond, who was not seen for longest is evicted")
      ->check(WholeNumber(0));
  watch
      .add_option("--max-events-per-customer", arguments.max_events_per_customer,
                  "beyond, a customer's events are over budget")
      ->check(WholeNumber(0, UINT32_MAX));
  watch.add_option("--max-events", arguments.max_events, "beyond, events are over budget")
      ->check(WholeNumber(0));
  watch.add_option("--max-bytes", arguments.max_bytes, "of memory for events; beyond, they are over budget")
      ->check(WholeNumber(0));
  watch.add_option(
      "--report", arguments.report,
      "at the end, write what `journey report --no-insights --json` says of the same events; - is "
      "stdout");
  watch.add_flag("--strict", arguments.input.strict,
                 "exit with 3 if lines were not accepted (duplicates are fine)");
  watch.footer(std::string(kRequests) + std::string(kExitCodes) + ".");
}

void AddSimulate(CLI::App& app, journey::cli::SimulateArguments& arguments) {
  CLI::App& simulate =
      *app.add_subcommand("simulate", "A made-up log of many channels, and the truth about it");
  simulate.add_option("--customers", arguments.customers, "how many")
      ->check(WholeNumber(0, UINT32_MAX))
      ->capture_default_str();
  simulate.add_option("--days", arguments.days, "over how many days")
      ->check(WholeNumber(0, UINT32_MAX))
      ->capture_default_str();
  simulate.add_option("--seed", arguments.seed, "the same seed gives the same bytes")
      ->check(WholeNumber(0))
      ->capture_default_str();
  simulate
      .add_option("--out", arguments.out, "the log: CSV, or JSON Lines if it ends in .jsonl; - is stdout")
      ->required();
  simulate.add_option("--truth", arguments.truth,
                      "who is who, which journeys were lived, which friction was planted");
  simulate.add_option("--map", arguments.map, "write the MAP.json of the log");
  simulate.add_option("--journeys", arguments.journeys, "write the JOURNEYS.json of the log");
  simulate.footer(
      "Example:\n"
      "  journey simulate --customers 2000 --days 30 --seed 7 --out log.csv --truth truth.jsonl \\\n"
      "                   --map map.json --journeys journeys.json\n"
      "  journey report log.csv --map map.json --journeys journeys.json --html report.html");
}

// What is wrong with a word that should be a subcommand. The exit code.
int CheckCommand(std::string_view word, const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* const command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  if (word.starts_with('-') || std::ranges::find(names, word) != names.end()) return journey::cli::kDone;
  const std::vector<std::string_view> known(names.begin(), names.end());
  const auto nearest = journey::internal::NearestOf(word, known);
  const std::string hint = nearest ? fmt::format("; did you mean \"{}\"?", *nearest)
                                   : fmt::format(", expected one of {}", fmt::join(known, ", "));
  return journey::cli::Fail(journey::cli::kWrongUsage,
                            fmt::format("unknown command \"{}\"{} (see journey --help)", word, hint));
}

// `journey help` and `journey help report` are --help of the one and of the other.
int Parse(CLI::App& app, int argc, const char* const* argv) {
  std::array<const char*, 3> help{argv[0], argc > 2 ? argv[2] : "--help", "--help"};
  if (std::string_view(argv[1]) == "help") {
    argc = 3;
    argv = help.data();
  }
  if (const int code = CheckCommand(argv[1], app); code != journey::cli::kDone) return code;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) throw;  // --help, --version
    // What is wrong with a value says what was expected.
    const bool told = dynamic_cast<const CLI::ValidationError*>(&error) != nullptr;
    return journey::cli::Fail(journey::cli::kWrongUsage,
                              fmt::format("{}{}", error.what(), told ? "" : " (see journey --help)"));
  }
  return journey::cli::kDone;
}

int Main(int argc, char** argv) {
  CLI::App app("Customer journeys out of raw events of many channels.", "journey");
  app.set_version_flag("--version", std::string("journey ") + journey::kVersion);
  app.require_subcommand(1);
  app.get_formatter()->column_width(28);
  journey::cli::ReportArguments report;
  journey::cli::CompareArguments compare;
  journey::cli::ExplainArguments explain;
  journey::cli::WatchArguments watch;
  journey::cli::SimulateArguments simulate;
  AddReport(app, report);
  AddCompare(app, compare);
  AddExplain(app, explain);
  AddWatch(app, watch);
  AddSimulate(app, simulate);
  if (argc == 1) {
    std::fputs(app.help().c_str(), stderr);
    return journey::cli::kWrongUsage;
  }
  try {
    if (const int code = Parse(app, argc, argv); code != journey::cli::kDone) return code;
  } catch (const CLI::Success& request) {  // --help, --version
    return app.exit(request);
  }
  if (app.got_subcommand("report")) return journey::cli::RunReport(report);
  if (app.got_subcommand("compare")) return journey::cli::RunCompare(compare);
  if (app.got_subcommand("explain")) return journey::cli::RunExplain(explain);
  if (app.got_subcommand("watch")) return journey::cli::RunWatch(watch);
  return journey::cli::RunSimulate(simulate);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return Main(argc, argv);
  } catch (const std::exception& error) {  // no memory, most likely
    return journey::cli::Fail(journey::cli::kUnreadable, error.what());
  }
}
