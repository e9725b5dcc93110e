#include "io/json_fix_first.h"

#include <nlohmann/json.hpp>
#include <sstream>

#include "insight_impact/friction_world.h"
#include "journey/core/status.h"
#include "support/catch.h"

namespace journey {
namespace {

using Json = nlohmann::json;
using testing::MakeWorld;
using testing::World;

template <typename Write>
Json Written(const Write& write) {
  std::ostringstream out;
  {
    internal::JsonStreamWriter json(out);
    write(json);
  }
  return Json::parse(out.str());
}

TEST_CASE("the JSON of a ranking has every line, its sentence, and figures that reconcile") {
  const World world = MakeWorld({.customers = 600, .open_permille = 100, .drop_off_findings = true});
  const auto ranking = RankFixes(world.tables(), world.scores, {.bootstrap = {.replicates = 200}});
  REQUIRE(ranking.ok());
  const Json json = Written(
      [&](internal::JsonStreamWriter& out) { internal::WriteFixFirst(out, world.tables(), *ranking); });
  CHECK(json["journeys"]["closed"] == ranking->closed);
  const Json& lines = json["by_comparison"]["lines"];
  REQUIRE(lines.size() == ranking->by_comparison.size());
  CHECK(json["by_comparison"]["left_out"].size() == ranking->implied.size());
  std::uint64_t rank = 0;
  for (const Json& line : lines) {
    const Json& journeys = line["journeys"];
    const auto of = [&](const char* key) { return journeys[key].get<std::uint64_t>(); };
    CHECK(of("met") == of("compared") + of("open") + of("at_end") + of("no_comparable"));
    CHECK(of("in_channel") == of("met") + of("comparable") + of("other_open") + of("not_alike"));
    CHECK(!line["sentence"].get<std::string>().empty());
    if (line["standing"] != "ranked") {
      CHECK(!line.contains("more_goals_milli"));
      continue;
    }
    CHECK(line["rank"] == ++rank);
    CHECK(line["more_goals_milli"]["low"] <= line["more_goals_milli"]["high"]);
  }
  CHECK(rank > 0);
  CHECK(json["by_chain"]["lines"].size() == ranking->by_chain.size());
}

TEST_CASE("the JSON of an attribution names the rule, its parameters and each channel") {
  const std::vector<AttributionPath> paths{{.channels = {0, 1}, .conversions = 2, .losses = 1}};
  const std::vector<std::string> channels{"app", "web"};
  const AttributionOptions options{.rule = AttributionRule::kPosition, .first = 0.25, .last = 0.75};
  const auto credits = CreditChannels(2, paths, options);
  REQUIRE(credits.ok());
  const Json json = Written(
      [&](internal::JsonStreamWriter& out) { internal::WriteAttribution(out, channels, options, *credits); });
  CHECK(json["rule"] == "position");
  CHECK(json["first_ppm"] == 250'000);
  CHECK(json["channels"][0] == Json{{"channel", "app"}, {"conversions_milli", 500}, {"revenue_milli", 0}});
  CHECK(json["channels"][1]["conversions_milli"] == 1500);
}

}  // namespace
}  // namespace journey
