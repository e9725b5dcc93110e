// For the tests of the readers: events as plain values, and reading a text in one line.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "journey/core/status.h"
#include "journey/core/time.h"
#include "journey/events/event_log.h"
#include "journey/io/reader.h"

namespace journey::test {

// An accepted event, written out: "time|sequence|channel|name|ns=value ...|key=value ...", identifiers and
// attributes sorted.
inline std::string TextOf(const EventLog& log, EventIndex event) {
  const Touchpoint touchpoint = log.touchpoints()[log.touchpoint(event).value];
  std::vector<std::string> identifiers;
  for (const IdentifierId id : log.identifiers(event)) {
    identifiers.push_back(fmt::format("{}={}", log.namespaces().text(log.identifier_values().tag(id.value)),
                                      log.identifier_values().text(id.value)));
  }
  std::vector<std::string> attributes;
  for (const AttributeRow& row : log.attributes(event)) {
    const std::string_view key = log.attribute_keys().text(row.key.value);
    switch (row.kind) {
      case AttributeValue::Kind::kText:
        attributes.push_back(fmt::format("{}='{}'", key, log.texts().text(row.text().value)));
        break;
      case AttributeValue::Kind::kNumber:
        attributes.push_back(fmt::format("{}={}", key, row.number()));
        break;
      case AttributeValue::Kind::kBoolean:
        attributes.push_back(fmt::format("{}={}", key, row.boolean()));
        break;
    }
  }
  std::sort(identifiers.begin(), identifiers.end());
  std::sort(attributes.begin(), attributes.end());
  return fmt::format("{}|{}|{}|{}|{}|{}", FormatTime(log.time(event)), log.sequence(event),
                     log.channels().text(touchpoint.channel.value), log.names().text(touchpoint.name.value),
                     fmt::join(identifiers, " "), fmt::join(attributes, " "));
}

struct Read {
  EventLog log;
  Status status;
  ReadReport report;

  [[nodiscard]] std::uint64_t count(AdmissionStatus what) const { return report.counts[what]; }
  [[nodiscard]] std::uint64_t accepted() const { return count(AdmissionStatus::kAccepted); }
  [[nodiscard]] std::uint64_t malformed() const { return count(AdmissionStatus::kMalformed); }
  [[nodiscard]] std::string message() const { return MessageOf(status); }
  [[nodiscard]] std::string problem(std::size_t i = 0) const {
    return i < report.problems.size() ? Describe(report.problems[i]) : "none";
  }
  [[nodiscard]] std::vector<std::string> events() const {
    std::vector<std::string> texts;
    for (std::uint32_t i = 0; i < log.size(); ++i) texts.push_back(TextOf(log, {i}));
    return texts;
  }
};

inline Read ReadText(std::string_view text, const std::string& name = "t.csv",
                     const ReadOptions& options = {}) {
  Read read;
  StatusOr<ReadReport> report = ReadEventsFromMemory(text, name, options, read.log);
  read.status = report.status();
  if (report.ok()) read.report = *std::move(report);
  return read;
}

inline Read ReadFile(const std::string& path, const ReadOptions& options = {}) {
  Read read;
  StatusOr<ReadReport> report = ReadEvents(path, options, read.log);
  read.status = report.status();
  if (report.ok()) read.report = *std::move(report);
  return read;
}

inline bool Has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace journey::test
