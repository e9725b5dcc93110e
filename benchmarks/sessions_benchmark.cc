// What does it cost to cut ordered timelines into sessions?
#include "support/harness.h"
#include "support/prepared.h"

namespace journey::bench {
namespace {

RowTable<SessionRow> OurSessions(const Prepared& input) {
  RowTable<SessionRow> sessions;
  for (std::uint32_t customer = 0; customer < input.timelines.customers(); ++customer) {
    Sessionize({customer}, input.timelines.of({customer}), input.timelines.begins[customer], {}, sessions);
  }
  return sessions;
}

bool SameSessions(const RowTable<SessionRow>& ours, const std::vector<NaiveSession>& naive, const Prepared&) {
  return std::ranges::equal(ours, naive, [](const SessionRow& row, const NaiveSession& session) {
    return row.events() == session.size() &&
           row.first.time_since_epoch().count() == session.front()->time_us &&
           row.last.time_since_epoch().count() == session.back()->time_us;
  });
}

}  // namespace

void RegisterBenchmarks(const Plan& plan) {
  for (const std::size_t events : plan.sizes) {
    const bool with_naive = events <= plan.naive_up_to;
    AddPair(
        plan, "Sessionize", events, [=]() -> const Prepared& { return PreparedOf(events, with_naive); },
        OurSessions, [](const Prepared& input) { return NaiveSessions(input.naive->timelines); },
        SameSessions,
        [](benchmark::State& state, const Prepared& input) {
          state.counters["sessions"] = static_cast<double>(OurSessions(input).size());
        });
  }
}

}  // namespace journey::bench
