// What a log remembers of identifiers that came lately must show in nothing but time: not where several are looked for at
// once, not where they are refused, nor after they were forgotten.
#include <map>
#include <string>
#include <vector>

#include "events/one_event.h"
#include "journey/events/event_log.h"
#include "support/catch.h"
#include "support/worlds.h"

using namespace journey;  // NOLINT
using enum journey::AdmissionStatus;
using test::At;
using test::Random;

namespace {

constexpr std::size_t kMostBytes = 48;

// Few texts that come again and again: short and long ones, such as differ in the middle alone, and such as are refused.
std::vector<std::string> Texts(Random& random) {
  std::vector<std::string> texts = {"7",
                                    "00000000-0000-4000-8000-00000000000a",
                                    "\xC3",
                                    std::string(30, 'x') + "\xFF",
                                    std::string(40, 'y') + "\xFF",
                                    std::string(kMostBytes + 1, 'z')};
  for (int i = 0; i < 20; ++i) {
    const std::string middle = std::to_string(random.Below(1000));
    texts.push_back("c" + middle);
    texts.push_back("sixteen bytes and" + middle + "sixteen bytes and");
    texts.push_back("sixteen bytes an" + middle + "ixteen bytes an");
  }
  return texts;
}

bool IsRefused(std::string_view text) {
  return text.size() > kMostBytes || text.find('\xFF') != text.npos || text == "\xC3";
}

using Named = std::pair<std::string, std::string>;

std::vector<Named> IdentifiersOf(const EventLog& log, EventIndex row) {
  std::vector<Named> named;
  for (const IdentifierId id : log.identifiers(row)) {
    named.emplace_back(log.namespaces().text(log.identifier_values().tag(id.value)),
                       log.identifier_values().text(id.value));
  }
  std::ranges::sort(named);
  return named;
}

void CheckWorld(std::uint64_t seed) {
  Random random(seed);
  const std::vector<std::string> texts = Texts(random);
  static constexpr std::string_view kNamespaces[] = {"cookie", "user_id", "device"};
  EventLog log({.max_identifier_bytes = kMostBytes});
  std::vector<std::vector<Named>> kept;  // by row
  std::map<Named, std::uint32_t> ids;
  for (int span = 0; span < 12; ++span) {
    const std::size_t sizes[] = {1, 1, 5, 40, 130, 300};
    const std::size_t size = sizes[random.Below(6)];
    const std::size_t few = 1 + random.Below(texts.size());  // a visit has few, a crowd many
    std::vector<std::string> spelt;                          // which the log must not look at afterwards
    spelt.reserve(3 * size);
    std::vector<Event> events(size);
    for (Event& event : events) {
      event = {.time = At(static_cast<std::int64_t>(random.Below(1000))),
               .source = "s",
               .channel = "web",
               .name = "view"};
      for (const std::string_view name_space : kNamespaces) {
        if (random.OneIn(2)) continue;
        spelt.push_back(texts[random.Below(few)]);
        event.identifiers.push_back({name_space, spelt.back()});
      }
    }
    std::vector<Admission> answers(size);
    if (size == 1)
      answers[0] = log.Append(events[0]);
    else
      log.Append(std::span<const Event>(events), answers);
    for (std::size_t i = 0; i < size; ++i) {
      std::vector<Named> named;
      bool refused = false;
      for (const Identifier& one : events[i].identifiers) {
        named.emplace_back(one.name_space, one.value);
        refused |= IsRefused(one.value);
      }
      std::ranges::sort(named);
      REQUIRE(answers[i].accepted() == !refused);
      if (!refused) kept.push_back(named);
    }
    for (std::string& text : spelt) std::ranges::fill(text, '#');
  }
  REQUIRE(log.size() == kept.size());
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    REQUIRE(IdentifiersOf(log, {row}) == kept[row]);
    for (const IdentifierId id : log.identifiers({row})) {
      const auto tag = log.identifier_values().tag(id.value);
      const Named named(log.namespaces().text(tag), log.identifier_values().text(id.value));
      REQUIRE(ids.try_emplace(named, id.value).first->second == id.value);  // each has one id
    }
  }
  REQUIRE(ids.size() == log.identifier_values().size());
}

}  // namespace

TEST_CASE("identifiers that come again are the same, in spans of any size, whatever else comes with them") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) CheckWorld(seed);
}

TEST_CASE("an identifier that was forgotten is another one when it comes again, alone and in spans") {
  const std::size_t size = GENERATE(std::size_t{1}, std::size_t{50}, std::size_t{200});
  const std::string value = GENERATE(std::string("c1"), std::string("17"), std::string(40, 'l'));
  EventLog log;
  const auto append = [&] {
    std::vector<Event> events(size);
    for (Event& event : events)
      event = {
          .time = At(0), .source = "s", .channel = "web", .name = "view", .identifiers = {{"cookie", value}}};
    if (size == 1) {
      log.Append(events[0]);
      log.Append(events[0]);
    } else {
      log.Append(std::span<const Event>(events));
    }
  };
  append();
  const IdentifierId first = log.identifiers({0})[0];
  std::vector<EventIndex> rows;
  for (std::uint32_t row = 0; row < log.size(); ++row) rows.push_back({row});
  log.Forget(rows, kErased);
  REQUIRE(!log.identifier_values().MemoryHolds(value));
  append();
  for (auto row = static_cast<std::uint32_t>(rows.size()); row < log.size(); ++row) {
    REQUIRE(log.identifiers({row}).size() == 1);
    REQUIRE(log.identifiers({row})[0] != first);
    REQUIRE(log.identifier_values().text(log.identifiers({row})[0].value) == value);
  }
}

TEST_CASE("a number that was forgotten is another identifier when it comes again in columns") {
  const std::size_t rows = GENERATE(std::size_t{300}, std::size_t{3'000});
  const std::vector<TimePoint> times(rows, At(0));
  const std::vector<std::string_view> names(rows, "view");
  const std::vector<std::uint64_t> numbers(rows, 4'711);
  const IdentifierColumn identifiers[] = {{.name_space = "user_id", .numbers = numbers}};
  EventLog log;
  const auto append = [&] {
    log.Append(
        {.source = "s", .times = times, .channels = names, .names = names, .identifiers = identifiers});
  };
  append();
  append();
  const IdentifierId first = log.identifiers({0})[0];
  std::vector<EventIndex> all;
  for (std::uint32_t row = 0; row < log.size(); ++row) all.push_back({row});
  log.Forget(all, kErased);
  append();
  for (auto row = static_cast<std::uint32_t>(all.size()); row < log.size(); ++row) {
    REQUIRE(log.identifiers({row}).size() == 1);
    REQUIRE(log.identifiers({row})[0] != first);
    REQUIRE(log.identifier_values().text(log.identifiers({row})[0].value) == "4711");
  }
}
