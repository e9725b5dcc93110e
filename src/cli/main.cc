// journey: the command. See --help, and README.md.
#include <CLI/CLI.hpp>
#include <exception>
#include <string>

#include "cli/commands.h"
#include "cli/session.h"
#include "journey/version.h"

namespace {

using journey::cli::InputArguments;

void AddInput(CLI::App& command, InputArguments& input) {
  command
      .add_option("EVENTS", input.events,
                  "files of events: .csv .tsv .jsonl .ndjson .json, also with .gz; - is stdin")
      ->required();
  command.add_option("--map", input.map,
                     "which column is what (MAP.json); without it, guessed from the header");
  command.add_option("--journeys", input.journeys,
                     "what the journeys are (JOURNEYS.json); without it, discovered");
  command.add_option("--as-of", input.as_of, "look at the events up to this time; default: the last event's");
  command.add_option("--session-gap", input.session_gap, "a longer gap ends a session; default 30m");
  command.add_option("--discover-gap", input.discover_gap,
                     "without definitions, a longer gap ends a journey; default 30d, or none");
  command.add_option("--threads", input.threads, "1 to 256; default: as many as the machine has, up to 8")
      ->check(CLI::Range(1U, 256U));
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
  report.add_flag("--strict", arguments.input.strict,
                  "exit with 3 if rows were not accepted (duplicates are fine)");
  report.footer(
      "Examples:\n"
      "  journey report events.csv --html report.html\n"
      "  journey report web.csv.gz app.jsonl --map map.json --journeys journeys.json --json -\n"
      "  zcat events.csv.gz | journey report - --session-gap 45m --as-of 2024-06-30\n"
      "Exit codes: 0 done, 1 wrong usage, 2 unreadable input or configuration, 3 rejected rows under "
      "--strict.");
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
      "email=ann@example.org");
}

void AddSimulate(CLI::App& app, journey::cli::SimulateArguments& arguments) {
  CLI::App& simulate =
      *app.add_subcommand("simulate", "A made-up log of many channels, and the truth about it");
  simulate.add_option("--customers", arguments.customers, "how many")->capture_default_str();
  simulate.add_option("--days", arguments.days, "over how many days")->capture_default_str();
  simulate.add_option("--seed", arguments.seed, "the same seed gives the same bytes")->capture_default_str();
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

int Main(int argc, char** argv) {
  CLI::App app("Customer journeys out of raw events of many channels.", "journey");
  app.set_version_flag("--version", std::string("journey ") + journey::kVersion);
  app.require_subcommand(1);
  app.get_formatter()->column_width(28);
  journey::cli::ReportArguments report;
  journey::cli::ExplainArguments explain;
  journey::cli::SimulateArguments simulate;
  AddReport(app, report);
  AddExplain(app, explain);
  AddSimulate(app, simulate);
  if (argc == 1) {
    std::fputs(app.help().c_str(), stderr);
    return journey::cli::kWrongUsage;
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& request) {  // --help, --version
    return app.exit(request);
  } catch (const CLI::ParseError& error) {
    return journey::cli::Fail(journey::cli::kWrongUsage, std::string(error.what()) + " (see journey --help)");
  }
  if (app.got_subcommand("report")) return journey::cli::RunReport(report);
  if (app.got_subcommand("explain")) return journey::cli::RunExplain(explain);
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
