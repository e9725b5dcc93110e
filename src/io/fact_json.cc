#include "journey/io/fact_json.h"

#include <variant>

#include "io/json_line_writer.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::JsonLineWriter;
using Definitions = std::span<const JourneyDefinition>;

template <typename Key>
std::string Hex(const Key& key) {
  return fmt::format("{:016x}{:016x}", key.high, key.low);
}

void Member(JsonLineWriter& json, std::string_view key, const std::string& text) {
  json.Member(key, std::string_view(text));
}

void WriteKind(JsonLineWriter& json, const Fact& fact, std::string_view kind) {
  json.Member("fact", kind);
  Member(json, "id", Hex(fact.id));
  Member(json, "customer_key", Hex(fact.customer));
}

void Write(JsonLineWriter& json, const Fact& fact, const SessionFact& session, Definitions) {
  WriteKind(json, fact, "session");
  Member(json, "first_event", Hex(session.first_event));
  Member(json, "last_event", Hex(session.last_event));
  json.Member("first", session.first);
  json.Member("last", session.last);
  json.Member("events", session.events);
  json.Flag("cut", session.cut);
}

void Write(JsonLineWriter& json, const Fact& fact, const JourneyFact& journey, Definitions definitions) {
  WriteKind(json, fact, "journey");
  const JourneyDefinition* const definition =
      journey.definition.value < definitions.size() ? &definitions[journey.definition.value] : nullptr;
  json.Member("name", definition == nullptr ? std::string_view("discovered") : definition->name);
  Member(json, "first_event", Hex(journey.first_event));
  Member(json, "last_event", Hex(journey.last_event));
  json.Member("first", journey.first);
  json.Member("last", journey.last);
  json.Member("outcome", NameOf(journey.outcome));
  journey.outcome == Outcome::kOpen ? json.Null("ended") : json.Member("ended", journey.ended);
  json.Member("events", journey.events);
  json.Member("steps_reached", journey.steps_reached);
  if (definition != nullptr && journey.steps_reached != 0 && journey.last_step < definition->steps.size())
    json.Member("last_step", std::string_view(definition->steps[journey.last_step].name));
  else
    json.Null("last_step");
  json.Member("pauses", journey.pauses);
  json.Member("resumes_elsewhere", journey.resumes_elsewhere);
  Member(json, "content", Hex(journey.content));
}

void Write(JsonLineWriter& json, const Fact& fact, const FindingFact& finding, Definitions definitions) {
  WriteKind(json, fact, "finding");
  Member(json, "journey", Hex(finding.journey));
  json.Member("journey_name", finding.definition.value < definitions.size()
                                  ? std::string_view(definitions[finding.definition.value].name)
                                  : std::string_view("discovered"));
  Member(json, "detector", finding.detector);
  Member(json, "kind", finding.kind);
  finding.reason.empty() ? json.Null("reason") : Member(json, "reason", finding.reason);
  Member(json, "channel", finding.channel);
  Member(json, "name", finding.name);
  finding.step == kNoStep ? json.Null("step") : json.Member("step", finding.step);
  json.Member("begin", finding.begin);
  json.Member("end", finding.end);
  json.Member("cost_events", finding.cost_events);
  json.Member("cost_time_us", static_cast<std::uint64_t>(finding.cost_time.count()));
  json.Member("time", finding.time);
  json.Member("severity", NameOf(finding.severity));
}

}  // namespace

void WriteFactJson(const Fact& fact, std::span<const JourneyDefinition> definitions, std::string& out) {
  JsonLineWriter json(out);
  json.Open('{');
  std::visit([&](const auto& what) { Write(json, fact, what, definitions); }, fact.what);
  json.Close('}');
}

void WriteChangeJson(const Change& change, std::span<const JourneyDefinition> definitions, std::string& out) {
  out += change.inserted ? R"({"change": "inserted", "fact": )" : R"({"change": "retracted", "fact": )";
  WriteFactJson(change.fact, definitions, out);
  out += '}';
}

}  // namespace v0
}  // namespace journey
