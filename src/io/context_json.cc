#include "journey/io/context_json.h"

#include <fmt/format.h>

#include <iterator>

#include "io/json_line_writer.h"

namespace journey {
inline namespace v0 {
namespace {

using LineWriter = internal::JsonLineWriter;

constexpr std::array<std::string_view, 3> kValueKinds{"text", "number", "boolean"};

template <typename Name, std::size_t kSize>
void WriteCounts(LineWriter& json, std::string_view key, const std::array<std::uint64_t, kSize>& counts) {
  json.Key(key);
  json.Open('{');
  for (std::size_t i = 0; i < kSize; ++i) json.Member(NameOf(static_cast<Name>(i)), counts[i]);
  json.Close('}');
}

void WriteHead(LineWriter& json, const CustomerContext& context) {
  json.Member("schema", "journey.context/1");
  json.Member("customer", std::string_view(context.customer.text()));
  json.Member("as_of", context.as_of);
  json.Member("first", context.first);
  json.Member("last", context.last);
  json.Member("events", context.events);
  json.Member("sessions", context.sessions);
  WriteCounts<Outcome>(json, "journeys", context.journeys);
  json.Flag("truncated", context.truncated);
  context.folded ? json.Member("folded_before", context.folded_before) : json.Null("folded_before");
  json.Flag("shortened", context.shortened);
}

void WritePlaces(LineWriter& json, const CustomerContext& context) {
  json.List("identifiers", context.identifiers, [&](const ContextIdentifier& identifier) {
    json.Member("kind", NameOf(identifier.kind));
    json.Member("namespace", identifier.name_space);
    json.Member("value", identifier.value);
    json.Member("last", identifier.last);
  });
  json.Member("identifiers_total", context.identifiers_total);
  json.Member("preferred_channel", context.preferred_channel);
  json.List("channels", context.channels, [&](const ContextChannel& channel) {
    json.Member("channel", channel.channel);
    json.Member("last_event", channel.name);
    json.Member("last", channel.last);
    json.Member("events", channel.events);
  });
  json.Member("channels_total", context.channels_total);
}

void WriteJourneys(LineWriter& json, const CustomerContext& context) {
  json.List("open_journeys", context.open_journeys, [&](const ContextJourney& journey) {
    json.Member("name", journey.definition);
    json.Member("first", journey.first);
    json.Member("last", journey.last);
    json.Member("steps_reached", std::uint64_t{journey.steps_reached});
    json.Member("steps_required", std::uint64_t{journey.steps_required});
    json.Member("percent", std::uint64_t{journey.percent});
    json.Member("pauses", std::uint64_t{journey.pauses});
    json.Member("channel", journey.channel);
    json.Names("done", journey.done.names());
    json.Names("next", journey.next.names());
    if (journey.risk == ContextRisk{}) return json.Null("risk");
    json.Key("risk");
    json.Open('{');
    json.Member("lost", journey.risk.lost);
    json.Member("of", journey.risk.of);
    json.Close('}');
  });
  json.Member("open_journeys_total", context.open_journeys_total);
  json.List("likely_next", context.likely_next, [&](const ContextNext& next) {
    json.Member("channel", next.channel);
    json.Member("event", next.name);
    json.Member("count", next.count);
    json.Member("of", next.of);
  });
}

void WriteGiven(LineWriter& json, const CustomerContext& context) {
  json.List("given", context.given, [&](const ContextGiven& given) {
    json.Member("key", given.key);
    json.Member("value", given.value);
    json.Member("type", kValueKinds[static_cast<std::size_t>(given.kind)]);
    json.Member("time", given.time);
    json.Member("channel", given.channel);
  });
  json.Member("given_total", context.given_total);
}

void WriteFriction(LineWriter& json, const CustomerContext& context) {
  json.List("findings", context.findings, [&](const ContextFinding& finding) {
    json.Member("detector", finding.detector);
    json.Member("kind", finding.kind);
    json.Member("reason", finding.reason);
    json.Member("channel", finding.channel);
    json.Member("event", finding.name);
    json.Member("time", finding.time);
    json.Member("severity", NameOf(finding.severity));
  });
  json.Member("findings_total", context.findings_total);
  WriteCounts<Severity>(json, "past_findings", context.past_findings);
  json.Member("scores", context.scores);
  if (context.scores == 0) return json.Null("last_score");
  json.Key("last_score");
  json.Open('{');
  json.Key("value");
  json.Plain(fmt::format("{}", context.score.value));
  json.Member("scale", context.score.scale);
  json.Member("time", context.score.time);
  json.Member("channel", context.score.channel);
  json.Member("event", context.score.name);
  json.Close('}');
}

}  // namespace

void WriteContextJson(const CustomerContext& context, std::string& out) {
  LineWriter json(out);
  json.Open('{');
  WriteHead(json, context);
  WritePlaces(json, context);
  WriteJourneys(json, context);
  WriteGiven(json, context);
  WriteFriction(json, context);
  json.Close('}');
}

}  // namespace v0
}  // namespace journey
