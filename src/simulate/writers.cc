#include "simulate/writers.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <ostream>
#include <string_view>
#include <utility>

#include "simulate/random.h"

namespace journey {
inline namespace v0 {
namespace {

// A column of the file: an identifier's namespace or an attribute's key, and what it is called there.
struct Column {
  std::string_view header;
  std::string_view key;
};
constexpr std::array<Column, 4> kIdentifierColumns{
    {{"user_id", "user_id"}, {"device_id", "device"}, {"email", "email"}, {"phone", "phone"}}};
constexpr std::array<std::string_view, 8> kAttributeColumns{"status",       "platform", "product", "address",
                                                            "phone_number", "score",    "scale",   "comment"};
constexpr std::size_t kFlushBytes = 1U << 16;

// Text that goes out in large pieces.
class Sink {
 public:
  explicit Sink(std::ostream& out) : out_(out) {}
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;
  ~Sink() { Flush(); }

  std::string& text() { return text_; }
  void EndLine(std::string_view ending) {
    text_ += ending;
    if (text_.size() >= kFlushBytes) Flush();
  }

 private:
  void Flush() {
    out_.write(text_.data(), static_cast<std::streamsize>(text_.size()));
    text_.clear();
  }
  std::ostream& out_;
  std::string text_;
};

// RFC 4180: quotes around what holds a comma, a quote or a line break; quotes inside are doubled.
void AppendCsv(std::string& text, std::string_view field) {
  if (field.find_first_of(",\"\r\n") == std::string_view::npos) {
    text += field;
    return;
  }
  text += '"';
  for (const char c : field) text.append(c == '"' ? 2U : 1U, c);
  text += '"';
}

// The rows that cannot be accepted: what stands in place of their time.
std::string_view BrokenTime(std::uint64_t number) {
  static constexpr std::array<std::string_view, 3> kTimes{"2300-01-01T00:00:00Z", "yesterday", ""};
  return kTimes[number % kTimes.size()];
}

// Calls write(event, time) for each row of the file, with the broken ones among them.
template <typename WriteRow>
void ForEachRow(const SimulatedLog& log, const SimulatedFileOptions& options, const WriteRow& write) {
  EventBuffer buffer;
  std::uint64_t broken = 0;
  for (std::size_t i = 0; i < log.size(); ++i) {
    log.Fill(i, buffer);
    write(buffer.event, FormatTime(buffer.event.time));
    internal::Random random(log.options().seed, {0xb20cU, i});
    if (!random.Chance(options.broken_permille)) continue;
    const std::string id = fmt::format("x{}", broken);
    buffer.event.id = id;
    buffer.event.sequence = log.size() + broken;
    write(buffer.event, BrokenTime(broken));
    ++broken;
  }
}

std::string_view IdentifierOf(const Event& event, std::string_view name_space) {
  for (const Identifier& identifier : event.identifiers) {
    if (identifier.name_space == name_space) return identifier.value;
  }
  return {};
}

const AttributeValue* AttributeOf(const Event& event, std::string_view key) {
  for (const Attribute& attribute : event.attributes) {
    if (attribute.key == key) return &attribute.value;
  }
  return nullptr;
}

void AppendCsvRow(std::string& text, const Event& event, std::string_view time) {
  fmt::format_to(std::back_inserter(text), "{},{},{},{},{}", event.sequence.value_or(0), event.id, time,
                 event.channel, event.name);
  for (const Column& column : kIdentifierColumns) {
    text += ',';
    AppendCsv(text, IdentifierOf(event, column.key));
  }
  for (const std::string_view key : kAttributeColumns) {
    text += ',';
    const AttributeValue* value = AttributeOf(event, key);
    if (value == nullptr) continue;
    if (value->kind() == AttributeValue::Kind::kNumber) {
      fmt::format_to(std::back_inserter(text), "{}", static_cast<std::int64_t>(value->number()));
    } else {
      AppendCsv(text, value->text());
    }
  }
}

void AppendJson(std::string& text, std::string_view value) {
  text += '"';
  for (const char c : value) {
    if (c == '"' || c == '\\') {
      text += '\\';
      text += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(text), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      text += c;
    }
  }
  text += '"';
}

// ,"key":"value"
void AppendField(std::string& text, std::string_view key, std::string_view value) {
  fmt::format_to(std::back_inserter(text), ",\"{}\":", key);
  AppendJson(text, value);
}

void AppendJsonRow(std::string& text, const Event& event, std::string_view time) {
  fmt::format_to(std::back_inserter(text), "{{\"n\":{}", event.sequence.value_or(0));
  AppendField(text, "event_id", event.id);
  AppendField(text, "timestamp", time);
  AppendField(text, "channel", event.channel);
  AppendField(text, "event", event.name);
  for (const Column& column : kIdentifierColumns) {
    for (const Identifier& identifier : event.identifiers) {
      if (identifier.name_space == column.key) AppendField(text, column.header, identifier.value);
    }
  }
  for (const Attribute& attribute : event.attributes) {
    if (attribute.value.kind() == AttributeValue::Kind::kNumber) {
      fmt::format_to(std::back_inserter(text), ",\"{}\":{}", attribute.key,
                     static_cast<std::int64_t>(attribute.value.number()));
    } else {
      AppendField(text, attribute.key, attribute.value.text());
    }
  }
  text += '}';
}

}  // namespace

void WriteCsv(const SimulatedLog& log, std::ostream& out, const SimulatedFileOptions& options) {
  Sink sink(out);
  sink.text() += "n,event_id,timestamp,channel,event";
  for (const Column& column : kIdentifierColumns) sink.text().append(1, ',').append(column.header);
  for (const std::string_view key : kAttributeColumns) sink.text().append(1, ',').append(key);
  sink.EndLine("\n");
  ForEachRow(log, options, [&](const Event& event, std::string_view time) {
    AppendCsvRow(sink.text(), event, time);
    sink.EndLine("\n");
  });
}

void WriteJsonLines(const SimulatedLog& log, std::ostream& out, const SimulatedFileOptions& options) {
  Sink sink(out);
  ForEachRow(log, options, [&](const Event& event, std::string_view time) {
    AppendJsonRow(sink.text(), event, time);
    sink.EndLine("\n");
  });
}

namespace {

using simulation::Friction;
using simulation::FrictionText;
using simulation::LivedFriction;
using simulation::LivedJourney;

void AppendWorld(std::string& text, const SimulatedLog& log) {
  const SimulatorOptions& options = log.options();
  fmt::format_to(
      std::back_inserter(text),
      "{{\"type\":\"world\",\"schema\":\"journey.truth/1\",\"seed\":{},\"customers\":{},\"days\":{},"
      "\"events\":{},\"rows\":{},\"as_of\":\"{}\",\"frictions\":[",
      options.seed, options.customers, options.days, log.distinct_events(), log.size(),
      FormatTime(log.as_of()));
  for (std::size_t i = 0; i < simulation::kPlantedFrictions; ++i) {
    const FrictionText kind = TextOf(static_cast<Friction>(i));
    fmt::format_to(std::back_inserter(text),
                   "{}{{\"detector\":\"{}\",\"kind\":\"{}\",\"rate_permille\":{},\"leave_permille\":{},"
                   "\"score_cost_milli\":{}}}",
                   i == 0 ? "" : ",", kind.detector, kind.kind, options.friction_permille[i],
                   options.effects[i].leave_permille, options.effects[i].score_cost_milli);
  }
  text += "]}";
}

void AppendPerson(std::string& text, const SimulatedLog& log, std::uint32_t person) {
  fmt::format_to(std::back_inserter(text), "{{\"type\":\"person\",\"person\":{},\"identifiers\":{{", person);
  std::string_view open;
  for (const Identifier& identifier : log.identifiers(person)) {
    if (identifier.name_space == open) {
      text += ',';
    } else {
      fmt::format_to(std::back_inserter(text), "{}\"{}\":[", open.empty() ? "" : "],", identifier.name_space);
      open = identifier.name_space;
    }
    AppendJson(text, identifier.value);
  }
  text += "]}}";
}

void AppendJourney(std::string& text, const LivedJourney& journey, std::size_t number) {
  const simulation::JourneyPlan& plan = PlanOf(journey.kind);
  fmt::format_to(
      std::back_inserter(text),
      "{{\"type\":\"journey\",\"journey\":{},\"person\":{},\"definition\":\"{}\",\"first_time\":\"{}\","
      "\"last_time\":\"{}\",\"outcome\":\"{}\",\"steps\":[",
      number, journey.person, plan.name, FormatTime(TimePoint{Duration{journey.first_us}}),
      FormatTime(TimePoint{Duration{journey.last_us}}), TextOf(journey.outcome));
  std::string_view comma;
  for (std::size_t step = 0; step < plan.steps.size(); ++step) {
    if (((journey.steps >> step) & 1U) == 0) continue;
    fmt::format_to(std::back_inserter(text), "{}\"{}\"", std::exchange(comma, ","), plan.steps[step].name);
  }
  text += "],\"channels\":[";
  comma = {};
  for (std::size_t channel = 0; channel < simulation::kChannels; ++channel) {
    if (((journey.channels >> channel) & 1U) == 0) continue;
    fmt::format_to(std::back_inserter(text), "{}\"{}\"", std::exchange(comma, ","),
                   TextOf(static_cast<simulation::Channel>(channel)));
  }
  fmt::format_to(std::back_inserter(text), "],\"events\":{},\"first_event\":\"{}\",\"last_event\":\"{}\"}}",
                 journey.events, SimulatedLog::EventId(journey.person, journey.first),
                 SimulatedLog::EventId(journey.person, journey.last));
}

void AppendFriction(std::string& text, const LivedFriction& friction, const LivedJourney& journey) {
  const std::uint32_t person = journey.person;
  FrictionText kind = TextOf(friction.kind);
  FrictionText cause = TextOf(friction.cause);
  if (friction.kind == Friction::kDropOff) kind.kind = cause.kind = TextOf(journey.outcome);
  fmt::format_to(
      std::back_inserter(text),
      "{{\"type\":\"friction\",\"detector\":\"{}\",\"kind\":\"{}\",\"journey\":{},\"person\":{},"
      "\"channel\":\"{}\",\"event\":\"{}\",\"at\":\"{}\",\"first_event\":\"{}\",\"last_event\":\"{}\","
      "\"planted\":{},\"cause\":{{\"detector\":\"{}\",\"kind\":\"{}\"}}}}",
      kind.detector, kind.kind, friction.journey, person, TextOf(friction.channel), TextOf(friction.name),
      SimulatedLog::EventId(person, friction.at), SimulatedLog::EventId(person, friction.first),
      SimulatedLog::EventId(person, friction.last), friction.kind == friction.cause, cause.detector,
      cause.kind);
}

}  // namespace

void WriteTruth(const SimulatedLog& log, std::ostream& out) {
  Sink sink(out);
  AppendWorld(sink.text(), log);
  sink.EndLine("\n");
  for (std::uint32_t person = 0; person < log.people(); ++person) {
    AppendPerson(sink.text(), log, person);
    sink.EndLine("\n");
  }
  for (std::size_t i = 0; i < log.size(); ++i) {
    if (log.is_copy(i)) continue;
    fmt::format_to(std::back_inserter(sink.text()),
                   "{{\"type\":\"event\",\"event_id\":\"{}\",\"person\":{}}}",
                   SimulatedLog::EventId(log.person(i), log.row(i).index), log.person(i));
    sink.EndLine("\n");
  }
  for (std::size_t i = 0; i < log.journeys().size(); ++i) {
    AppendJourney(sink.text(), log.journeys()[i], i);
    sink.EndLine("\n");
  }
  for (const LivedFriction& friction : log.frictions()) {
    AppendFriction(sink.text(), friction, log.journeys()[friction.journey]);
    sink.EndLine("\n");
  }
}

}  // namespace v0
}  // namespace journey
