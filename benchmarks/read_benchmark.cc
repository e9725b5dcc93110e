// How fast do events come out of a file, and how much of that is its parser? `parse` splits all records into fields and
// turns their times into numbers, with the parser that the reader uses, and throws them away; `read` puts the events
// into a log, `read_2_threads` with a thread that reads ahead. The texts are in memory.
//
// csv and jsonl have no quotes and no escapes; in csv_quoted every row has quoted cells and a third of the rows doubled
// quotes, in jsonl_escaped as many have escapes.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/csv_scanner.h"
#include "io/event_assembler.h"
#include "io/input_window.h"
#include "io/json_record.h"
#include "journey/core/status.h"
#include "journey/core/time.h"
#include "journey/events/event_log.h"
#include "journey/io/reader.h"
#include "journey/io/time_text.h"
#include "support/harness.h"
#include "support/workload.h"

namespace journey::bench {
namespace {

enum class Format { kCsv, kCsvQuoted, kJson, kJsonEscaped };
constexpr std::string_view kIdentifierColumns[] = {"cookie", "device", "user_id", "email"};
constexpr std::string_view kColumns[] = {"time",    "channel", "event",  "cookie", "device",
                                         "user_id", "email",   "status", "note"};

bool IsJson(Format format) {
  return format == Format::kJson || format == Format::kJsonEscaped;
}
bool IsPlain(Format format) {
  return format == Format::kCsv || format == Format::kJson;
}

std::string_view NoteOf(Format format, std::size_t row) {
  if (IsPlain(format)) return "none";
  return row % 3 == 0 ? "said \"no\", and left" : "one, two";
}

// The event as it is to be in the log.
void FillEvent(const Workload& workload, Format format, std::size_t row, Event& event) {
  workload.Fill(row, event);
  event.sequence = row + 1;
  event.source = "events";
  event.attributes.push_back({"note", NoteOf(format, row)});
}

std::string_view CellOf(const Event& event, std::string_view column) {
  if (column == "channel") return event.channel;
  if (column == "event") return event.name;
  for (const Identifier& identifier : event.identifiers) {
    if (identifier.name_space == column) return identifier.value;
  }
  for (const Attribute& attribute : event.attributes) {
    if (attribute.key == column) return attribute.value.text();
  }
  return {};
}

void AppendCell(std::string_view cell, char escape, bool quoted, std::string& text) {
  if (quoted) text += '"';
  for (const char c : cell) {
    if (c == '"') text += escape;
    text += c;
  }
  if (quoted) text += '"';
}

struct File {
  std::size_t events = 0;
  Format format = Format::kCsv;
  std::string bytes;  // and behind them the room that parsers ask for
  std::size_t size = 0;
  [[nodiscard]] std::string_view text() const { return std::string_view(bytes).substr(0, size); }
  [[nodiscard]] std::string name() const { return IsJson(format) ? "events.jsonl" : "events.csv"; }
};

void AppendRow(const Event& event, Format format, std::string& text) {
  const bool json = IsJson(format);
  bool first = true;
  for (const std::string_view column : kColumns) {
    const std::string time = column == "time" ? FormatTime(event.time) : std::string();
    const std::string_view cell = column == "time" ? std::string_view(time) : CellOf(event, column);
    if (json && cell.empty()) continue;
    if (!first) text += ',';
    if (json) text += fmt::format("\"{}\":", column);
    const bool quoted = json || (format == Format::kCsvQuoted && column != "time" && !cell.empty());
    AppendCell(cell, json ? '\\' : '"', quoted, text);
    first = false;
  }
}

// The file that was asked for last is kept.
const File& FileOf(std::size_t events, Format format) {
  static File file;
  if (file.events == events && file.format == format) return file;
  const Workload& workload = WorkloadOf({.events = events});
  file = {events, format, {}, 0};
  if (!IsJson(format)) file.bytes = fmt::format("{}\n", fmt::join(kColumns, ","));
  Event event;
  for (std::size_t row = 0; row < events; ++row) {
    FillEvent(workload, format, row, event);
    if (IsJson(format)) file.bytes += '{';
    AppendRow(event, format, file.bytes);
    file.bytes += IsJson(format) ? "}\n" : "\n";
  }
  file.size = file.bytes.size();
  file.bytes.append(internal::InputWindow::kPadding, '\0');
  return file;
}

ColumnMap MapOfFile() {
  ColumnMap map;
  map.time = FieldSource::Column("time");
  map.name = FieldSource::Column("event");
  map.channel = FieldSource::Column("channel");
  for (const std::string_view column : kIdentifierColumns)
    map.identifiers.push_back({std::string(column), std::string(column)});
  map.attributes = {{"status", "status"}, {"note", "note"}};
  return map;
}

// Rows, and the sum of their times.
struct Parsed {
  std::uint64_t rows = 0;
  std::uint64_t times = 0;
  void Add(std::string_view time) {
    ++rows;
    times += static_cast<std::uint64_t>(ParseTime(time).value_or(kMinTime).time_since_epoch().count());
  }
  friend bool operator==(const Parsed&, const Parsed&) = default;
};

Parsed ParseCsv(const File& file) {
  Parsed parsed;
  internal::CsvScanner scanner(',', '\n', std::size(kColumns));
  std::string_view rest = file.text();
  rest.remove_prefix(rest.find('\n') + 1);
  while (scanner.Split(rest, 0)) {
    const internal::CsvField& time = scanner.fields().front();
    parsed.Add(rest.substr(time.begin, time.end - time.begin));
    rest.remove_prefix(scanner.next());
  }
  return parsed;
}

Parsed ParseJson(const File& file) {
  Parsed parsed;
  const std::vector<std::string> columns(std::begin(kColumns), std::end(kColumns));
  std::vector<internal::InputCell> cells(columns.size());
  internal::JsonRecord record(columns, 1 << 20);
  for (std::string_view rest = file.text(); !rest.empty();) {
    const std::size_t end = rest.find('\n');
    if (!record.Parse(rest.substr(0, end)).empty() || !record.IsObject()) return {};
    record.Fill(cells);
    parsed.Add(cells.front().text);
    rest.remove_prefix(end + 1);
  }
  return parsed;
}

Parsed Parse(const File& file) {
  return IsJson(file.format) ? ParseJson(file) : ParseCsv(file);
}

EventLog Read(const File& file, unsigned threads) {
  EventLog log;
  const auto read =
      ReadEventsFromMemory(file.text(), file.name(), {.map = MapOfFile(), .threads = threads}, log);
  if (!read.ok() || read->rows != file.events) return EventLog();
  return log;
}

// What the log says, row by row, as one number.
std::uint64_t DigestOf(const EventLog& log) {
  std::uint64_t digest = 0xCBF29CE484222325U;  // FNV-1a
  const auto add = [&digest](std::string_view text) {
    for (const char c : text) digest = (digest ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
    digest = (digest ^ 0xFF) * 0x100000001B3U;
  };
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    const Touchpoint touchpoint = log.touchpoints()[log.touchpoint({row}).value];
    add(std::to_string(log.time({row}).time_since_epoch().count()));
    add(std::to_string(log.sequence({row})));
    add(log.channels().text(touchpoint.channel.value));
    add(log.names().text(touchpoint.name.value));
    std::vector<std::string> lists;
    for (const IdentifierId id : log.identifiers({row})) {
      lists.push_back(fmt::format("{}={}", log.namespaces().text(log.identifier_values().tag(id.value)),
                                  log.identifier_values().text(id.value)));
    }
    for (const AttributeRow& attribute : log.attributes({row})) {
      lists.push_back(fmt::format("{}:{}", log.attribute_keys().text(attribute.key.value),
                                  log.texts().text(attribute.text().value)));
    }
    std::ranges::sort(lists);
    for (const std::string& text : lists) add(text);
  }
  return digest;
}

// What is wrong with the answers to this file; nothing if all are right.
const char* FaultOf(const File& file) {
  const Workload& workload = WorkloadOf({.events = file.events});
  EventLog expected;
  Parsed parsed;
  Event event;
  for (std::size_t row = 0; row < file.events; ++row) {
    FillEvent(workload, file.format, row, event);
    expected.Append(event);
    ++parsed.rows;
    parsed.times += static_cast<std::uint64_t>(event.time.time_since_epoch().count());
  }
  if (Parse(file) != parsed) return "the parser finds other rows or times";
  const std::uint64_t digest = DigestOf(expected);
  for (const unsigned threads : {1U, 2U}) {
    const EventLog log = Read(file, threads);
    if (log.admissions()[AdmissionStatus::kAccepted] != file.events) return "not all events are accepted";
    if (DigestOf(log) != digest) return "other events are in the log";
  }
  return nullptr;
}

template <typename Answer>
void AddContender(const std::string& name, const char* contender, std::size_t events, Format format,
                  Timing timing, const Answer& answer) {
  Add(
      name, contender, events,
      [=](benchmark::State& state) {
        const auto file = [=]() -> const File& { return FileOf(events, format); };
        static std::pair<std::size_t, Format> checked{};
        if (checked != std::pair{events, format}) {
          if (const char* const fault = FaultOf(file())) return Fail(state, fault);
          checked = {events, format};
        }
        TimeAnswers(state, file, answer);
        CountEvents(state, events, 0);
        state.SetBytesProcessed(static_cast<std::int64_t>(file().size) * state.iterations());
      },
      timing);
}

}  // namespace

void RegisterBenchmarks(const Plan& plan) {
  for (const std::size_t events : plan.sizes) {
    for (const auto& [name, format] : {std::pair{"Read/csv", Format::kCsv},
                                       {"Read/csv_quoted", Format::kCsvQuoted},
                                       {"Read/jsonl", Format::kJson},
                                       {"Read/jsonl_escaped", Format::kJsonEscaped}}) {
      AddContender(name, "parse", events, format, Timing::kThread, Parse);
      AddContender(name, "read", events, format, Timing::kThread,
                   [](const File& file) { return Read(file, 1); });
      AddContender(name, "read_2_threads", events, format, Timing::kWall,
                   [](const File& file) { return Read(file, 2); });
    }
  }
}

}  // namespace journey::bench
