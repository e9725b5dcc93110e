#include "journey/events/event_log.h"

#include <algorithm>
#include <limits>

#include "events/one_event.h"
#include "support/catch.h"
#include "support/oracle.h"
#include "support/worlds.h"

using namespace journey;  // NOLINT
using enum journey::AdmissionStatus;
using test::At;
using test::kStart;
using test::LogOf;
using test::Offer;
using test::Value;
using test::View;

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
    // First more events in a row than a byte counts.
    if (i > 1'000 && (i % 7 == 3 || i % 2 == 0)) event.kind = RecordKind::kLogout;
    REQUIRE(log.Append(event).accepted());
    events += event.kind == RecordKind::kEvent ? 1 : 0;
    if (log.events() != events) FAIL(i);
  }
}
