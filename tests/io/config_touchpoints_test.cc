#include "io/config_touchpoints.h"

#include "journey/core/status.h"
#include "journey/io/config.h"
#include "support/catch.h"

namespace journey {
namespace {

std::string ErrorOfTouchpoints(std::string_view touchpoints) {
  const auto config = ParseConfig("{\"touchpoints\": " + std::string(touchpoints) + "}", "j.json");
  return config.ok() ? "" : std::string(MessageOf(config.status()));
}

TEST_CASE("the catalogue of touchpoints is read from the configuration, in its order") {
  const auto config = ParseConfig(R"({"touchpoints": [
      {"channels": ["web", "app"], "events": "payment", "owner": "Payments", "stage": "checkout", "expected": "2m"},
      {"channels": "phone", "stage": "support"}]})",
                                  "j.json");
  REQUIRE(config.ok());
  REQUIRE(config->touchpoints.size() == 2);
  const TouchpointEntry& first = config->touchpoints[0];
  CHECK(std::vector<std::string>(first.events.begin(), first.events.end()) ==
        std::vector<std::string>{"payment"});
  CHECK(std::vector<std::string>(first.channels.begin(), first.channels.end()) ==
        std::vector<std::string>{"web", "app"});
  CHECK(first.owner == "Payments");
  CHECK(first.stage == "checkout");
  CHECK(first.expected == Duration{std::chrono::minutes{2}});
  CHECK(config->touchpoints[1].owner.empty());
  CHECK_FALSE(config->touchpoints[1].expected.has_value());
  CHECK(ValidateEntries(config->touchpoints).ok());
}

TEST_CASE("an entry of the catalogue that says nothing, or of nothing, is an error that names its place") {
  CHECK(ErrorOfTouchpoints(R"([{"owner": "A"}])").starts_with("j.json: touchpoints[0]: "));
  CHECK(ErrorOfTouchpoints(R"([{"events": "a"}])").starts_with("j.json: touchpoints[0]: "));
  CHECK(ErrorOfTouchpoints(R"([{"events": "a", "owner": "A", "expected": "0m"}])").find("expected") !=
        std::string::npos);
  CHECK(ErrorOfTouchpoints(R"([{"events": "a", "ower": "A"}])").find("did you mean \"owner\"?") !=
        std::string::npos);
  CHECK_FALSE(ErrorOfTouchpoints(R"({"events": "a"})").empty());
  CHECK(ErrorOfTouchpoints("[]").empty());
}

}  // namespace
}  // namespace journey
