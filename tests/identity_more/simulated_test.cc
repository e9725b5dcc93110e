// Identity on simulated logs, where the truth is known: with devices that households share, placeholders, duplicates,
// conflicts and disorder.
#include <fmt/format.h>

#include <vector>

#include "journey/identity/agreement.h"
#include "journey/identity/identity_graph.h"
#include "simulate/simulator.h"
#include "support/catch.h"

namespace journey {
namespace {

// The person behind each accepted row, by the id of the event.
Agreement Measure(const SimulatedLog& simulated, Resolution* resolution) {
  EventLog log;
  EventBuffer buffer;
  std::vector<std::uint32_t> person;
  for (std::size_t i = 0; i < simulated.size(); ++i) {
    const std::size_t before = log.size();
    log.Append(simulated.Fill(i, buffer));
    if (log.size() != before) person.push_back(simulated.person(i));
  }
  *resolution = IdentityGraph::Build(log, {}).resolution();
  return MeasureAgreement(resolution->labels, person);
}

TEST_CASE("with shared devices and placeholders, hardly anybody is joined wrongly and hardly anybody is missed") {
  for (const std::uint32_t shared_permille : {0U, 50U, 200U}) {
    const SimulatedLog simulated = Simulate({.customers = 1000,
                                             .days = 20,
                                             .seed = 11,
                                             .shared_device_permille = shared_permille,
                                             .placeholder_permille = 30});
    Resolution resolution;
    const Agreement agreement = Measure(simulated, &resolution);
    WARN(fmt::format("{} of 1,000 households share a device: {} events, {} placeholders, {} shared keys; precision "
                     "{:.5f}, recall {:.5f}, B-cubed {:.5f} and {:.5f}",
                     shared_permille, agreement.events, resolution.placeholders, resolution.shared_keys,
                     agreement.precision(), agreement.recall(), agreement.bcubed_precision, agreement.bcubed_recall));
    CHECK(resolution.placeholders > 0);
    CHECK((resolution.shared_keys > 0) == (shared_permille > 0));
    CHECK(agreement.precision() >= 0.999);
    CHECK(agreement.recall() >= 0.98);
  }
}

}  // namespace
}  // namespace journey
