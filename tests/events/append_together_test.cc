// Append(span): the same as one after the other.
#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "events/plain_events.h"
#include "journey/core/huge_memory.h"
#include "journey/events/event_log.h"
#include "support/catch.h"
#include "support/worlds.h"

using namespace journey;  // NOLINT
using test::Offer;

TEST_CASE("events appended together are what they are one after the other, answers and all") {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    std::vector<Offer> offers = test::World(seed, {.offers = 90});
    for (std::size_t i = 0; i < offers.size(); i += 7) {  // what is refused, in between
      if (i % 3 == 0) offers[i].channel = "";
      if (i % 3 == 1) offers[i].identifiers.assign(9, {"cookie", "c"});
      if (i % 3 == 2) offers[i].identifiers = {{"new space " + std::to_string(i), std::string(600, 'x')}};
    }
    std::vector<Event> events;
    for (const Offer& offer : offers) events.push_back(AsEvent(offer));
    EventLog one;
    std::vector<Admission> expected;
    for (const Event& event : events) expected.push_back(one.Append(event));
    EventLog together;
    std::vector<Admission> answers(events.size());
    // In parts of 1, 2, 3, ... events.
    for (std::size_t begin = 0, part = 1; begin < events.size(); begin += part++) {
      const std::size_t count = std::min(part, events.size() - begin);
      together.Append(std::span(events).subspan(begin, count), std::span(answers).subspan(begin, count));
    }
    INFO("seed " << seed);
    const auto same = [](const Admission& a, const Admission& b) {
      return std::tuple(a.status, a.field, a.row) == std::tuple(b.status, b.field, b.row);
    };
    REQUIRE(std::ranges::equal(answers, expected, same));
    REQUIRE(together.size() == one.size());
    REQUIRE(together.admissions() == one.admissions());
    for (std::uint32_t row = 0; row < one.size(); ++row) {
      REQUIRE(together.key({row}) == one.key({row}));
      REQUIRE(together.touchpoint({row}) == one.touchpoint({row}));
      REQUIRE(std::ranges::equal(together.identifiers({row}), one.identifiers({row})));
      REQUIRE(std::ranges::equal(together.attributes({row}), one.attributes({row})));
    }
    REQUIRE(together.identifier_values().size() == one.identifier_values().size());
  }
}

// So many at once go the way of columns where nothing about them needs more, and else do not.
TEST_CASE("hundreds of events appended together are what they are one after the other, plain or not") {
  std::size_t changes = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    std::vector<Offer> offers = test::World(seed, {.offers = 1500});
    const bool plain = seed % 3 != 0;
    for (std::size_t i = 0; i < offers.size(); ++i) {
      if (plain) {
        if (seed % 3 == 1) offers[i].attributes.clear();
        offers[i].kind = RecordKind::kEvent;
        offers[i].source = "one";
      }
      if (seed % 2 == 0 && i % 50 == 7) offers[i].channel = "";
      if (seed % 5 == 0 && i % 60 == 9) offers[i].identifiers = {{"email", ""}};
      if (seed % 7 == 0 && i % 70 == 9) offers[i].identifiers = {{"email", "a"}, {"email", "b"}};
    }
    std::vector<Event> events;
    for (const Offer& offer : offers) events.push_back(AsEvent(offer));
    EventLog one, together;
    std::vector<Admission> expected, answers(events.size());
    // What is told before a row changes: which one, and how many rows there are by then.
    std::vector<std::pair<std::uint32_t, std::size_t>> told_one, told_together;
    const auto tell = [](EventLog& log, auto& told) {
      return [&log, &told](EventIndex row) { told.emplace_back(row.value, log.size()); };
    };
    for (const Event& event : events) expected.push_back(one.Append(event, tell(one, told_one)));
    together.Append(events, answers, tell(together, told_together));
    INFO("seed " << seed);
    const auto same = [](const Admission& a, const Admission& b) {
      return std::tuple(a.status, a.field, a.row) == std::tuple(b.status, b.field, b.row);
    };
    REQUIRE(std::ranges::equal(answers, expected, same));
    REQUIRE(told_together == told_one);
    changes += told_one.size();
    REQUIRE(together.admissions() == one.admissions());
    for (std::uint32_t row = 0; row < one.size(); ++row) {
      REQUIRE(together.key({row}) == one.key({row}));
      REQUIRE(together.time({row}) == one.time({row}));
      REQUIRE(together.identifiers({row}).size() == one.identifiers({row}).size());
      REQUIRE(std::ranges::equal(together.attributes({row}), one.attributes({row})));
    }
    REQUIRE(together.identifier_values().size() == one.identifier_values().size());
  }
  CHECK(changes > 100);
}

TEST_CASE("nothing of the values of attributes is left where events were made columns") {
  Event event{.time = kMinTime, .channel = "web", .name = "view"};
  event.attributes = {{"age", 41.5}, {"city", "Aachen"}};
  const std::vector<Event> events(3, event);
  internal::PlainEvents plain;
  REQUIRE(plain.Fill(events));
  const EventColumns columns = plain.columns();
  REQUIRE(columns.attributes.size() == 2);
  CHECK(columns.attributes[0].values[2]->number() == 41.5);
  plain.WipeValues();
  for (const AttributeColumn& column : columns.attributes) {
    const auto bytes = std::as_bytes(column.values);
    CHECK(std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; }));
  }
}

TEST_CASE("what is wrong with one of two attributes of a key is wrong together as well") {
  const double nothing = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::vector<Attribute>> lists = {{{"a", nothing}, {"a", 1.0}},
                                                     {{"a", "\xFF"}, {"a", "good"}},
                                                     {{"a", "x"}, {"a", "y"}},
                                                     std::vector<Attribute>(65, Attribute{"a", 1.0})};
  for (const std::vector<Attribute>& attributes : lists) {
    Event event{.time = kMinTime, .channel = "web", .name = "view"};
    event.attributes = attributes;
    const std::vector<Event> events(200, event);
    EventLog one, together;
    for (const Event& each : events) one.Append(each);
    together.Append(events);
    CHECK(one.admissions() == together.admissions());
    CHECK(one.texts().size() == together.texts().size());
    CHECK(one.attribute_keys().size() == together.attribute_keys().size());
  }
}

TEST_CASE("a table of texts that may not hold all of a span is asked event by event") {
  SymbolTable texts;
  SymbolTable::Room room;
  room.Add("short");
  CHECK(texts.HasRoom(room));
  room.longer = 32'600;
  CHECK(texts.HasRoom(room));
  room.longer = 32'767;
  CHECK_FALSE(texts.HasRoom(room));
  room = {.bytes = std::size_t{60} << 30};
  CHECK(texts.HasRoom(room));
  room = {.bytes = std::size_t{64} << 30};
  CHECK_FALSE(texts.HasRoom(room));
}

// While a table moves in steps there are two of it: when the old one has gone, the table takes less than before.
TEST_CASE("no span of a live engine waits for a table of identifiers to be moved at once") {
  const auto times_smaller = [](bool steady_memory) {
    std::optional<internal::SteadyMemory> steady;
    if (steady_memory) steady.emplace();
    EventLog log;
    constexpr std::size_t kSpan = 256;
    std::size_t smaller = 0, bytes = 0;
    for (std::size_t begin = 0; begin < 100'000; begin += kSpan) {
      std::vector<std::string> cookies;
      for (std::size_t i = 0; i < kSpan; ++i) cookies.push_back("cookie-" + std::to_string(begin + i));
      std::vector<Event> events;
      for (const std::string& cookie : cookies) {
        events.push_back({.time = kMinTime, .channel = "web", .name = "view"});
        events.back().identifiers = {{"cookie", cookie}};
      }
      log.Append(events, {}, [](EventIndex) {});
      const std::size_t before = std::exchange(bytes, log.identifier_values().bytes());
      smaller += static_cast<std::size_t>(bytes < before);
    }
    REQUIRE(log.identifier_values().size() == log.size());
    return smaller;
  };
  CHECK(times_smaller(true) >= 3);
  CHECK(times_smaller(false) == 0);
}
