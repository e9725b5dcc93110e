// Law 1 to 4 and 10 on small dirty worlds: the pipeline against its obvious twin.
#include "support/oracle.h"
#include "support/catch.h"
#include "support/dump.h"
#include "support/worlds.h"

#include "journey/core/status.h"
#include "journey/identity/key_resolver.h"
#include "journey/pipeline/pipeline.h"

using namespace test;  // NOLINT

TEST_CASE("a run over a small dirty world finds what the obvious twin finds") {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    const std::vector<Offer> world = World(seed, {.offers = 40});
    journey::PipelineOptions options = WorldOptions(seed);
    options.resolver = std::make_shared<journey::KeyResolver>("cookie");
    const auto pipeline = journey::Pipeline::Create(options);
    REQUIRE(pipeline.ok());
    const std::string fast = Dump(pipeline->Run(LogOf(world)));
    const std::string slow = TextOf(OracleReport(world, options, "cookie"));
    INFO("seed " << seed << ": " << FirstDifference(fast, slow));
    REQUIRE(fast == slow);
  }
}
