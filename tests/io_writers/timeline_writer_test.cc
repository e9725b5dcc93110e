#include "journey/io/timeline_writer.h"

#include "io_writers/support.h"
#include "journey/identity/graph_resolver.h"

namespace journey {
namespace {

using testing::Has;
using testing::RunOn;
using testing::TimelineOf;

// One customer on two devices, tied by a login on each; the second device is also another customer's.
EventLog TwoDevices() {
  EventLog log;
  std::uint64_t row = 0;
  const auto add = [&](int minute, std::string_view name, std::vector<Identifier> identifiers) {
    REQUIRE(log.Append({.time = testing::kStart + std::chrono::minutes{minute},
                        .sequence = ++row,
                        .source = "events.csv",
                        .channel = "web",
                        .name = name,
                        .identifiers = std::move(identifiers)})
                .accepted());
  };
  add(0, "view", {{"device", "d1"}});
  add(1, "login", {{"device", "d1"}, {"user_id", "42"}});
  add(2, "view", {{"device", "d1"}, {"user_id", "42"}, {"email", "null"}});
  add(100, "login", {{"device", "d2"}, {"user_id", "42"}});
  add(101, "pay", {{"user_id", "42"}});
  add(200, "view", {{"device", "d2"}, {"user_id", "77"}});
  return log;
}

TEST_CASE("the timeline tells who, why, what happened and how it ended") {
  const EventLog log = TwoDevices();
  const Report report = RunOn(log, {.journeys = {testing::Checkout()}});
  REQUIRE(report.timeline.customers() == 2);
  const std::string text = TimelineOf(report, log, CustomerId{0});
  CHECK(
      text.starts_with("CUSTOMER 0   4 identifiers, 5 events, 2 sessions, 1 journey\n"
                       "  Seen from 2024-03-13 00:00:00 to 2024-03-13 01:41:00 (all times are UTC).\n"));
  CHECK(Has(text, "  device     d1     2024-03-13 00:00  2024-03-13 00:02       3\n"));
  CHECK(Has(text, "  user_id    42     2024-03-13 00:01  2024-03-13 01:41       4\n"));
  CHECK(Has(text, "  email null is a placeholder: it names nobody and links nobody.\n"));
  CHECK(Has(text, "  device d2 is also on 1 event of 1 other customer"));
  CHECK(Has(text,
            "WHY THEY BELONG TOGETHER\n"
            "  - device d1 and user_id 42 were on one event, web/login on 2024-03-13 00:01:00\n"
            "    (events.csv row 2), the first of 2.\n"
            "  - user_id 42 and device d2 were on one event, web/login on 2024-03-13 01:40:00\n"
            "    (events.csv row 4).\n"));
  CHECK(Has(text,
            "  Session on 13 Mar 2024, 2 events in 1m, 1h 38m after the one before\n"
            "    01:40:00  web/login\n"
            "    01:41:00  web/pay    step 3 pay\n"));
  CHECK(Has(text, "    00:02:00  web/view   ! repetition (repeat)\n"));
  CHECK(Has(TimelineOf(report, log, CustomerId{0}, {.width = 200}),
            "1 pause; it reached its goal on 2024-03-13 01:41:00. 1 finding.\n"));
  CHECK(Has(text, "  2  cart  not reached\n"));
  CHECK(Has(text,
            "FINDINGS   1 finding\n"
            "  2024-03-13 00:02:00 web/view: did the same step again [repetition (repeat,\n"
            "  between); step view; 1 extra event; 1m lost]\n"));
}

TEST_CASE("an event without identifiers is told as what it is") {
  const EventLog log = testing::LogOf({{0, "", "web", "view"}});
  const std::string text = TimelineOf(RunOn(log, {.journeys = {testing::Checkout()}}), log, CustomerId{0});
  CHECK(Has(text, "None: an event without an identifier is a customer of its own.\n"));
  CHECK_FALSE(Has(text, "WHY THEY BELONG"));
}

TEST_CASE("what a resolver joined for its own reasons is not claimed to be tied by events") {
  class Everybody final : public IdentityResolver {
   public:
    [[nodiscard]] std::string_view name() const override { return "everybody"; }
    [[nodiscard]] Resolution Resolve(const EventLog& log) const override {
      return {.labels = RowTable<std::uint32_t>(log.size())};
    }
  };
  const EventLog log = testing::LogOf({{0, "a", "web", "view"}, {1, "b", "web", "view"}});
  const std::string text =
      TimelineOf(RunOn(log, {.resolver = std::make_shared<Everybody>()}), log, CustomerId{0}, {.width = 200});
  CHECK(Has(text, "No event ties the 2 groups of identifiers together; the resolver “everybody” did."));
}

TEST_CASE("of a long timeline the first events are listed and the rest is counted") {
  std::vector<testing::Entry> entries;
  for (int i = 0; i < 50; ++i) entries.push_back({i, "ann", "web", "view"});
  const EventLog log = testing::LogOf(entries);
  const std::string text = TimelineOf(RunOn(log), log, CustomerId{0}, {.max_events = 20});
  CHECK(Has(text, "… 30 more events\n"));
  CHECK(Has(text, "    00:19:00  web/view"));
  CHECK_FALSE(Has(text, "    00:20:00  web/view"));
}

}  // namespace
}  // namespace journey
