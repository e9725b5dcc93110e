// What a log refuses: out of range, malformed, too large, over budget; and that nothing stays of it but its count.
#include <algorithm>
#include <cmath>
#include <limits>

#include "events/one_event.h"
#include "journey/events/event_log.h"
#include "support/catch.h"
#include "support/oracle.h"

using namespace journey;  // NOLINT
using enum journey::AdmissionStatus;
using test::At;
using test::View;

namespace {

// What becomes of an event that is offered to a log of its own.
Admission OfferedAlone(const Event& event, EventLogLimits limits = {}) {
  EventLog log(limits);
  const Admission result = log.Append(event);
  CHECK(log.admissions().offered() == 1);
  CHECK(log.admissions()[result.status] == 1);
  CHECK(log.size() == (result.accepted() ? 1 : 0));
  return result;
}

}  // namespace

TEST_CASE("a budget of bytes is kept when numbers that came in any order come again") {
  constexpr std::uint64_t kBytes = 4'000'000;
  EventLog log({.max_bytes = kBytes});
  const auto numbered = [&](std::uint64_t number) {
    Event event{.time = TimePoint{std::chrono::seconds{1'700'000'000}},
                .source = "s",
                .channel = "web",
                .name = "view"};
    event.sequence = number;
    return log.Append(event).status;
  };
  // From the last to the first, and in pages of which each is hardly filled.
  std::uint64_t number = 100'000'000;
  while (log.bytes() < kBytes / 10 * 9) {
    REQUIRE(numbered(number) == AdmissionStatus::kAccepted);
    number -= 97;
  }
  CHECK(numbered(100'000'000 - 97) == AdmissionStatus::kDuplicate);
  CHECK(log.bytes() <= kBytes);
}

TEST_CASE("a budget of bytes is kept when each event brings a touchpoint of its own") {
  const auto bytes_of_all = [](std::uint64_t budget) {
    EventLog log({.max_bytes = budget});
    for (int i = 0; i < 3'000; ++i) {
      const std::string name = "page_" + std::to_string(i);
      log.Append(
          {.time = TimePoint{std::chrono::seconds{1'700'000'000 + i}}, .channel = "web", .name = name});
    }
    return log.bytes();
  };
  const std::uint64_t first = bytes_of_all(1);  // what there is before anything is kept
  // A table of texts takes its next step with the event that fills it.
  constexpr std::uint64_t kStep = 12'000;
  for (std::uint64_t budget = first + 400'000; budget < 1'500'000; budget += 5'000)
    if (bytes_of_all(budget) > budget + kStep) FAIL("a budget of " << budget);
}

TEST_CASE("times outside of 1970 to 2199 are out of range") {
  Event event = View();
  event.time = kMinTime;
  CHECK(OfferedAlone(event).accepted());
  event.time = kMaxTime - Duration{1};
  CHECK(OfferedAlone(event).accepted());
  for (const TimePoint time : {kMinTime - Duration{1}, kMaxTime, TimePoint::min(), TimePoint::max()}) {
    event.time = time;
    CHECK(OfferedAlone(event).status == kOutOfRange);
    CHECK(OfferedAlone(event).field == EventField::kTime);
  }
}

TEST_CASE("what is malformed or too large is named by its field") {
  const auto check = [](AdmissionStatus status, EventField field, const auto& change) {
    Event event = View();
    change(event);
    const Admission result = OfferedAlone(event);
    INFO(NameOf(status) << " " << NameOf(field));
    CHECK(result.status == status);
    CHECK(result.field == field);
  };
  static const std::string long_text(257, 'x');
  static const std::string very_long(20'000, 'x');
  static const std::string_view nul("a\0b", 3);
  check(kMalformed, EventField::kChannel, [](Event& e) { e.channel = ""; });
  check(kMalformed, EventField::kName, [](Event& e) { e.name = ""; });
  check(kMalformed, EventField::kName, [](Event& e) { e.name = nul; });
  check(kMalformed, EventField::kId, [](Event& e) { e.id = "\xC0\x80"; });
  check(kMalformed, EventField::kSource, [](Event& e) { e.source = "\xED\xA0\x80"; });
  check(kMalformed, EventField::kIdentifier, [](Event& e) { e.identifiers = {{"", "c"}}; });
  check(kMalformed, EventField::kIdentifier, [](Event& e) { e.identifiers = {{"cookie", "\xF5"}}; });
  check(kMalformed, EventField::kAttribute, [](Event& e) { e.attributes = {{"", 1}}; });
  check(kMalformed, EventField::kAttribute, [](Event& e) { e.attributes = {{"k", "\xFF"}}; });
  check(kMalformed, EventField::kAttribute, [](Event& e) { e.attributes = {{"k", std::nan("")}}; });
  check(kMalformed, EventField::kAttribute, [](Event& e) {
    e.attributes = {{"k", std::numeric_limits<double>::infinity()}};
  });
  check(kTooLarge, EventField::kChannel, [](Event& e) { e.channel = long_text; });
  check(kTooLarge, EventField::kName, [](Event& e) { e.name = long_text; });
  check(kTooLarge, EventField::kId, [](Event& e) { e.id = long_text; });
  check(kTooLarge, EventField::kSource, [](Event& e) { e.source = long_text; });
  check(kTooLarge, EventField::kIdentifier, [](Event& e) { e.identifiers = {{long_text, "c"}}; });
  check(kTooLarge, EventField::kIdentifier, [](Event& e) { e.identifiers = {{"cookie", very_long}}; });
  check(kTooLarge, EventField::kAttribute, [](Event& e) { e.attributes = {{long_text, 1}}; });
  check(kTooLarge, EventField::kAttribute, [](Event& e) {
    e.attributes = {{"k", std::string_view(very_long)}};
  });
}

TEST_CASE("a text of just the largest size, and the largest number of identifiers and attributes, is taken") {
  EventLog log;
  const std::string text(256, 'x');
  const std::string identifier(512, 'y');
  const std::string attribute(16'384, 'z');
  Event event = View();
  event.channel = event.name = event.id = event.source = text;
  event.identifiers = {{text, identifier}};
  event.attributes = {{text, std::string_view(attribute)}};
  CHECK(log.Append(event).accepted());
  std::vector<std::string> names;
  for (int i = 0; i < 65; ++i) names.push_back("n" + std::to_string(i));
  event = View();
  event.identifiers.clear();
  event.attributes.clear();
  for (int i = 0; i < 8; ++i) event.identifiers.push_back({names[static_cast<std::size_t>(i)], "v"});
  for (int i = 0; i < 64; ++i) event.attributes.push_back({names[static_cast<std::size_t>(i)], i});
  CHECK(log.Append(event).accepted());
  CHECK(log.identifiers({1}).size() == 8);
  CHECK(log.attributes({1}).size() == 64);
  for (const AttributeRow& row : log.attributes({1})) {
    CHECK(log.attribute_keys().text(row.key.value) == names[static_cast<std::size_t>(row.number())]);
  }
  event.attributes.push_back({names[64], 64});
  CHECK(log.Append(event).status == kTooLarge);
  event.attributes.clear();
  event.identifiers.push_back({names[64], "v"});
  CHECK(log.Append(event).status == kTooLarge);
}

TEST_CASE("a rejected event leaves nothing behind but its count") {
  EventLog log;
  Event event = View("e");
  event.attributes = {{"new key", "new text"}, {"bad", "\xFF"}};
  event.identifiers = {{"new space", "new value"}};
  event.channel = "new channel";
  CHECK(log.Append(event).status == kMalformed);
  CHECK(log.size() == 0);
  CHECK(log.channels().size() == 0);
  CHECK(log.names().size() == 0);
  CHECK(log.namespaces().size() == 0);
  CHECK(log.identifier_values().size() == 0);
  CHECK(log.attribute_keys().size() == 0);
  CHECK(log.texts().size() == 0);
  CHECK(log.Append(View("e")).accepted());
}

TEST_CASE("no source that is not clean UTF-8 gets into the counts, whatever else was wrong") {
  for (const TimePoint time : {At(0), kMaxTime}) {
    EventLog log;
    Event event = View();
    event.time = time;
    event.source = "\xFF\xFE";
    CHECK_FALSE(log.Append(event).accepted());
    CHECK(log.admissions().offered() == 1);
    for (std::uint32_t id = 0; id < log.sources().size(); ++id) {
      CHECK(test::OracleCleanUtf8(std::string(log.sources().text(id))));
    }
  }
}

TEST_CASE("Reject counts what never became an event") {
  EventLog log;
  log.Append(View());
  log.Reject("s", kMalformed);
  log.Reject("t", kLate);
  CHECK(log.admissions().offered() == 3);
  CHECK(log.admissions()[kMalformed] == 1);
  CHECK(log.admissions_by_source()[1][kLate] == 1);
  CHECK(log.size() == 1);
}

TEST_CASE("beyond the number of events or of bytes that the host allowed, events are over budget") {
  EventLog few({.max_events = 2});
  for (int i = 0; i < 5; ++i) few.Append(View());
  CHECK(few.size() == 2);
  CHECK(few.admissions()[kOverBudget] == 3);
  CHECK(few.admissions().offered() == 5);

  EventLog small({.max_bytes = 1'000'000});
  for (int i = 0; i < 50'000; ++i) {
    const std::string name = "c" + std::to_string(i);
    Event event = View();
    event.identifiers = {{"cookie", name}};
    small.Append(event);
    REQUIRE(small.bytes() <= 1'000'000);
  }
  CHECK(small.size() > 1000);
  CHECK(small.admissions()[kOverBudget] == 50'000 - small.size());
}

TEST_CASE("beyond the number of identifiers that the host allowed, who brings a new one is over budget") {
  EventLog log({.max_identifiers = 3});
  const auto offer = [&](std::vector<Identifier> identifiers) {
    Event event = View();
    event.identifiers = std::move(identifiers);
    return log.Append(event).status;
  };
  CHECK(offer({{"cookie", "a"}, {"email", "a"}}) == kAccepted);     // 2: the same text in two namespaces
  CHECK(offer({{"cookie", "b"}, {"cookie", "d"}}) == kOverBudget);  // would be 4, so it brings neither
  CHECK(offer({{"cookie", "b"}, {"cookie", "b"}}) == kAccepted);    // 3: named twice, brought once
  CHECK(offer({{"phone", "a"}}) == kOverBudget);                    // a namespace never seen
  CHECK(offer({{"cookie", "c"}, {"cookie", "a"}}) == kOverBudget);  // a known one does not help
  CHECK(offer({{"email", "a"}, {"cookie", "b"}, {"cookie", "a"}}) == kAccepted);
  CHECK(offer({}) == kAccepted);
  CHECK(log.identifier_values().size() == 3);
  CHECK(log.admissions()[kOverBudget] == 3);
  CHECK(log.admissions().offered() == 7);
}

TEST_CASE("the budgets of events and identifiers are of what is held: what was forgotten makes room") {
  const bool columns = GENERATE(false, true);
  EventLog log({.max_events = 200, .max_identifiers = 200});
  const auto append = [&](std::int64_t first, std::int64_t count) {
    std::vector<std::string> texts;
    for (std::int64_t i = 0; i < count; ++i) texts.push_back("c" + std::to_string(first + i));
    std::vector<Event> events;
    for (std::int64_t i = 0; i < count; ++i) {
      Event event = View();
      event.id = texts[static_cast<std::size_t>(i)];
      event.identifiers = {{"cookie", texts[static_cast<std::size_t>(i)]}};
      events.push_back(event);
    }
    std::vector<Admission> answers(events.size());
    if (columns)
      log.Append(events, answers);  // so many go the way of columns
    else
      for (std::size_t i = 0; i < events.size(); ++i) answers[i] = log.Append(events[i]);
    return std::ranges::count(answers, kAccepted, &Admission::status);
  };
  REQUIRE(append(0, 250) == 200);
  std::vector<EventIndex> rows;
  for (std::uint32_t row = 0; row < 150; ++row) rows.push_back({row});
  log.Forget(rows, kErased);
  REQUIRE(append(1000, 140) == 140);
  REQUIRE(append(2000, 140) == 10);
}

TEST_CASE("a log that is full of events still knows those it has, and takes the smaller content over") {
  const bool numbered = GENERATE(false, true);
  EventLog log({.max_events = 2, .max_identifiers = 2});
  const auto append = [&](std::uint64_t number, std::int64_t second, std::string_view cookie = "c") {
    Event event = View();
    const std::string id = "e" + std::to_string(number);
    if (numbered)
      event.sequence = number;
    else
      event.id = id;
    event.time = At(second);
    event.identifiers = {{"cookie", cookie}};
    return log.Append(event).status;
  };
  REQUIRE(append(7, 10) == kAccepted);
  REQUIRE(append(5, 10) == kAccepted);
  REQUIRE(append(9, 10) == kOverBudget);
  REQUIRE(append(7, 10) == kDuplicate);
  REQUIRE(append(7, 11) == kConflict);
  REQUIRE(append(7, 9, "d") == kConflict);
  REQUIRE(log.time({0}) == At(9));
  REQUIRE(append(7, 8, "one more identifier") == kOverBudget);
  REQUIRE(log.time({0}) == At(9));
  REQUIRE(append(6, 10) == kOverBudget);
  REQUIRE(log.size() == 2);
  REQUIRE(log.admissions().offered() == 8);
  REQUIRE(log.admissions()[kAccepted] == 2);
}

TEST_CASE("behind the largest number a source has none to give") {
  const bool columns = GENERATE(false, true);
  EventLog log;
  Event last = View();
  last.sequence = UINT64_MAX - 1;
  REQUIRE(log.Append(last).accepted());
  std::vector<Event> events(200, View());
  for (std::size_t i = 0; i < events.size(); ++i) events[i].time = At(static_cast<std::int64_t>(i));
  std::vector<Admission> answers(events.size());
  if (columns)
    log.Append(events, answers);
  else
    for (std::size_t i = 0; i < events.size(); ++i) answers[i] = log.Append(events[i]);
  REQUIRE(answers[0].status == kAccepted);
  REQUIRE(log.sequence(answers[0].row) == UINT64_MAX);
  for (std::size_t i = 1; i < events.size(); ++i) REQUIRE(answers[i].status == kOverBudget);
  // Also when the last one was forgotten: numbers are not given out again.
  const std::vector<EventIndex> gone{answers[0].row};
  log.Forget(gone, kErased);
  REQUIRE(log.Append(events[1]).status == kOverBudget);
  log.Append(events, answers);
  REQUIRE(std::ranges::count(answers, kOverBudget, &Admission::status) == 200);
  // An id, a number of its own or another source is taken in as ever.
  Event other = View("id");
  REQUIRE(log.Append(other).accepted());
  other = View();
  other.sequence = 3;
  REQUIRE(log.Append(other).accepted());
  other = View();
  other.source = "another";
  REQUIRE(log.Append(other).accepted());
}
