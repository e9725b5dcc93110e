// Findings added up by detector, kind and touchpoint, in texts, as the naive contenders do.
#pragma once
#include <span>

#include "journey/friction/finding.h"
#include "support/prepared.h"

namespace journey::bench {

// `detector_name` and `label` give the texts of a DetectorId and of a LabelId.
template <typename DetectorName, typename Label>
NaiveFriction TotalsOf(std::span<const Finding> findings, const TouchpointCatalog& catalog,
                       const DetectorName& detector_name, const Label& label) {
  NaiveFriction totals;
  for (const Finding& finding : findings) {
    NaiveCost& cost = totals[{std::string(detector_name(finding.detector)), std::string(label(finding.kind)),
                              TextOf(catalog, finding.touchpoint)}];
    ++cost.findings;
    cost.events += finding.cost_events;
    cost.time_us += finding.cost_time.count();
  }
  return totals;
}

}  // namespace journey::bench
