#include "journey/events/event_columns.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include <limits>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "journey/events/event_log.h"
#include "support/catch.h"

namespace {

using journey::Admission;
using journey::AdmissionStatus;
using journey::AttributeColumn;
using journey::AttributeValue;
using journey::Event;
using journey::EventColumns;
using journey::EventLog;
using journey::IdentifierColumn;
using journey::TimePoint;

// A table of events, some of which are not fit to be one.
struct Table {
  std::vector<TimePoint> times;
  std::vector<std::uint64_t> sequences;
  std::vector<std::string> ids, channels, names, users, devices, visits;
  std::vector<std::uint64_t> accounts;
  std::vector<std::string> notes;  // the texts of an attribute; empty: none
  std::vector<double> prices;      // of another, whose values are of all kinds; negative: none
};

enum class Order { kRising, kShuffled, kRepeating, kFarApart, kRisingAtFirst, kEchoes };

Table MakeTable(std::mt19937_64& random, std::size_t rows, Order order, unsigned people, bool dirty) {
  const auto below = [&](std::uint64_t limit) { return random() % limit; };
  Table table;
  for (std::size_t i = 0; i < rows; ++i) {
    table.times.push_back(journey::kMinTime + std::chrono::seconds(1'000'000 + below(5)));
    if (dirty && below(40) == 0) table.times.back() = journey::kMinTime - std::chrono::seconds(1);
    switch (order) {
      case Order::kRising:
        table.sequences.push_back(i * 2);
        break;
      case Order::kEchoes:  // far apart, in falling order, and some again right away
        table.sequences.push_back(i % 10 == 9 ? table.sequences[i - 3] : (rows - i) * 1'000'003);
        break;
      case Order::kRisingAtFirst:
        table.sequences.push_back(i < rows * 3 / 4 ? i : i - rows / 2);
        break;
      case Order::kShuffled:
        table.sequences.push_back(i * 7919 % rows);
        break;
      case Order::kRepeating:
        table.sequences.push_back(below(rows));
        break;
      case Order::kFarApart:
        table.sequences.push_back(below(rows) * 1'000'003 + (below(4) << 50));
        break;
    }
    table.ids.push_back(below(3) == 0 ? "id-" + std::to_string(dirty ? below(rows) : i) : std::string());
    const char* const channels[] = {"web", "app", "a channel of a long name, and one more", "chat"};
    table.channels.emplace_back(channels[below(4)]);
    table.names.push_back("name-" + std::to_string(below(12)));
    const std::uint64_t person = below(people);
    // Some are numbers, some only look like one.
    const std::string spelt[] = {"user-", "", "0", "+"};
    table.users.push_back(below(2) == 0 ? spelt[below(4)] + std::to_string(person) : std::string());
    table.devices.push_back(below(3) != 0 ? "device-of-someone-with-a-name-" + std::to_string(person)
                                          : std::string());
    table.accounts.push_back(below(2) == 0 ? person : IdentifierColumn::kNoNumber);
    table.visits.push_back(below(2) == 0 ? "visit-" + std::to_string(i / 8) : std::string());
    table.notes.push_back(below(3) == 0   ? std::string()
                          : below(2) == 0 ? "status-" + std::to_string(below(5))
                                          : "a note of some length on row " + std::to_string(below(rows)));
    table.prices.push_back(below(2) == 0 ? -1.0 : static_cast<double>(below(30)));
    if (!dirty) continue;
    if (below(40) == 0) table.notes.back() = below(2) == 0 ? "\xFF" : std::string(20'000, 'n');
    if (below(60) == 0) table.prices.back() = std::numeric_limits<double>::infinity();
    if (below(40) == 0) table.channels.back() = "";
    if (below(40) == 0) table.names.back() = "\xFF";
    if (below(40) == 0) table.users.back() = std::string("a\0b", 3);
    if (below(40) == 0) table.devices.back() = std::string(600, 'x');
    if (below(60) == 0) table.ids.back() = std::string(300, 'i');
  }
  return table;
}

// What a row has of two keys: texts; and numbers, booleans and empty texts.
std::optional<AttributeValue> NoteOf(const Table& table, std::size_t row) {
  if (table.notes[row].empty()) return std::nullopt;
  return AttributeValue(table.notes[row]);
}
std::optional<AttributeValue> PriceOf(const Table& table, std::size_t row) {
  const double price = table.prices[row];
  if (price < 0) return std::nullopt;
  if (price < 5) return AttributeValue("");
  return price < 10 ? AttributeValue(price < 7) : AttributeValue(price);
}

template <typename Texts>
std::vector<std::string_view> ViewsOf(const Texts& texts) {
  return {texts.begin(), texts.end()};
}

struct Offered {
  EventLog log;
  std::vector<Admission> answers;
};

// The slow twin: every row as an Event of its own.
Offered OneByOne(const Table& table, bool with_sequences, bool with_ids, EventLog log) {
  Offered result{std::move(log), {}};
  for (std::size_t i = 0; i < table.times.size(); ++i) {
    Event event{
        .time = table.times[i], .source = "table", .channel = table.channels[i], .name = table.names[i]};
    if (with_sequences) event.sequence = table.sequences[i];
    if (with_ids) event.id = table.ids[i];
    const std::string account = std::to_string(table.accounts[i]);
    if (!table.users[i].empty()) event.identifiers.push_back({"user", table.users[i]});
    if (!table.devices[i].empty()) event.identifiers.push_back({"device", table.devices[i]});
    if (table.accounts[i] != IdentifierColumn::kNoNumber) event.identifiers.push_back({"account", account});
    if (!table.visits[i].empty()) event.identifiers.push_back({"visit", table.visits[i]});
    if (const auto price = PriceOf(table, i)) event.attributes.push_back({"price", *price});
    if (const auto note = NoteOf(table, i)) event.attributes.push_back({"note", *note});
    result.answers.push_back(result.log.Append(event));
  }
  return result;
}

Offered InColumns(const Table& table, bool with_sequences, bool with_ids, unsigned threads, EventLog log) {
  Offered result{std::move(log), std::vector<Admission>(table.times.size())};
  const auto ids = ViewsOf(table.ids), channels = ViewsOf(table.channels), names = ViewsOf(table.names),
             users = ViewsOf(table.users), devices = ViewsOf(table.devices), visits = ViewsOf(table.visits);
  std::vector<IdentifierColumn> identifiers = {{.name_space = "user", .texts = users},
                                               {.name_space = "device", .texts = devices},
                                               {.name_space = "account", .numbers = table.accounts}};
  if (std::ranges::any_of(visits, [](std::string_view text) { return !text.empty(); }))
    identifiers.push_back({.name_space = "visit", .texts = visits});
  std::vector<std::optional<AttributeValue>> prices, notes;
  for (std::size_t i = 0; i < table.times.size(); ++i) {
    notes.push_back(NoteOf(table, i));
    prices.push_back(PriceOf(table, i));
  }
  const std::vector<std::optional<AttributeValue>> none(table.times.size());
  const AttributeColumn attributes[] = {{"price", prices}, {"never", none}, {"note", notes}};
  EventColumns columns{.source = "table",
                       .times = table.times,
                       .channels = channels,
                       .names = names,
                       .identifiers = identifiers,
                       .attributes = attributes};
  if (with_sequences) columns.sequences = table.sequences;
  if (with_ids) columns.ids = ids;
  result.log.Append(columns, result.answers, threads);
  return result;
}

std::string AttributesOf(const EventLog& log, std::uint32_t row) {
  const auto attributes = log.attributes({row});
  REQUIRE(std::ranges::is_sorted(attributes, {}, &journey::AttributeRow::key));
  std::vector<std::string> values;
  for (const journey::AttributeRow& attribute : attributes) {
    std::string value(log.attribute_keys().text(attribute.key.value));
    value += '0' + static_cast<char>(attribute.kind);
    const bool text = attribute.kind == AttributeValue::Kind::kText;
    value += text ? std::string(log.texts().text(attribute.text().value)) : std::to_string(attribute.bits);
    values.push_back(value);
  }
  std::ranges::sort(values);
  std::string all;
  for (const std::string& value : values) all += ' ' + value;
  return all;
}

// By what the logs say, not by their ids, which may be given in another order.
void RequireSame(const Offered& a, const Offered& b) {
  REQUIRE(a.log.size() == b.log.size());
  REQUIRE(a.log.admissions() == b.log.admissions());
  // Nothing is named that only refused events have.
  REQUIRE(a.log.identifier_values().size() == b.log.identifier_values().size());
  REQUIRE(a.log.namespaces().size() == b.log.namespaces().size());
  REQUIRE(a.log.attribute_keys().size() == b.log.attribute_keys().size());
  REQUIRE(a.log.texts().size() == b.log.texts().size());
  REQUIRE(a.log.channels().size() == b.log.channels().size());
  REQUIRE(a.log.names().size() == b.log.names().size());
  REQUIRE(a.log.touchpoints().size() == b.log.touchpoints().size());
  for (std::size_t i = 0; i < a.answers.size(); ++i) {
    const bool same = a.answers[i].status == b.answers[i].status &&
                      a.answers[i].field == b.answers[i].field && a.answers[i].row == b.answers[i].row;
    if (!same) FAIL("answers differ at row " << i);
  }
  const auto text_of = [](const EventLog& log, std::uint32_t row) {
    std::string text;
    const journey::TouchpointId touchpoint = log.touchpoint({row});
    text += log.channels().text(log.touchpoints()[touchpoint.value].channel.value);
    text += '/';
    text += log.names().text(log.touchpoints()[touchpoint.value].name.value);
    std::vector<std::string> identifiers;
    for (const journey::IdentifierId id : log.identifiers({row})) {
      identifiers.emplace_back(log.namespaces().text(log.identifier_values().tag(id.value)));
      identifiers.back() += '=';
      identifiers.back() += log.identifier_values().text(id.value);
    }
    REQUIRE(std::ranges::is_sorted(log.identifiers({row})));
    std::ranges::sort(identifiers);
    for (const std::string& identifier : identifiers) text += ' ' + identifier;
    return text + AttributesOf(log, row);
  };
  for (std::uint32_t row = 0; row < a.log.size(); ++row) {
    const bool same = a.log.time({row}) == b.log.time({row}) &&
                      a.log.sequence({row}) == b.log.sequence({row}) &&
                      a.log.key({row}) == b.log.key({row}) && a.log.kind({row}) == b.log.kind({row}) &&
                      text_of(a.log, row) == text_of(b.log, row);
    if (!same) FAIL("logs differ at row " << row);
  }
}

}  // namespace

TEST_CASE("events in columns are appended as one by one, to the last answer, whatever is wrong with them") {
  std::mt19937_64 random(7);
  for (int world = 0; world < 400; ++world) {
    const auto order = static_cast<Order>(random() % 4);
    const Table table =
        MakeTable(random, 1 + random() % 60, order, static_cast<unsigned>(1 + random() % 20), world % 3 != 0);
    const Table more = MakeTable(random, random() % 60, Order::kRepeating, 20, true);
    const bool with_sequences = random() % 4 != 0, with_ids = random() % 2 == 0;
    Offered slow = OneByOne(table, with_sequences, with_ids, EventLog());
    Offered fast =
        InColumns(table, with_sequences, with_ids, static_cast<unsigned>(1 + random() % 3), EventLog());
    RequireSame(slow, fast);
    // And what is known already, in the other way.
    RequireSame(InColumns(more, true, with_ids, 1, std::move(slow.log)),
                OneByOne(more, true, with_ids, std::move(fast.log)));
  }
}

// Clean tables make long runs, which threads write together; dirty ones are cut into short ones.
TEST_CASE("many events in columns are appended as one by one, on any number of threads") {
  std::mt19937_64 random(11);
  const auto check = [&](Order order, bool dirty, bool with_sequences, bool with_ids, bool visits) {
    Table table = MakeTable(random, 60'000, order, 20'000, dirty);
    if (!visits) table.visits.assign(table.visits.size(), std::string());
    const Offered slow = OneByOne(table, with_sequences, with_ids, EventLog());
    for (const unsigned threads : {1U, 3U})
      RequireSame(slow, InColumns(table, with_sequences, with_ids, threads, EventLog()));
  };
  for (const Order order : {Order::kRising, Order::kShuffled, Order::kRepeating, Order::kFarApart})
    check(order, true, true, order == Order::kRepeating, order == Order::kShuffled);
  check(Order::kRising, false, true, false, true);
  check(Order::kRising, false, false, false, false);
  check(Order::kRising, false, false, true, false);
  check(Order::kShuffled, false, true, false, false);
  check(Order::kShuffled, false, true, true, true);
  check(Order::kFarApart, false, true, false, false);
  check(Order::kRepeating, true, false, true, false);
  check(Order::kRisingAtFirst, false, true, false, false);
  check(Order::kEchoes, false, true, false, false);
}

// Visits of six rows, several at once, of people who come again; of some visits the first row is no event. What is remembered of
// identifiers for a while shows in no answer: neither where they differ in the middle only, nor for another column.
TEST_CASE("identifiers that come again soon are those of their texts, on any number of threads") {
  std::mt19937_64 random(13);
  for (const bool dirty : {false, true}) {
    for (const std::uint64_t people : {40U, 9'000U}) {
      Table table = MakeTable(random, 60'000, Order::kShuffled, 1, false);
      for (std::size_t i = 0; i < table.times.size(); ++i) {
        const std::uint64_t visit = i / 24 * 4 + i % 4;
        const std::uint64_t person = visit * 0x9E3779B97F4A7C15U % people;
        const std::string number = std::to_string(1'000'000 + person);
        table.users[i] = person % 2 == 0 ? "somebody of the " + number + " of whom we know it" : number;
        table.devices[i] = person % 3 == 0 ? number : "";
        table.accounts[i] = person % 5 == 0 ? IdentifierColumn::kNoNumber : 1'000'000 + person;
        table.visits[i] = "visit-" + std::to_string(visit);
        if (!dirty) continue;
        if (i % 24 < 4 && visit % 7 == 0) table.times[i] = journey::kMaxTime;
        if (visit % 1'000 == 3) table.users[i][0] = '\xFF';
        if (visit % 1'000 == 5) table.devices[i] = std::string(600, 'x');
        if (i % 1'500 == 700) table.sequences[i] = table.sequences[i - 5];
      }
      const Offered slow = OneByOne(table, true, false, EventLog());
      const Offered fast = InColumns(table, true, false, 1, EventLog());
      RequireSame(slow, fast);
      const Offered faster = InColumns(table, true, false, 3, EventLog());
      RequireSame(slow, faster);
      for (std::uint32_t row = 0; row < fast.log.size(); ++row) {
        if (!std::ranges::equal(fast.log.identifiers({row}), faster.log.identifiers({row})))
          FAIL("threads show in the ids of row " << row);
      }
    }
  }
}

// A row with a name or a namespace that the log does not know is an event by itself, and so are the others like it up to the
// end of a block: where that is must not depend on threads.
TEST_CASE("what comes late for the first time shows no threads in the ids of what is new") {
  constexpr std::size_t kRows = 60'000;
  std::vector<TimePoint> times(kRows, journey::kMinTime);
  std::vector<std::string> texts(2 * kRows);
  for (std::size_t i = 0; i < texts.size(); ++i) texts[i] = "new-" + std::to_string(i);
  for (const bool late_name : {false, true}) {
    std::vector<std::string_view> names(kRows, "view"), users(kRows), devices(kRows);
    for (std::size_t i = 0; i < kRows; ++i) {
      users[i] = texts[i];
      if (late_name || i >= 5'000) devices[i] = texts[kRows + i];
    }
    if (late_name) names[5'000] = names[7'000] = "buy";
    const IdentifierColumn identifiers[] = {{.name_space = "user", .texts = users},
                                            {.name_space = "device", .texts = devices}};
    const auto appended = [&](unsigned threads) {
      EventLog log;
      log.Append(
          {.source = "s", .times = times, .channels = names, .names = names, .identifiers = identifiers}, {},
          threads);
      return log;
    };
    const EventLog one = appended(1);
    REQUIRE(one.size() == kRows);
    for (const unsigned threads : {2U, 3U, 4U}) {
      const EventLog many = appended(threads);
      for (std::uint32_t row = 0; row < kRows; ++row) {
        if (!std::ranges::equal(one.identifiers({row}), many.identifiers({row})))
          FAIL(threads << " threads show in the ids of row " << row);
      }
    }
  }
}

#if defined(__linux__)
// A text of more than four gigabytes, of which nothing but the ends is ever read: its size must not be taken for that of a
// shorter one, which was seen lately.
TEST_CASE("a text that is far too long is not one that was remembered") {
  const std::size_t length = GENERATE(std::size_t{20}, std::size_t{40});
  const std::size_t size = (std::size_t{1} << 32) + length;
  // Between its ends it cannot be read, and need not be.
  void* const memory = mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) {
    WARN("no such text can be had here");
    return;
  }
  for (char* const end : {static_cast<char*>(memory), static_cast<char*>(memory) + (size - length)})
    REQUIRE(mprotect(end, length, PROT_READ | PROT_WRITE) == 0);
  const std::string text(length, 'A');
  auto* const begin = static_cast<char*>(memory);
  std::ranges::copy(text, begin);
  std::ranges::copy(text, begin + (size - length));
  std::vector<TimePoint> times(400, journey::kMinTime);
  std::vector<std::string_view> users(400, text), places(400, "web");
  users[350] = {begin, size};
  const IdentifierColumn identifiers[] = {{.name_space = "user", .texts = users}};
  EventLog log;
  // Of a namespace that the log does not know nothing is remembered.
  log.Append({.time = journey::kMinTime, .channel = "web", .name = "web", .identifiers = {{"user", text}}});
  std::vector<Admission> answers(400);
  log.Append({.source = "s", .times = times, .channels = places, .names = places, .identifiers = identifiers},
             answers);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (answers[i].status != (i == 350 ? AdmissionStatus::kTooLarge : AdmissionStatus::kAccepted))
      FAIL("row " << i);
  }
  munmap(memory, size);
}
#endif

// What is offered again is looked at one by one, and no more often for that there is much of it.
TEST_CASE("a table that is appended twice is a duplicate in all its rows") {
  std::mt19937_64 random(13);
  Table table = MakeTable(random, 60'000, Order::kRising, 5'000, false);
  for (const bool with_ids : {false, true}) {
    Offered log = InColumns(table, true, with_ids, 2, EventLog());
    log = InColumns(table, true, with_ids, 2, std::move(log.log));
    for (const Admission& answer : log.answers) REQUIRE(answer.status == AdmissionStatus::kDuplicate);
    CHECK(log.log.size() == 60'000);
  }
}

TEST_CASE("of many numbers far apart one that comes again is known, and so are those that come after it") {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t i = 60'000; i > 0; --i) numbers.push_back(i * 1000);
  const std::vector<TimePoint> times(numbers.size(), journey::kMinTime + std::chrono::hours(1));
  const std::vector<std::string_view> texts(numbers.size(), "web");
  for (const unsigned threads : {1U, 2U}) {
    EventLog log;
    const auto append = [&](std::span<const std::uint64_t> some) {
      const std::size_t count = some.size();
      log.Append({.source = "table",
                  .times = std::span(times).first(count),
                  .sequences = some,
                  .channels = std::span(texts).first(count),
                  .names = std::span(texts).first(count)},
                 {}, threads);
    };
    append(numbers);
    CHECK(log.admissions()[AdmissionStatus::kAccepted] == numbers.size());
    Event again{.time = times[0], .source = "table", .channel = "web", .name = "web"};
    again.sequence = numbers[7];
    const Admission answer = log.Append(again);
    CHECK(answer.status == AdmissionStatus::kDuplicate);
    CHECK(answer.row.value == 7);
    append(numbers);
    CHECK(log.admissions()[AdmissionStatus::kAccepted] == numbers.size());
    CHECK(log.admissions()[AdmissionStatus::kDuplicate] == numbers.size() + 1);
    const std::uint64_t fresh[] = {3, numbers[0] + 5, numbers[5]};
    append(fresh);
    CHECK(log.size() == numbers.size() + 2);
  }
}

TEST_CASE("a number is the identifier of its digits, and is forgotten like it") {
  const std::vector<TimePoint> times(2, journey::kMinTime + std::chrono::seconds(5));
  const std::vector<std::string_view> channels(2, "web"), names(2, "view");
  const std::vector<std::uint64_t> numbers = {42, IdentifierColumn::kNoNumber};
  const IdentifierColumn account{.name_space = "account", .numbers = numbers};
  const EventColumns columns{
      .source = "s", .times = times, .channels = channels, .names = names, .identifiers = {&account, 1}};
  EventLog log;
  log.Append(columns);
  log.Append({.time = times[0],
              .source = "s",
              .channel = "web",
              .name = "view",
              .identifiers = {{"account", "42"}}});
  REQUIRE(log.size() == 3);
  CHECK(log.identifiers({0})[0] == log.identifiers({2})[0]);
  CHECK(log.identifiers({1}).empty());
  const journey::EventIndex rows[] = {{0}, {2}};
  log.Forget(rows, AdmissionStatus::kErased);
  CHECK_FALSE(log.identifier_values().Find("42", 0).has_value());
  log.Append(columns);
  CHECK(log.identifier_values().text(log.identifiers({3})[0].value) == "42");
}

TEST_CASE("touchpoints may come as numbers, and a number that is none is malformed") {
  EventLog log;
  const journey::TouchpointId view = log.AddTouchpoint("web", "view");
  REQUIRE(view.valid());
  CHECK_FALSE(log.AddTouchpoint("", "view").valid());
  CHECK_FALSE(log.AddTouchpoint("web", "\xFF").valid());
  const std::vector<TimePoint> times(3, journey::kMinTime + std::chrono::seconds(5));
  const std::vector<journey::TouchpointId> touchpoints = {view, {view.value + 9}, {}};
  std::vector<Admission> answers(3);
  log.Append({.source = "s", .times = times, .touchpoints = touchpoints}, answers);
  CHECK(answers[0].accepted());
  CHECK(answers[1].status == AdmissionStatus::kMalformed);
  CHECK(answers[2].status == AdmissionStatus::kMalformed);
  CHECK(log.touchpoint({0}) == view);
}

TEST_CASE("columns beyond a budget are refused event by event") {
  EventLog log({.max_events = 3});
  const std::vector<TimePoint> times(5, journey::kMinTime + std::chrono::seconds(5));
  const std::vector<std::string_view> channels(5, "web"), names(5, "view");
  log.Append({.source = "s", .times = times, .channels = channels, .names = names});
  CHECK(log.size() == 3);
  CHECK(log.admissions()[AdmissionStatus::kOverBudget] == 2);
}
