#include "journey/journeys/definition.h"

#include "journey/core/status.h"
#include "support/catch.h"

using namespace journey;               // NOLINT
using namespace std::chrono_literals;  // NOLINT

namespace {

JourneyDefinition Good() {
  return {.name = "buy", .steps = {{"view", {"view"}}, {"pay", {"pay"}}}};
}

// The message, which must name all of these.
void CheckWrong(const JourneyDefinition& definition, std::initializer_list<const char*> named) {
  const Status status = definition.Validate();
  CHECK(status.code() == absl::StatusCode::kInvalidArgument);
  for (const char* text : named) {
    INFO(MessageOf(status) << " has no " << text);
    CHECK(MessageOf(status).find(text) != std::string::npos);
  }
}

}  // namespace

TEST_CASE("a definition with a name, steps with names and matchers, and limits is valid") {
  CHECK(Good().Validate().ok());
  JourneyDefinition definition = Good();
  definition.goal = {"bought"};
  definition.steps[1].optional = true;
  definition.steps[1].within = 1us;
  definition.window = kForever;
  CHECK(definition.Validate().ok());
}

TEST_CASE("what is wrong with a definition is named with its place, what was found and what is allowed") {
  JourneyDefinition definition = Good();
  definition.name = "";
  CheckWrong(definition, {"name"});
  definition = Good();
  definition.steps.clear();
  CheckWrong(definition, {"\"buy\"", "steps", "0", "1 to 56"});
  definition = Good();
  for (std::size_t i = 2; i <= kMaxSteps; ++i) definition.steps.push_back({"s" + std::to_string(i), {"x"}});
  CheckWrong(definition, {"steps", "57", "1 to 56"});
  definition = Good();
  definition.steps[1].name = "";
  CheckWrong(definition, {"steps[1].name"});
  definition = Good();
  definition.steps[1].name = "view";
  CheckWrong(definition, {"steps[1].name", "\"view\""});
  definition = Good();
  definition.steps[1].match = {};
  CheckWrong(definition, {"steps[1]", "matches nothing"});
  definition = Good();
  definition.steps[0].optional = true;
  CheckWrong(definition, {"steps[0].optional"});
  definition = Good();
  definition.steps[1].optional = true;
  CheckWrong(definition, {"steps[1].optional", "goal"});
  for (const Duration wrong : {Duration{0}, Duration{-1s}, kForever + 1us}) {
    definition = Good();
    definition.steps[1].within = wrong;
    CheckWrong(definition, {"steps[1].within"});
    definition = Good();
    definition.window = wrong;
    CheckWrong(definition, {"window"});
    definition = Good();
    definition.abandon_after = wrong;
    CheckWrong(definition, {"abandon_after"});
  }
}

TEST_CASE("limits as long as time itself end nothing") {
  JourneyDefinition definition = Good();
  definition.abandon_after = kForever;
  definition.window = kForever;
  definition.steps[1].within = kForever;
  CHECK(definition.Validate().ok());
}
