#include "cli/watch_printer.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <variant>

#include "io/json_line_writer.h"
#include "io/writer_figures.h"
#include "journey/io/context_json.h"
#include "journey/io/context_text.h"
#include "journey/io/fact_json.h"

namespace journey {
inline namespace v0 {
namespace cli {
namespace {

using internal::Plural;
using internal::Visible;

std::string Hex(const FactId& id) {
  return fmt::format("{:016x}{:016x}", id.high, id.low);
}

// {"type": "erased", "line": 12, ...}
template <typename Write>
std::string JsonLine(std::string_view type, std::uint64_t line, const Write& write) {
  std::string text;
  internal::JsonLineWriter json(text);
  json.Open('{');
  json.Member("type", type);
  if (line != 0) json.Member("line", line);
  write(json);
  json.Close('}');
  return text;
}

}  // namespace

WatchPrinter::WatchPrinter(std::span<const JourneyDefinition> definitions, bool json)
    : definitions_(definitions), json_(json) {}

void WatchPrinter::Line(const std::string& text) {
  out_ += text;
  out_ += '\n';
  constexpr std::size_t kMuch = 64 << 10;
  if (out_.size() > kMuch) Flush();
}

bool WatchPrinter::Flush() {
  if (!failed_ && !out_.empty()) {
    errno = 0;
    failed_ = std::fwrite(out_.data(), 1, out_.size(), stdout) != out_.size() || std::fflush(stdout) != 0;
    closed_ = failed_ && errno == EPIPE;
  }
  out_.clear();
  return !failed_;
}

const JourneyDefinition* WatchPrinter::DefinitionOf(const FindingFact& finding) const {
  return finding.definition.value < definitions_.size() ? &definitions_[finding.definition.value] : nullptr;
}

std::string WatchPrinter::NameOf(DefinitionId definition) const {
  return definition.value < definitions_.size() ? Visible(definitions_[definition.value].name)
                                                : std::string("discovered");
}

// "application, step documents: did the same step again at web/documents [repetition (repeat, between); low; ...]"
std::string WatchPrinter::TextOf(const FindingFact& finding) const {
  const JourneyDefinition* const definition = DefinitionOf(finding);
  std::string text = definition == nullptr ? std::string("discovered") : Visible(definition->name);
  if (definition != nullptr && finding.step < definition->steps.size())
    text += fmt::format(", step {}", Visible(definition->steps[finding.step].name));
  text +=
      fmt::format(": {} at {}/{} [{}; {}", Visible(internal::FrictionText(finding.detector, finding.kind)),
                  Visible(finding.channel), Visible(finding.name),
                  Visible(internal::FrictionName(finding.detector, finding.kind, finding.reason)),
                  journey::NameOf(finding.severity));
  if (finding.cost_events != 0 || finding.cost_time != Duration{0}) {
    text += fmt::format("; cost: {}, {}", Plural(finding.cost_events, "event"),
                        FormatDuration(finding.cost_time));
  }
  return text + "]";
}

std::string WatchPrinter::TextOf(const JourneyFact& journey) const {
  std::string text = fmt::format("{}: {}", NameOf(journey.definition), internal::EndText(journey.outcome));
  if (journey.definition.value < definitions_.size()) {
    const std::vector<Step>& steps = definitions_[journey.definition.value].steps;
    text += fmt::format(", {} of {}", journey.steps_reached, Plural(steps.size(), "step"));
    if (journey.steps_reached != 0 && journey.last_step < steps.size())
      text += fmt::format(", the last {}", Visible(steps[journey.last_step].name));
  }
  text += fmt::format("; {} in {}", Plural(journey.events, "event"),
                      FormatDuration(journey.last - journey.first));
  if (journey.pauses != 0) text += fmt::format(", {}", Plural(journey.pauses, "pause"));
  return text;
}

void WatchPrinter::Finding(const Fact& fact, const PublicId& customer) {
  const auto& finding = std::get<FindingFact>(fact.what);
  if (!json_) {
    return Line(fmt::format("{} {} finding {}", FormatTime(finding.time), customer.text(), TextOf(finding)));
  }
  const JourneyDefinition* const definition = DefinitionOf(finding);
  std::string inner;
  WriteFactJson(fact, definitions_, inner);
  Line(JsonLine("finding", 0, [&](internal::JsonLineWriter& json) {
    json.Member("customer", std::string_view(customer.text()));
    definition == nullptr ? json.Null("journey") : json.Member("journey", std::string_view(definition->name));
    definition == nullptr || finding.step >= definition->steps.size()
        ? json.Null("step")
        : json.Member("step", std::string_view(definition->steps[finding.step].name));
    json.Key("fact");
    json.Plain(inner);
  }));
}

void WatchPrinter::JourneyEnd(const Fact& fact, const PublicId& customer) {
  const auto& journey = std::get<JourneyFact>(fact.what);
  if (!json_) {
    return Line(fmt::format("{} {} journey {}", FormatTime(journey.ended), customer.text(), TextOf(journey)));
  }
  std::string inner;
  WriteFactJson(fact, definitions_, inner);
  Line(JsonLine("journey_end", 0, [&](internal::JsonLineWriter& json) {
    json.Member("customer", std::string_view(customer.text()));
    json.Key("fact");
    json.Plain(inner);
  }));
}

void WatchPrinter::Show(const Change& change) {
  if (json_) {
    std::string text;
    WriteChangeJson(change, definitions_, text);
    return Line(text);
  }
  const Fact& fact = change.fact;
  std::string text = fmt::format("{} {} ", change.inserted ? '+' : '-', Hex(fact.id));
  if (const auto* const session = std::get_if<SessionFact>(&fact.what)) {
    text += fmt::format("session from {}: {} in {}", FormatTime(session->first),
                        Plural(session->events, "event"), FormatDuration(session->last - session->first));
  } else if (const auto* const journey = std::get_if<JourneyFact>(&fact.what)) {
    text += fmt::format("journey from {}: {}", FormatTime(journey->first), TextOf(*journey));
  } else {
    const auto& finding = std::get<FindingFact>(fact.what);
    text += fmt::format("finding at {}: {}", FormatTime(finding.time), TextOf(finding));
  }
  Line(text);
}

void WatchPrinter::Context(std::uint64_t line, const CustomerContext& context, TimePoint now) {
  if (json_) {
    std::string inner;
    CustomerContext current = context;
    current.as_of = now;
    WriteContextJson(current, inner);
    return Line(JsonLine("context", line, [&](internal::JsonLineWriter& json) {
      json.Key("context");
      json.Plain(inner);
    }));
  }
  Line(fmt::format("context (line {}) of {}", line, context.customer.text()));
  const std::string text = Describe(context, now);
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find('\n', begin);
    Line("  " + text.substr(begin, end - begin));
    begin = end + 1;
  }
}

void WatchPrinter::NoContext(std::uint64_t line, const WatchRequest& request) {
  if (json_)
    return Line(JsonLine("context", line, [](internal::JsonLineWriter& json) { json.Null("context"); }));
  Line(fmt::format("context (line {}): nobody has this {}", line,
                   request.name_space.empty() ? "id" : Visible(request.name_space)));
}

void WatchPrinter::Erased(std::uint64_t line, const WatchRequest& request, std::uint64_t events) {
  if (json_) {
    return Line(
        JsonLine("erased", line, [&](internal::JsonLineWriter& json) { json.Member("events", events); }));
  }
  if (events == 0) {
    return Line(fmt::format(
        "erase (line {}): forgot 0 events: none up to then has this {}, or several customers share it", line,
        Visible(request.name_space)));
  }
  Line(fmt::format("erase (line {}): forgot who has this {}, {}", line, Visible(request.name_space),
                   Plural(events, "event")));
}

void WatchPrinter::AsOf(std::uint64_t line, TimePoint time) {
  if (json_)
    return Line(JsonLine("as_of", line, [&](internal::JsonLineWriter& json) { json.Member("time", time); }));
  Line(fmt::format("advance_to (line {}): it is {}", line, FormatTime(time)));
}

void WatchPrinter::Totals(std::uint64_t line, const Report& report) {
  std::array<std::uint64_t, kOutcomes> outcomes{};
  for (const JourneyRow& row : report.journeys.rows) ++outcomes[static_cast<std::size_t>(row.outcome)];
  if (json_) {
    return Line(JsonLine("report", line, [&](internal::JsonLineWriter& json) {
      json.Member("as_of", report.input.as_of);
      json.Member("events", report.input.events);
      json.Member("customers", report.customers.size());
      json.Member("sessions", report.sessions.size());
      json.Key("journeys");
      json.Open('{');
      for (std::size_t i = 0; i < kOutcomes; ++i)
        json.Member(journey::NameOf(static_cast<Outcome>(i)), outcomes[i]);
      json.Close('}');
      json.Member("findings", report.findings.size());
    }));
  }
  std::string parts;
  for (std::size_t i = 0; i < kOutcomes; ++i) {
    if (outcomes[i] == 0) continue;
    parts += fmt::format("{}{} {}", parts.empty() ? ": " : ", ", internal::CountText(outcomes[i]),
                         journey::NameOf(static_cast<Outcome>(i)));
  }
  Line(fmt::format("report (line {}) as of {}: {}, {}, {}, {}, {}{}", line, FormatTime(report.input.as_of),
                   Plural(report.customers.size(), "customer"), Plural(report.input.events, "event"),
                   Plural(report.sessions.size(), "session"), Plural(report.findings.size(), "finding"),
                   Plural(report.journeys.rows.size(), "journey"), parts));
}

}  // namespace cli
}  // namespace v0
}  // namespace journey
