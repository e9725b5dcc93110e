#include "journey/events/touchpoints.h"

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
