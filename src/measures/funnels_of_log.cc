#include "journey/measures/funnels_of_log.h"

#include <algorithm>
#include <utility>

#include "measures/customer_threads.h"

namespace journey {
inline namespace v0 {

StatusOr<std::vector<FunnelResult>> FunnelsOf(const FunnelInput& input,
                                              std::span<const FunnelDefinition> definitions,
                                              unsigned threads) {
  bool by_session = false;
  for (const FunnelDefinition& definition : definitions) {
    if (Status status = definition.Validate(); !status.ok()) return status;
    by_session |= definition.rules.counting == FunnelCounting::kSessions;
  }
  if (Status status = input.sessions.Validate(); by_session && !status.ok()) return status;

  const FunnelTracer tracer(input.log, input.catalog, definitions);
  const std::vector<std::uint32_t> cuts = internal::CutCustomers(input.begins, threads);
  std::vector<std::vector<Funnel>> parts(cuts.size() - 1);
  internal::RunParts(parts.size(), [&](std::size_t part) {
    FunnelTracer own = tracer.Fork();
    for (const FunnelDefinition& definition : definitions) parts[part].emplace_back(definition.steps.size());
    RowTable<SessionRow> sessions;
    for (std::uint32_t customer = cuts[part]; customer < cuts[part + 1]; ++customer) {
      const std::uint32_t begin = input.begins[customer];
      const auto events = input.timeline.subspan(begin, input.begins[customer + 1] - begin);
      sessions.clear();
      if (by_session) Sessionize({customer}, events, begin, input.sessions, sessions);
      for (std::size_t i = 0; i < definitions.size(); ++i) {
        parts[part][i].Add({customer}, own.Trace(i, events, begin, sessions));
      }
    }
  });
  std::vector<FunnelResult> results;
  for (std::size_t i = 0; i < definitions.size(); ++i) {
    Funnel funnel = std::move(parts[0][i]);
    for (std::size_t part = 1; part < parts.size(); ++part) funnel.Merge(parts[part][i]);
    results.push_back({definitions[i], std::move(funnel)});
  }
  return results;
}

}  // namespace v0
}  // namespace journey
