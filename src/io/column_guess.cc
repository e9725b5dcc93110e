#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>
#include <utility>

#include "journey/events/event_log.h"
#include "journey/io/column_map.h"

namespace journey {
inline namespace v0 {
namespace {

// Names in the usual spelling, the best first. A column serves one purpose only.
constexpr std::array<std::string_view, 28> kTimeNames{"timestamp",
                                                      "event_timestamp",
                                                      "event_time",
                                                      "time",
                                                      "ts",
                                                      "datetime",
                                                      "date_time",
                                                      "occurred_at",
                                                      "event_at",
                                                      "original_timestamp",
                                                      "client_event_time",
                                                      "derived_tstamp",
                                                      "collector_tstamp",
                                                      "time_timestamp",
                                                      "ocel_time",
                                                      "server_time",
                                                      "server_timestamp",
                                                      "created_at",
                                                      "createdat",
                                                      "logged_at",
                                                      "received_at",
                                                      "sent_at",
                                                      "event_datetime",
                                                      "event_date",
                                                      "date",
                                                      "when",
                                                      "at",
                                                      "start_time"};
constexpr std::array<std::string_view, 13> kNameNames{
    "event_name", "event", "event_type", "activity",  "action", "event_action", "concept_name",
    "ocel_type",  "name",  "type",       "page_name", "page",   "screen"};
constexpr std::array<std::string_view, 4> kChannelNames{"channel", "event_channel", "touchpoint_channel",
                                                        "platform"};
constexpr std::array<std::string_view, 9> kIdNames{"event_id",   "message_id", "insert_id",
                                                   "event_uuid", "uuid",       "hit_id",
                                                   "log_id",     "idlink_va",  "event_key"};
constexpr std::array<std::string_view, 4> kSequenceNames{"sequence", "seq", "sequence_number",
                                                         "event_sequence"};

struct IdentifierName {
  std::string_view column;
  std::string_view name_space;
};
// Of these the first that is there is the person's own; it gets the namespace user_id.
constexpr std::array<std::string_view, 10> kPersonNames{"user_id",    "userid", "customer_id", "customerid",
                                                        "uid",        "user",   "customer",    "member_id",
                                                        "account_id", "account"};
constexpr std::array<IdentifierName, 29> kIdentifierNames{{
    {"customer_id", "customer_id"},
    {"device_id", "device"},
    {"deviceid", "device"},
    {"installation_id", "device"},
    {"cookie", "cookie"},
    {"cookie_id", "cookie"},
    {"anonymous_id", "anonymous_id"},
    {"anonymousid", "anonymous_id"},
    {"distinct_id", "distinct_id"},
    {"visitor_id", "visitor_id"},
    {"visitorid", "visitor_id"},
    {"fullvisitorid", "visitor_id"},
    {"idvisitor", "visitor_id"},
    {"full_visitor_id", "visitor_id"},
    {"user_pseudo_id", "user_pseudo_id"},
    {"domain_userid", "domain_userid"},
    {"client_id", "client_id"},
    {"clientid", "client_id"},
    {"browser_id", "browser_id"},
    {"advertising_id", "advertising_id"},
    {"email", "email"},
    {"e_mail", "email"},
    {"email_address", "email"},
    {"phone", "phone"},
    {"phone_number", "phone"},
    {"telephone", "phone"},
    {"msisdn", "phone"},
    {"mobile_number", "phone"},
    {"crm_id", "crm_id"},
}};
constexpr std::array<std::string_view, 6> kSessionNames{"session_id",       "sessionid", "session",
                                                        "domain_sessionid", "visit_id",  "idvisit"};
constexpr std::size_t kMaxAttributes = 64;

// "userId", "User ID", "$user-id" -> "user_id".
std::string Usual(std::string_view column) {
  std::string usual;
  bool after_small = false;
  for (const char c : column) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) == 0) {
      if (!usual.empty() && usual.back() != '_') usual += '_';
      after_small = false;
      continue;
    }
    if (std::isupper(byte) != 0 && after_small) usual += '_';
    after_small = std::islower(byte) != 0 || std::isdigit(byte) != 0;
    usual += static_cast<char>(std::tolower(byte));
  }
  while (!usual.empty() && usual.back() == '_') usual.pop_back();
  return usual;
}

std::string_view LastSegment(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

class Guess {
 public:
  Guess(std::span<const std::string_view> columns, std::span<const std::vector<std::string>> rows)
      : columns_(columns), rows_(rows), taken_(columns.size(), false) {
    for (const std::string_view column : columns) {
      usual_.push_back(Usual(column));
      last_.push_back(Usual(LastSegment(column)));
    }
  }

  ColumnMap Make() {
    TakeTime();
    if (const auto name = Take(kNameNames)) map_.name = Column(*name);
    const auto channel = Take(kChannelNames);
    map_.channel = channel ? Column(*channel) : FieldSource::Constant("web");
    TakeId();
    TakeIdentifiers();
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (!taken_[i] && !columns_[i].empty() && map_.attributes.size() < kMaxAttributes) {
        map_.attributes.push_back({std::string(columns_[i]), std::string(columns_[i])});
      }
    }
    return std::move(map_);
  }

 private:
  FieldSource Column(std::size_t i) const { return FieldSource::Column(columns_[i]); }

  std::optional<std::size_t> Find(std::string_view name, const std::vector<std::string>& spellings) const {
    for (std::size_t i = 0; i < spellings.size(); ++i) {
      if (!taken_[i] && spellings[i] == name) return i;
    }
    return std::nullopt;
  }
  template <std::size_t n>
  std::optional<std::size_t> Take(const std::array<std::string_view, n>& names) {
    for (const std::string_view name : names) {
      if (const auto i = Find(name, usual_)) {
        taken_[*i] = true;
        return i;
      }
    }
    return std::nullopt;
  }

  // The values of a column in the first rows, without the empty ones.
  std::vector<std::string_view> ValuesOf(std::size_t column) const {
    std::vector<std::string_view> values;
    for (const std::vector<std::string>& row : rows_) {
      if (column < row.size() && !row[column].empty()) values.push_back(row[column]);
    }
    return values;
  }
  bool AllParse(std::size_t column, TimeFormat format) const {
    const std::vector<std::string_view> values = ValuesOf(column);
    return !values.empty() && std::all_of(values.begin(), values.end(), [&](std::string_view value) {
      const std::optional<TimePoint> time = ParseTime(value, format);
      return time && *time >= kMinTime && *time < kMaxTime;
    });
  }

  // The first column of a fitting name whose values can be read as times, or else the first of a fitting
  // name.
  void TakeTime() {
    std::optional<std::size_t> best;
    for (const std::string_view name : kTimeNames) {
      const auto i = Find(name, usual_);
      if (!i) continue;
      if (!best) best = i;
      if (rows_.empty() || AllParse(*i, TimeFormat::kAuto)) {
        best = i;
        break;
      }
    }
    if (!best) return;
    taken_[*best] = true;
    map_.time = Column(*best);
    map_.time_format = FormatOf(*best);
  }

  // The one format that every value has in the first rows; where they are mixed, each value decides for
  // itself.
  TimeFormat FormatOf(std::size_t column) const {
    if (AllParse(column, TimeFormat::kIso8601)) return TimeFormat::kIso8601;
    if (!AllParse(column, TimeFormat::kAuto)) return TimeFormat::kAuto;
    const std::vector<std::string_view> values = ValuesOf(column);
    for (const TimeFormat format : {TimeFormat::kUnixSeconds, TimeFormat::kUnixMillis,
                                    TimeFormat::kUnixMicros, TimeFormat::kUnixNanos}) {
      const bool same = std::all_of(values.begin(), values.end(), [&](std::string_view value) {
        return ParseTime(value, format) == ParseTime(value, TimeFormat::kAuto);
      });
      if (same) return format;
    }
    return TimeFormat::kAuto;
  }

  // A plain `id` is the event's only where it says so by never being the same in the first rows.
  void TakeId() {
    auto id = Take(kIdNames);
    if (const auto plain = Find("id", usual_); !id && plain) {
      const std::vector<std::string_view> values = ValuesOf(*plain);
      const std::set<std::string_view> distinct(values.begin(), values.end());
      if (values.size() > 1 && values.size() == rows_.size() && distinct.size() == values.size()) {
        taken_[*plain] = true;
        id = plain;
      }
    }
    if (!id) return;
    map_.id = Column(*id);
    // Only beside an id: numbers that begin anew with each session would make different events the same.
    for (const std::string_view name : kSequenceNames) {
      const auto sequence = Find(name, usual_);
      if (!sequence || !AllWhole(*sequence)) continue;
      taken_[*sequence] = true;
      map_.sequence = Column(*sequence);
      return;
    }
  }
  bool AllWhole(std::size_t column) const {
    const std::vector<std::string_view> values = ValuesOf(column);
    return !values.empty() && values.size() == rows_.size() &&
           std::all_of(values.begin(), values.end(), [](std::string_view value) {
             return value.size() < 19 && value.find_first_not_of("0123456789") == std::string_view::npos;
           });
  }

  void TakeIdentifier(std::size_t column, std::string_view name_space) {
    if (map_.identifiers.size() == kMaxIdentifiers) return;
    taken_[column] = true;
    map_.identifiers.push_back({std::string(name_space), std::string(columns_[column])});
  }
  void TakeIdentifiers() {
    // In JSON also at the end of a path, such as context.traits.email.
    for (const std::vector<std::string>* spellings : {&usual_, &last_}) {
      for (const std::string_view name : kPersonNames) {
        if (const auto i = Find(name, *spellings); i && map_.identifiers.empty())
          TakeIdentifier(*i, "user_id");
      }
    }
    for (const std::vector<std::string>* spellings : {&usual_, &last_}) {
      for (const IdentifierName& known : kIdentifierNames) {
        const bool used =
            std::any_of(map_.identifiers.begin(), map_.identifiers.end(),
                        [&](const NamedColumn& taken) { return taken.name == known.name_space; });
        if (used) continue;
        if (const auto i = Find(known.column, *spellings)) TakeIdentifier(*i, known.name_space);
      }
    }
    if (!map_.identifiers.empty()) return;
    if (const auto session = Take(kSessionNames)) TakeIdentifier(*session, "session_id");
  }

  std::span<const std::string_view> columns_;
  std::span<const std::vector<std::string>> rows_;
  std::vector<bool> taken_;
  std::vector<std::string> usual_;
  std::vector<std::string> last_;
  ColumnMap map_;
};

}  // namespace

ColumnMap GuessColumnMap(std::span<const std::string_view> columns,
                         std::span<const std::vector<std::string>> rows) {
  return Guess(columns, rows).Make();
}

}  // namespace v0
}  // namespace journey
