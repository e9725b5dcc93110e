#include "cli/truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <utility>

#include "cli/session.h"
#include "core/sip_hash.h"
#include "io/byte_source.h"
#include "io/csv_record.h"
#include "journey/core/status.h"
#include "journey/core/symbol_table.h"

namespace journey {
inline namespace v0 {
namespace cli {
namespace {

using PersonOfEvent = std::map<EventKey, std::uint32_t>;

StatusOr<std::string> ReadAll(const std::string& path) {
  StatusOr<std::unique_ptr<internal::ByteSource>> file = internal::OpenFile(path);
  if (!file.ok()) return file.status();
  const auto source = internal::Unzip(std::move(*file), path.ends_with(".gz"), path);
  std::string text;
  for (;;) {
    const std::size_t begin = text.size();
    text.resize(begin + (1 << 20));
    const StatusOr<std::size_t> read = source->Read(text.data() + begin, text.size() - begin);
    if (!read.ok()) return read.status();
    text.resize(begin + *read);
    if (*read == 0) return text;
  }
}

// Calls visit(line number, line) until it says no.
template <typename Visit>
void EachLine(std::string_view text, const Visit& visit) {
  std::uint64_t number = 0;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!visit(++number, line)) return;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

class TruthReader {
 public:
  TruthReader(std::string path, PersonOfEvent& truth) : path_(std::move(path)), truth_(truth) {}

  Status Read(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    const bool json = text.starts_with('{');
    EachLine(text, [&](std::uint64_t number, std::string_view line) {
      if (!line.empty()) status_ = json ? TakeJson(number, line) : TakeCsv(number, line);
      return status_.ok();
    });
    if (status_.ok() && truth_.empty())
      return InvalidArgument(path_ + ": tells of no event, expected rows with event_id and person");
    return status_;
  }

 private:
  Status Bad(std::uint64_t line, std::string_view expected) const {
    return InvalidArgument(fmt::format("{}:{}: expected {}", path_, line, expected));
  }

  void Take(std::string_view event, std::string_view person) {
    truth_.insert_or_assign(internal::DigestOfEventId(event), persons_.Intern(person));
  }

  Status TakeJson(std::uint64_t number, std::string_view line) {
    const auto object = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (!object.is_object()) return Bad(number, "one JSON object a line");
    const auto event = object.find("event_id");
    const auto person = object.find("person");
    if (event == object.end() || person == object.end()) return absl::OkStatus();  // about something else
    if (!event->is_string()) return Bad(number, "event_id to be a text");
    Take(event->get_ref<const std::string&>(),
         person->is_string() ? person->get<std::string>() : person->dump());
    return absl::OkStatus();
  }

  Status TakeCsv(std::uint64_t number, std::string_view line) {
    if (record_.Feed(line, "\n") != internal::CsvRecord::State::kComplete)
      return Bad(number, "a row on one line");
    const std::span<const std::string_view> fields = record_.fields();
    if (!std::exchange(has_header_, true)) {
      const auto place = [&](std::string_view name) {
        return static_cast<std::size_t>(std::ranges::find(fields, name) - fields.begin());
      };
      event_column_ = place("event_id");
      person_column_ = place("person");
      if (std::max(event_column_, person_column_) == fields.size())
        return Bad(number, "a header with the columns event_id and person");
      return absl::OkStatus();
    }
    if (fields.size() <= std::max(event_column_, person_column_))
      return Bad(number, "as many cells as the header has");
    Take(fields[event_column_], fields[person_column_]);
    return absl::OkStatus();
  }

  std::string path_;
  PersonOfEvent& truth_;
  Status status_;
  SymbolTable persons_;
  internal::CsvRecord record_{',', '\n'};
  bool has_header_ = false;
  std::size_t event_column_ = 0;
  std::size_t person_column_ = 0;
};

}  // namespace

int CompareWithTruth(const std::string& path, const EventLog& log, Report& report) {
  const StatusOr<std::string> text = ReadAll(path);
  if (!text.ok()) return Fail(kUnreadable, MessageOf(text.status()));
  PersonOfEvent person_of;
  if (const Status status = TruthReader(path, person_of).Read(*text); !status.ok()) {
    return Fail(kUnreadable, MessageOf(status));
  }
  std::vector<std::uint32_t> customers;
  std::vector<std::uint32_t> persons;
  for (std::uint32_t customer = 0; customer < report.customers.size(); ++customer) {
    for (const EventRow& row : report.timeline.of({customer})) {
      const auto found = person_of.find(log.key(row.event));
      customers.push_back(customer);
      persons.push_back(found == person_of.end() ? kNoTruth : found->second);
    }
  }
  report.identity.agreement = MeasureAgreement(customers, persons);
  if (report.identity.agreement->events == 0) {
    return Fail(kUnreadable, path + ": none of its event ids is an id of these events");
  }
  return kDone;
}

}  // namespace cli
}  // namespace v0
}  // namespace journey
