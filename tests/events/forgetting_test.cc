#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "journey/events/event_log.h"
#include "journey/events/touchpoints.h"
#include "support/catch.h"
#include "support/oracle.h"
#include "support/worlds.h"

using namespace journey;  // NOLINT
using enum journey::AdmissionStatus;

namespace {

TimePoint AtSecond(std::int64_t second) {
  return TimePoint{std::chrono::seconds{1'700'000'000 + second}};
}

Event View(std::string_view id, std::string_view cookie, std::string_view note = "hello") {
  return {.time = AtSecond(0),
          .id = id,
          .source = "s",
          .channel = "web",
          .name = "view",
          .identifiers = {{"cookie", cookie}},
          .attributes = {{"note", note}, {"price", 9.5}}};
}

bool Holds(const EventLog& log, std::string_view text) {
  for (const SymbolTable* table : {&log.sources(), &log.channels(), &log.names(), &log.namespaces(),
                                   &log.identifier_values(), &log.attribute_keys(), &log.texts()}) {
    if (table->MemoryHolds(text)) return true;
  }
  return false;
}

// All that a log says, in texts, by the order of events; and its counts.
std::string Say(const EventLog& log) {
  std::vector<EventIndex> rows;
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    if (!log.forgotten({row})) rows.push_back({row});
  }
  std::ranges::sort(rows, [&](EventIndex a, EventIndex b) { return a != b && log.Before(a, b); });
  std::string out;
  for (const EventIndex row : rows) {
    const Touchpoint place = log.touchpoints()[log.touchpoint(row).value];
    out += std::to_string(log.time(row).time_since_epoch().count()) + " " +
           std::to_string(log.sequence(row)) + " " + std::to_string(log.key(row).high) + "." +
           std::to_string(log.key(row).low) + " " + std::string(log.sources().text(log.source(row).value)) +
           " " + std::string(log.channels().text(place.channel.value)) + "/" +
           std::string(log.names().text(place.name.value));
    std::vector<std::string> parts;
    for (const IdentifierId id : log.identifiers(row)) {
      parts.push_back(std::string(log.namespaces().text(log.identifier_values().tag(id.value))) + "=" +
                      std::string(log.identifier_values().text(id.value)));
    }
    for (const AttributeRow& attribute : log.attributes(row)) {
      const bool is_text = attribute.kind == AttributeValue::Kind::kText;
      parts.push_back(
          std::string(log.attribute_keys().text(attribute.key.value)) + ":" +
          (is_text ? std::string(log.texts().text(attribute.text().value)) : std::to_string(attribute.bits)));
    }
    std::ranges::sort(parts);
    for (const std::string& part : parts) out += " " + part;
    out += "\n";
  }
  return out;
}

std::map<std::string, AdmissionCounts> Counts(const EventLog& log) {
  std::map<std::string, AdmissionCounts> by_source;
  for (std::uint32_t id = 0; id < log.sources().size(); ++id) {
    by_source[std::string(log.sources().text(id))] = log.admissions_by_source()[id];
  }
  return by_source;
}

}  // namespace

TEST_CASE(
    "a number whose row was forgotten is new again, and the number that a forgotten id came with is not") {
  const auto numbered = [](std::uint64_t number, std::string_view cookie) {
    Event event = View("", cookie);
    event.sequence = number;
    return event;
  };
  for (const bool looked_up : {false, true}) {
    EventLog log;
    for (const std::uint64_t number : {5U, 3U, 4U}) REQUIRE(log.Append(numbered(number, "c")).accepted());
    if (looked_up) CHECK(log.Append(numbered(3, "c")).status == kDuplicate);
    Event with_id = View("x", "d");
    with_id.sequence = 4;
    const Admission of_id = log.Append(with_id);
    REQUIRE(of_id.accepted());
    log.Forget(std::vector<EventIndex>{{1}, of_id.row}, kErased);
    CHECK(log.Append(numbered(4, "c")).row == EventIndex{2});
    const Admission again = log.Append(numbered(3, "e"));
    CHECK(again.status == kAccepted);
    CHECK(log.Append(numbered(3, "e")).status == kDuplicate);
    CHECK(log.Append(numbered(3, "f")).status == kConflict);
    CHECK(log.Append(numbered(3, "e")).row == again.row);
    CHECK(log.Append(numbered(5, "c")).row == EventIndex{0});
  }
}

TEST_CASE("an answer names the row that holds the event now") {
  EventLog log;
  CHECK(log.Append(View("a", "c1")).row == EventIndex{0});
  CHECK(log.Append(View("b", "c1")).row == EventIndex{1});
  CHECK(log.Append(View("a", "c1")).row == EventIndex{0});
  const Admission conflict = log.Append(View("b", "c2"));
  CHECK(conflict.status == kConflict);
  CHECK(conflict.row == EventIndex{1});
  CHECK_FALSE(log.Append(View("c", "bad\xff")).row.valid());
}

TEST_CASE("before a row changes, and only then, the caller is told while it still has its old content") {
  EventLog log;
  const auto cookie = [&](EventIndex row) {
    return std::string(log.identifier_values().text(log.identifiers(row)[0].value));
  };
  std::vector<std::string> told;
  const auto offer = [&](const Event& event) {
    return log.Append(event, [&](EventIndex row) {
      told.push_back(cookie(row) + " " + std::to_string(log.sequence(row)));
    });
  };
  Event event = View("a", "m");
  event.sequence = 5;
  CHECK(offer(event).accepted());
  CHECK(offer(event).status == kDuplicate);
  event.identifiers = {{"cookie", "z"}};
  CHECK(offer(event).status == kConflict);
  CHECK(told.empty());
  event.identifiers = {{"cookie", "b"}};
  CHECK(offer(event).status == kConflict);  // smaller: it takes over
  CHECK(told == std::vector<std::string>{"m 5"});
  CHECK(cookie({0}) == "b");
  event.sequence = 3;
  CHECK(offer(event).status == kDuplicate);  // the first of equal ones: the place in the order changes
  CHECK(told == std::vector<std::string>{"m 5", "b 5"});
  CHECK(log.sequence({0}) == 3);
}

TEST_CASE("a forgotten event leaves a hole with nothing in it, and its texts are nowhere") {
  EventLog log;
  REQUIRE(log.Append(View("id-of-ann", "cookie-of-ann", "ann was here")).accepted());
  REQUIRE(log.Append(View("id-of-bob", "cookie-of-bob", "both said this")).accepted());
  REQUIRE(log.Append(View("second-of-ann", "cookie-of-ann", "both said this")).accepted());
  REQUIRE(log.Append(View("id-of-bob", "spelling-of-ann", "ann again")).status == kConflict);
  CHECK(Holds(log, "ann was here"));
  CHECK(Holds(log, "spelling-of-ann"));  // refused, yet it was brought

  const std::span<const AttributeRow> values = log.attributes({0});
  const std::span<const IdentifierId> ids = log.identifiers({0});
  REQUIRE(values[1].number() == 9.5);
  const EventIndex first[] = {{0}};
  log.Forget(first, kErased);
  CHECK(values[1].bits == 0);  // where they stood
  CHECK_FALSE(ids[0].valid());
  CHECK(log.size() == 3);
  CHECK(log.holes() == 1);
  CHECK(log.events() == 2);
  CHECK(log.forgotten({0}));
  CHECK_FALSE(log.forgotten({1}));
  CHECK(log.identifiers({0}).empty());
  CHECK(log.attributes({0}).empty());
  CHECK(log.time({0}) == kMinTime);
  CHECK_FALSE(log.touchpoint({0}).valid());
  CHECK(log.key({0}) == EventKey{});
  CHECK_FALSE(Holds(log, "ann was here"));
  CHECK_FALSE(Holds(log, "spelling-of-ann"));
  CHECK(Holds(log, "cookie-of-ann"));  // another row has it
  CHECK(log.admissions()[kAccepted] == 2);
  CHECK(log.admissions()[kErased] == 1);

  const EventIndex third[] = {{2}};
  log.Forget(third, kErased);
  CHECK_FALSE(Holds(log, "cookie-of-ann"));
  CHECK_FALSE(log.identifier_values().Find("cookie-of-ann", 0));
  CHECK(Holds(log, "both said this"));
  CHECK(log.texts().text(log.attributes({1})[0].text().value) == "both said this");
  CHECK(CatalogTouchpoints(log).catalog.size() == 1);

  // The same again is new evidence.
  const Admission again = log.Append(View("id-of-ann", "cookie-of-ann", "ann was here"));
  CHECK(again.accepted());
  CHECK(again.row == EventIndex{3});
  CHECK(log.identifier_values().text(log.identifiers({3})[0].value) == "cookie-of-ann");
  CHECK(log.Append(View("id-of-ann", "cookie-of-ann", "ann was here")).status == kDuplicate);
  CHECK(log.admissions().offered() == 6);
}

TEST_CASE("with an event its duplicates and conflicts are counted as what it becomes, each for its source") {
  EventLog log;
  Event event = View("a", "m");
  const auto offer = [&](std::string_view source, std::string_view cookie) {
    event.source = source;
    event.identifiers = {{"cookie", cookie}};
    log.Append(event);
  };
  offer("x", "m");
  offer("y", "m");
  offer("z", "n");  // lost
  offer("y", "c");  // takes over: x, y lost
  offer("x", "c");
  REQUIRE(log.Append(View("other", "m")).accepted());
  CHECK(log.admissions()[kConflict] == 3);
  CHECK(log.admissions()[kDuplicate] == 1);
  const std::uint64_t offered = log.admissions().offered();
  const EventIndex rows[] = {{0}};
  const std::vector<AdmissionCounts> without = log.CountsWithout(rows, kOverBudget);
  const EventLog copy = log.Without(rows, kOverBudget);
  log.Forget(rows, kOverBudget);
  CHECK(Counts(log) == Counts(copy));
  CHECK(std::ranges::equal(without, log.admissions_by_source()));
  CHECK(Say(log) == Say(copy));
  CHECK(log.admissions().offered() == offered);
  CHECK(log.admissions()[kOverBudget] == 5);
  CHECK(log.admissions()[kAccepted] == 1);
  CHECK(log.admissions()[kConflict] == 0);
  CHECK(log.admissions()[kDuplicate] == 0);
  CHECK(Counts(log)["x"][kOverBudget] == 2);
  CHECK(Counts(log)["y"][kOverBudget] == 2);
  CHECK(Counts(log)["z"][kOverBudget] == 1);
}

TEST_CASE("a forgotten number of a source is not given out again, yet an offer of it is new") {
  for (const bool with_id_later : {false, true}) {
    EventLog log;
    for (int i = 0; i < 3; ++i) REQUIRE(log.Append(View("", "c")).accepted());
    const EventIndex rows[] = {{2}, {0}};
    log.Forget(rows, kErased);
    if (with_id_later) REQUIRE(log.Append(View("own", "c")).accepted());
    const Admission next = log.Append(View("", "c"));
    REQUIRE(next.accepted());
    CHECK(log.sequence(next.row) == 3);
    Event event = View("", "c");
    event.sequence = 1;
    CHECK(log.Append(event).status == kDuplicate);
    CHECK(log.Append(event).row == EventIndex{1});
    if (with_id_later) CHECK(log.key(rows[0]) == EventKey{});
    event.sequence = 0;
    CHECK(log.Append(event).accepted());
    CHECK(log.Append(event).status == kDuplicate);
    event.sequence = 2;
    const Admission again = log.Append(event);
    CHECK(again.accepted());
    CHECK(log.Append(event).row == again.row);
  }
}

TEST_CASE("a log without its forgotten rows says the same, and goes on as the log would") {
  for (const bool own_ids : {false, true}) {
    EventLog log;
    std::vector<EventIndex> odd;
    for (std::uint32_t i = 0; i < 20; ++i) {
      const std::string id = own_ids ? "e" + std::to_string(i) : "";
      const std::string cookie = "c" + std::to_string(i % 5);
      REQUIRE(log.Append(View(id, cookie)).accepted());
      if (i % 2 == 1) odd.push_back({i});
    }
    log.Append(View(own_ids ? "e4" : "", "c9"));
    log.Forget(odd, kErased);
    std::vector<EventIndex> new_rows;
    EventLog compact = log.WithoutForgotten(&new_rows);
    CHECK(compact.holes() == 0);
    CHECK(compact.size() == log.size() - log.holes());
    CHECK(Say(compact) == Say(log));
    CHECK(Counts(compact) == Counts(log));
    REQUIRE(new_rows.size() == log.size());
    for (std::uint32_t row = 0; row < log.size(); ++row) {
      CHECK(new_rows[row].valid() != log.forgotten({row}));
      if (new_rows[row].valid()) CHECK(compact.key(new_rows[row]) == log.key({row}));
    }
    CHECK_FALSE(Holds(compact, "c7"));
    for (const char* id : {"e1", "e2", "e21", ""}) {
      CHECK(log.Append(View(id, "c2")).status == compact.Append(View(id, "c2")).status);
    }
    CHECK(Say(compact) == Say(log));
    CHECK(Say(log.Until(AtSecond(0))) == Say(log));
  }
}

TEST_CASE("after whatever was offered and forgotten, the log says what one says that was never offered it") {
  REQUIRE(rc::check([](std::uint64_t seed) {
    test::Random random(seed);
    std::map<std::string, std::vector<Event>> offers;  // of what is not forgotten, by id
    std::vector<std::string> texts;
    for (int i = 0; i < 12; ++i) texts.push_back("text-" + std::to_string(i) + "-of-somebody");
    static const std::vector<std::string> kIds = {"e0", "e1", "e2", "e3", "e4", "e5"};
    static const std::vector<std::string> kSources = {"x", "y"};
    EventLog log;
    std::uint64_t offered = 0;
    for (int step = 0; step < 60; ++step) {
      if (random.Below(5) != 0) {
        Event event = View(random.Pick(kIds), random.Pick(texts), random.Pick(texts));
        event.source = random.Pick(kSources);
        event.sequence = random.Below(2);
        // Picked texts outlive the step: they are compared, not kept, by the log.
        const auto keep = [&](std::string_view text) {
          for (const auto* list : {&kIds, &kSources}) {
            for (const std::string& own : *list) {
              if (own == text) return std::string_view(own);
            }
          }
          for (const std::string& own : texts) {
            if (own == text) return std::string_view(own);
          }
          return text;
        };
        event.id = keep(event.id);
        event.source = keep(event.source);
        log.Append(event);
        offers[std::string(event.id)].push_back(event);
        ++offered;
        continue;
      }
      std::vector<EventIndex> rows;
      for (std::uint32_t row = 0; row < log.size(); ++row) {
        if (!log.forgotten({row}) && random.OneIn(2)) rows.push_back({row});
      }
      for (const EventIndex row : rows) {
        const auto found = std::ranges::find_if(offers, [&](const auto& entry) {
          EventLog one;
          one.Append(entry.second[0]);
          return one.key({0}) == log.key(row);
        });
        offers.erase(found);
      }
      log.Forget(rows, kErased);

      EventLog expected;
      std::uint64_t remaining = 0;
      for (const auto& [id, list] : offers) {
        for (const Event& event : list) expected.Append(event);
        remaining += list.size();
      }
      RC_ASSERT(Say(log) == Say(expected));
      AdmissionCounts counts = log.admissions();
      RC_ASSERT(counts.offered() == offered);
      RC_ASSERT(counts[kErased] == offered - remaining);
      counts[kErased] = 0;
      RC_ASSERT(counts == expected.admissions());
      const std::string said = Say(log);
      for (const std::string& text : texts) {
        RC_ASSERT(Holds(log, text) == (said.find(text) != std::string::npos));
      }
      RC_ASSERT(Say(log.WithoutForgotten()) == said);
    }
  }));
}

TEST_CASE("a consent needs somebody, and a purpose that is a text; what was never an event is malformed") {
  EventLog log;
  for (const RecordKind kind : {RecordKind::kConsent, RecordKind::kWithdraw}) {
    Event event{.time = AtSecond(0), .source = "s", .identifiers = {{"user_id", "42"}}, .kind = kind};
    const Admission plain = log.Append(event);
    CHECK(plain.accepted());
    CHECK(log.kind(plain.row) == kind);
    event.attributes = {{kPurposeKey, "analytics"}};
    CHECK(log.Append(event).accepted());
    event.attributes = {{kPurposeKey, 7}};
    CHECK(log.Append(event).field == EventField::kAttribute);
    event.attributes = {};
    event.identifiers = {};
    const Admission nobody = log.Append(event);
    CHECK(nobody.status == kMalformed);
    CHECK(nobody.field == EventField::kIdentifier);
  }
  CHECK(log.size() == 4);
  CHECK(log.events() == 0);
  Event never = View("x", "c");
  never.kind = RecordKind::kForgotten;
  CHECK(log.Append(never).status == kMalformed);
}
