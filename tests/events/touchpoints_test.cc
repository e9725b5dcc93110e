#include "journey/events/touchpoints.h"

#include <algorithm>
#include <iterator>
#include <span>

#include "support/catch.h"
#include "support/worlds.h"

using namespace journey;  // NOLINT
using test::kStart;
using test::Offer;

TEST_CASE("a catalogue is in the order of texts, whatever the order of arrival") {
  const auto offer = [](const char* channel, const char* name) {
    return Offer{
        .time = kStart, .source = "", .channel = channel, .name = name, .identifiers = {}, .attributes = {}};
  };
  const EventLog log =
      test::LogOf({offer("web", "view"), offer("app", "pay"), offer("web", "pay"), offer("web", "view")});
  const CanonicalTouchpoints result = CatalogTouchpoints(log);
  CHECK(result.catalog.channels == std::vector<std::string>{"app", "web"});
  CHECK(result.catalog.names == std::vector<std::string>{"pay", "view"});
  REQUIRE(result.catalog.size() == 3);
  std::vector<std::string> texts;
  for (std::uint32_t id = 0; id < 3; ++id) {
    texts.push_back(std::string(result.catalog.channel_text({id})) + "/" +
                    std::string(result.catalog.name_text({id})));
  }
  CHECK(texts == std::vector<std::string>{"app/pay", "web/pay", "web/view"});
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    const Touchpoint in_log = log.touchpoints()[log.touchpoint({row}).value];
    const TouchpointId id = result.of_log[log.touchpoint({row}).value];
    CHECK(result.catalog.channel_text(id) == log.channels().text(in_log.channel.value));
    CHECK(result.catalog.name_text(id) == log.names().text(in_log.name.value));
  }
}

// Their first and last eight bytes are the same, and so are their lengths.
TEST_CASE("touchpoints that look alike are told apart, however often and however they come") {
  const std::string texts[] = {"the same begin 1 and the same end", "the same begin 2 and the same end",
                               "web", "wob", ""};
  constexpr TimePoint kSomeTime = kMinTime + std::chrono::hours{1};
  std::vector<Event> events;
  for (int round = 0; round < 300; ++round) {
    for (const std::string& channel : texts) {
      for (const std::string& name : texts)
        events.push_back({.time = kSomeTime, .sequence = events.size(), .channel = channel, .name = name});
    }
    // A correction has no place to be at, and may come between events that have one.
    events.push_back({.time = kSomeTime,
                      .sequence = events.size(),
                      .identifiers = {{"a", "1"}, {"a", "2"}},
                      .kind = RecordKind::kUnlink});
  }
  EventLog one_by_one, together;
  const auto require_right = [&](const EventLog& log) {
    REQUIRE(log.touchpoints().size() == 16);
    for (std::uint32_t row = 0; row < log.size(); ++row) {
      const Event& event = events[log.sequence({row})];
      const TouchpointId id = log.touchpoint({row});
      const bool right =
          event.kind == RecordKind::kUnlink
              ? !id.valid()
              : log.channels().text(log.touchpoints()[id.value].channel.value) == event.channel &&
                    log.names().text(log.touchpoints()[id.value].name.value) == event.name;
      if (!right) FAIL("row " << row);
    }
  };
  for (const Event& event : events) {
    const AdmissionStatus status = one_by_one.Append(event).status;
    const bool whole = event.kind == RecordKind::kUnlink || (!event.channel.empty() && !event.name.empty());
    if (status != (whole ? AdmissionStatus::kAccepted : AdmissionStatus::kMalformed)) FAIL("status");
  }
  require_right(one_by_one);
  std::vector<Event> plain;
  std::ranges::copy_if(events, std::back_inserter(plain),
                       [](const Event& event) { return event.kind == RecordKind::kEvent; });
  for (const std::span<const Event> some :
       {std::span<const Event>(plain).first(300), std::span<const Event>(plain).subspan(300)})
    together.Append(some);
  require_right(together);
  REQUIRE(together.size() == plain.size() * 16 / 25);
}

// Far more than are remembered: of many that share a place either the channel or the name is the same.
TEST_CASE("of more touchpoints than are remembered each is what it says") {
  std::vector<std::string> texts;
  for (std::uint32_t i = 0; i < 45; ++i)
    texts.push_back(std::to_string(i * 2'654'435'761U >> i % 16) + "." + std::to_string(i));
  std::vector<Event> events;
  for (int round = 0; round < 3; ++round) {
    for (const std::string& channel : texts) {
      for (const std::string& name : texts)
        events.push_back({.time = kMinTime, .sequence = events.size(), .channel = channel, .name = name});
    }
  }
  EventLog one_by_one, together;
  for (const Event& event : events) one_by_one.Append(event);
  together.Append(std::span<const Event>(events));
  for (const EventLog* const log : {&one_by_one, &together}) {
    REQUIRE(log->size() == events.size());
    REQUIRE(log->touchpoints().size() == texts.size() * texts.size());
    for (std::uint32_t row = 0; row < log->size(); ++row) {
      const Touchpoint touchpoint = log->touchpoints()[log->touchpoint({row}).value];
      if (log->channels().text(touchpoint.channel.value) != events[row].channel ||
          log->names().text(touchpoint.name.value) != events[row].name)
        FAIL("row " << row);
    }
  }
}

TEST_CASE("a touchpoint is in the catalogue however late it comes for the first time") {
  EventLog log;
  for (int i = 0; i < 500; ++i) log.Append({.time = kMinTime, .source = "s", .channel = "web", .name = "view"});
  log.Append({.time = kMinTime, .source = "s", .channel = "app", .name = "pay"});
  CHECK(CatalogTouchpoints(log).catalog.size() == 2);
}

TEST_CASE("what only a losing offer used is not in the catalogue") {
  const Offer loser{.time = kStart,
                    .id = "e",
                    .source = "",
                    .channel = "web",
                    .name = "z",
                    .identifiers = {},
                    .attributes = {}};
  Offer winner = loser;
  winner.channel = "app";
  winner.name = "a";
  const CanonicalTouchpoints result = CatalogTouchpoints(test::LogOf({loser, winner}));
  CHECK(result.catalog.channels == std::vector<std::string>{"app"});
  CHECK(result.catalog.names == std::vector<std::string>{"a"});
  CHECK(result.catalog.size() == 1);
  CHECK_FALSE(result.of_log[0].valid());
}

TEST_CASE("an empty log has an empty catalogue") {
  CHECK(CatalogTouchpoints(EventLog()).catalog.size() == 0);
}
