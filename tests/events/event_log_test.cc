#include "journey/events/event_log.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "support/catch.h"
#include "support/oracle.h"
#include "support/worlds.h"

using namespace journey;  // NOLINT
using enum journey::AdmissionStatus;
using test::kStart;
using test::LogOf;
using test::Offer;
using test::Value;

namespace {

TimePoint At(std::int64_t second) {
  return TimePoint{std::chrono::seconds{1'700'000'000 + second}};
}

Event View(std::string_view id = "") {
  return {.time = At(0),
          .id = id,
          .source = "s",
          .channel = "web",
          .name = "view",
          .identifiers = {{"cookie", "c"}},
          .attributes = {{"price", 9.5}}};
}

Admission Offered(const Event& event, EventLogLimits limits = {}) {
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

TEST_CASE("an accepted event reads back as it was given") {
  EventLog log;
  CHECK(log.size() == 0);
  Event event = View("e1");
  event.sequence = 7;
  event.identifiers = {{"user_id", "42"}, {"cookie", "c"}, {"user_id", "42"}};
  event.attributes = {{"price", 9.5}, {"member", true}, {"plan", "basic"}, {"plan", "pro"}, {"rate", -0.0}};
  REQUIRE(log.Append(event).accepted());
  REQUIRE(log.size() == 1);
  const EventIndex row{0};
  CHECK(log.time(row) == At(0));
  CHECK(log.sequence(row) == 7);
  CHECK(log.sources().text(log.source(row).value) == "s");
  const Touchpoint touchpoint = log.touchpoints()[log.touchpoint(row).value];
  CHECK(log.channels().text(touchpoint.channel.value) == "web");
  CHECK(log.names().text(touchpoint.name.value) == "view");
  REQUIRE(log.identifiers(row).size() == 2);  // a set: the repeat is gone
  CHECK(log.identifiers(row)[0] < log.identifiers(row)[1]);
  const auto attribute = [&](std::string_view key) {
    return *log.FindAttribute(row, {log.attribute_keys().Find(key).value()});
  };
  REQUIRE(log.attributes(row).size() == 4);
  CHECK(attribute("price").number() == 9.5);
  CHECK(attribute("member").kind == AttributeValue::Kind::kBoolean);
  CHECK(attribute("member").boolean());
  CHECK(log.texts().text(attribute("plan").text().value) == "pro");  // the later of two holds
  CHECK_FALSE(std::signbit(attribute("rate").number()));
  CHECK(log.FindAttribute(row, KeyId{99}) == nullptr);
}

TEST_CASE("the same id and content again is a duplicate, other content a conflict") {
  EventLog log;
  CHECK(log.Append(View("e")).status == kAccepted);
  CHECK(log.Append(View("e")).status == kDuplicate);
  Event other = View("e");
  other.name = "wish";
  CHECK(log.Append(other).status == kConflict);
  CHECK(log.size() == 1);
  CHECK(log.admissions()[kAccepted] == 1);
  CHECK(log.admissions()[kDuplicate] == 1);
  CHECK(log.admissions()[kConflict] == 1);
}

TEST_CASE("an id is unique over all sources, without an id, (source, sequence) is") {
  EventLog log;
  Event event = View("e");
  log.Append(event);
  event.source = "t";
  CHECK(log.Append(event).status == kDuplicate);
  Event numbered = View();
  numbered.sequence = 3;
  CHECK(log.Append(numbered).status == kAccepted);
  CHECK(log.Append(numbered).status == kDuplicate);
  numbered.source = "t";
  CHECK(log.Append(numbered).status == kAccepted);
  numbered.sequence = 4;
  CHECK(log.Append(numbered).status == kAccepted);
}

TEST_CASE("an event without id and sequence gets the next number of its source") {
  EventLog log;
  for (int i = 0; i < 3; ++i) CHECK(log.Append(View()).accepted());
  Event numbered = View();
  numbered.sequence = 10;
  CHECK(log.Append(numbered).accepted());
  CHECK(log.Append(View()).accepted());
  Event elsewhere = View();
  elsewhere.source = "t";
  CHECK(log.Append(elsewhere).accepted());
  const std::vector<std::uint64_t> expected = {0, 1, 2, 10, 11, 0};
  CHECK(std::ranges::equal(log.sequences(), expected));
  numbered.sequence = 1;
  CHECK(log.Append(numbered).status == kDuplicate);
}

TEST_CASE("the largest sequence is a sequence like any other") {
  EventLog log;
  Event numbered = View();
  numbered.sequence = std::numeric_limits<std::uint64_t>::max();
  CHECK(log.Append(numbered).status == kAccepted);
  CHECK(log.Append(numbered).status == kDuplicate);
  CHECK(log.size() == 1);
}

TEST_CASE("of several contents of one id the smallest wins, field by field, whatever the order of arrival") {
  const auto with = [](const char* channel, const char* name, std::int64_t time, const char* cookie,
                       double price) {
    return Offer{.time = kStart + time,
                 .id = "e",
                 .source = "s",
                 .channel = channel,
                 .name = name,
                 .identifiers = {{"cookie", cookie}},
                 .attributes = {{"price", Value::Number(price)}}};
  };
  // Ascending: by time, then channel, name, identifiers, attributes.
  const std::vector<Offer> ascending = {with("web", "view", 0, "c", 9), with("app", "view", 1, "c", 9),
                                        with("web", "cart", 1, "c", 9), with("web", "view", 1, "b", 9),
                                        with("web", "view", 1, "c", 1), with("web", "view", 1, "c", 9)};
  for (std::size_t a = 0; a < ascending.size(); ++a) {
    for (std::size_t b = a + 1; b < ascending.size(); ++b) {
      for (const auto& pair :
           {std::vector{ascending[a], ascending[b]}, std::vector{ascending[b], ascending[a]}}) {
        const EventLog log = LogOf(pair);
        const test::Evidence expected = test::OracleAdmit({ascending[a]}).events[0];
        INFO(a << " against " << b);
        CHECK(log.admissions()[kConflict] == 1);
        REQUIRE(log.size() == 1);
        CHECK(log.time({0}).time_since_epoch().count() == expected.time);
        const Touchpoint touchpoint = log.touchpoints()[log.touchpoint({0}).value];
        CHECK(log.channels().text(touchpoint.channel.value) == expected.channel);
        CHECK(log.names().text(touchpoint.name.value) == expected.name);
        CHECK(log.identifier_values().text(log.identifiers({0})[0].value) ==
              expected.identifiers.begin()->second);
        CHECK(log.attributes({0})[0].number() == expected.attributes.begin()->second.number);
      }
    }
  }
}

TEST_CASE("of equal contents the smallest sequence, then source stands for all") {
  const auto offer = [](std::uint64_t sequence, const char* source) {
    return Offer{.time = kStart,
                 .sequence = sequence,
                 .id = "e",
                 .source = source,
                 .channel = "web",
                 .name = "view",
                 .identifiers = {},
                 .attributes = {}};
  };
  std::vector<Offer> offers = {offer(2, "a"), offer(1, "c"), offer(1, "b"), offer(3, "b")};
  std::ranges::sort(offers, {}, [](const Offer& o) { return std::pair(o.source, o.sequence); });
  do {
    const EventLog log = LogOf(offers);
    REQUIRE(log.size() == 1);
    CHECK(log.sequence({0}) == 1);
    CHECK(log.sources().text(log.source({0}).value) == "b");
    for (std::uint32_t id = 0; id < log.sources().size(); ++id) {
      const AdmissionCounts& counts = log.admissions_by_source()[id];
      CHECK(counts[kAccepted] == (log.sources().text(id) == "b" ? 1 : 0));
      CHECK(counts[kDuplicate] == 1);
    }
  } while (std::next_permutation(offers.begin(), offers.end(), [](const Offer& a, const Offer& b) {
    return std::pair(a.source, a.sequence) < std::pair(b.source, b.sequence);
  }));
}

TEST_CASE(
    "when a smaller content takes over, the duplicates of the one before are conflicts, in every order") {
  const auto offer = [](const char* name, const char* source) {
    return Offer{.time = kStart,
                 .id = "e",
                 .source = source,
                 .channel = "web",
                 .name = name,
                 .identifiers = {},
                 .attributes = {}};
  };
  std::vector<Offer> offers = {offer("b", "1"), offer("b", "2"), offer("b", "2"), offer("a", "3"),
                               offer("a", "1")};
  const test::Counts expected = test::OracleAdmit(offers).counts;
  const auto before = [](const Offer& a, const Offer& b) {
    return std::pair(a.name, a.source) < std::pair(b.name, b.source);
  };
  std::ranges::sort(offers, before);
  do {
    const EventLog log = LogOf(offers);
    for (std::uint32_t id = 0; id < log.sources().size(); ++id) {
      CHECK(log.admissions_by_source()[id] == expected.at(std::string(log.sources().text(id))));
    }
  } while (std::next_permutation(offers.begin(), offers.end(), before));
}

TEST_CASE("times outside of 1970 to 2199 are out of range") {
  Event event = View();
  event.time = kMinTime;
  CHECK(Offered(event).accepted());
  event.time = kMaxTime - Duration{1};
  CHECK(Offered(event).accepted());
  for (const TimePoint time : {kMinTime - Duration{1}, kMaxTime, TimePoint::min(), TimePoint::max()}) {
    event.time = time;
    CHECK(Offered(event).status == kOutOfRange);
    CHECK(Offered(event).field == EventField::kTime);
  }
}

TEST_CASE("what is malformed or too large is named by its field") {
  const auto check = [](AdmissionStatus status, EventField field, const auto& change) {
    Event event = View();
    change(event);
    const Admission result = Offered(event);
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

TEST_CASE("events are ordered by time, then sequence, then id, the order of arrival has no say") {
  EventLog log;
  Event event = View();
  const auto append = [&](std::int64_t second, std::uint64_t sequence, const char* id) {
    event.time = At(second);
    event.sequence = sequence;
    event.id = id;
    REQUIRE(log.Append(event).accepted());
  };
  append(2, 0, "a");
  append(1, 9, "b");
  append(1, 8, "c");
  append(1, 8, "d");
  CHECK(log.Before({1}, {0}));
  CHECK(log.Before({2}, {1}));
  CHECK_FALSE(log.Before({1}, {2}));
  CHECK(log.Before({2}, {3}) == (log.key({2}) < log.key({3})));
  CHECK(log.Before({2}, {3}) != log.Before({3}, {2}));
}

TEST_CASE("the key of an id is the same in every log") {
  EventLog a;
  EventLog b;
  b.Append(View("other"));
  a.Append(View("e"));
  b.Append(View("e"));
  CHECK(a.key({0}) == b.key({1}));
  CHECK(a.key({0}) != b.key({0}));
}

TEST_CASE("events with and without ids may be mixed in any order") {
  for (const bool id_first : {false, true}) {
    EventLog log;
    Event numbered = View();
    numbered.sequence = 5;
    if (id_first) log.Append(View("e"));
    log.Append(numbered);
    if (!id_first) log.Append(View("e"));
    CHECK(log.size() == 2);
    CHECK(log.Append(View("e")).status == kDuplicate);
    CHECK(log.Append(numbered).status == kDuplicate);
    numbered.sequence = 4;
    CHECK(log.Append(numbered).status == kAccepted);
    CHECK(log.Append(numbered).status == kDuplicate);
    CHECK(log.size() == 3);
  }
}

TEST_CASE("Until keeps the events up to and including a time, and counts the later ones as future") {
  EventLog log;
  Event event = View();
  for (std::int64_t second = 0; second < 5; ++second) {
    event.time = At(second);
    log.Append(event);
  }
  const EventLog until = log.Until(At(2));
  CHECK(until.size() == 3);
  CHECK(until.admissions()[kAccepted] == 3);
  CHECK(until.admissions()[kFuture] == 2);
  CHECK(log.size() == 5);
}

TEST_CASE("what takes over in a log made by Until turns its duplicates into conflicts, too") {
  EventLog log;
  log.Append(View("e"));
  log.Append(View("e"));
  Event smaller = View("e");
  smaller.name = "a";
  EventLog until = log.Until(At(10));
  until.Append(smaller);
  log.Append(smaller);
  CHECK(log.admissions()[kConflict] == 2);
  CHECK(until.admissions() == log.admissions());
}

TEST_CASE("a log counts the bytes it holds") {
  EventLog log;
  const std::size_t empty = log.bytes();
  for (int i = 0; i < 10'000; ++i) log.Append(View());
  CHECK(log.bytes() > empty + 10'000 * 40);
  CHECK(log.bytes() < empty + 10'000 * 200);
}

TEST_CASE("every status and field has a name of its own") {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kAdmissionStatuses; ++i) names.insert(NameOf(static_cast<AdmissionStatus>(i)));
  CHECK(names.size() == kAdmissionStatuses);
  CHECK(NameOf(kOutOfRange) == "out_of_range");
  CHECK(NameOf(EventField::kIdentifier) == "identifier");
}

TEST_CASE("events are told from corrections, however many there are of each") {
  EventLog log;
  std::size_t events = 0;
  for (int i = 0; i < 2'000; ++i) {
    Event event = View();
    if (i % 7 == 3) {
      event.kind = RecordKind::kLogout;
    } else if (i > 700) {
      event.kind = i % 2 == 0 ? RecordKind::kEvent : RecordKind::kLogout;
    }
    REQUIRE(log.Append(event).accepted());
    events += event.kind == RecordKind::kEvent ? 1 : 0;
    if (log.events() != events) FAIL(i);
  }
}
