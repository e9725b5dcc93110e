#include "journey/live/facts.h"

#include <initializer_list>

#include "core/sip_hash.h"
#include "journey/core/mix.h"
#include "live/fact_maker.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// Two independent chains of mixed words; fixed, so that ids are the same everywhere.
class Digest {
 public:
  explicit Digest(std::uint64_t kind) { Add(kind); }
  Digest& Add(std::uint64_t word) {
    id_.high = Mix(id_.high ^ word) + 0x9E3779B97F4A7C15U;
    id_.low = Mix(id_.low + word * 0xD6E8FEB86659FD93U) ^ id_.high;
    return *this;
  }
  Digest& Add(EventKey key) { return Add(key.high).Add(key.low); }
  Digest& Add(std::string_view text) { return Add(FixedDigest(text)); }
  [[nodiscard]] FactId id() const { return id_; }

 private:
  FactId id_{0x6A09E667F3BCC908U, 0xBB67AE8584CAA73BU};
};

FactId JourneyIdOf(const FactSource& source, const JourneyRow& row) {
  return Digest(2).Add(row.definition.value).Add(source.KeyAt(source.journeys.events[row.begin])).id();
}

}  // namespace

Fact MakeSessionFact(const FactSource& source, EventKey customer, const SessionRow& row) {
  const EventKey first = source.KeyAt(row.begin);
  return {Digest(1).Add(first).id(), customer,
          SessionFact{.first_event = first,
                      .last_event = source.KeyAt(row.end - 1),
                      .first = row.first,
                      .last = row.last,
                      .events = row.events(),
                      .cut = row.cut != 0}};
}

Fact MakeJourneyFact(const FactSource& source, EventKey customer, const JourneyRow& row, std::size_t steps) {
  Digest content(3);
  for (std::uint32_t i = row.begin; i < row.end; ++i) content.Add(source.KeyAt(source.journeys.events[i]));
  for (std::size_t step = 0; step < steps; ++step) {
    const std::uint32_t position = source.journeys.steps[row.steps_begin + step];
    if (position == kNotReached)
      content.Add(std::uint64_t{0});
    else
      content.Add(source.KeyAt(position));
  }
  return {JourneyIdOf(source, row), customer,
          JourneyFact{.definition = row.definition,
                      .first_event = source.KeyAt(source.journeys.events[row.begin]),
                      .last_event = source.KeyAt(source.journeys.events[row.end - 1]),
                      .first = row.first,
                      .last = row.last,
                      .ended = row.outcome == Outcome::kOpen ? kMinTime : row.ended,
                      .outcome = row.outcome,
                      .events = row.events(),
                      .steps_reached = row.steps_reached,
                      .last_step = row.last_step,
                      .pauses = row.pauses,
                      .resumes_elsewhere = row.resumes_elsewhere,
                      .content = content.id()}};
}

Fact MakeFindingFact(const FactSource& source, EventKey customer, const JourneyRow& row,
                     const Finding& finding) {
  const auto label = [&](LabelId id) {
    return id.valid() ? std::string_view(source.labels[id.value]) : std::string_view();
  };
  FindingFact fact{.journey = JourneyIdOf(source, row),
                   .definition = row.definition,
                   .detector = source.detectors[finding.detector.value],
                   .kind = std::string(label(finding.kind)),
                   .reason = std::string(label(finding.reason)),
                   .channel = std::string(source.catalog.channel_text(finding.touchpoint)),
                   .name = std::string(source.catalog.name_text(finding.touchpoint)),
                   .step = finding.step,
                   .begin = finding.begin,
                   .end = finding.end,
                   .cost_events = finding.cost_events,
                   .cost_time = finding.cost_time,
                   .time = finding.time,
                   .severity = finding.severity};
  const auto key_at = [&](std::uint32_t i) { return source.KeyAt(source.journeys.events[row.begin + i]); };
  const FactId id = Digest(4)
                        .Add(fact.journey.high)
                        .Add(fact.journey.low)
                        .Add(fact.detector)
                        .Add(fact.kind)
                        .Add(fact.reason)
                        .Add(fact.channel)
                        .Add(fact.name)
                        .Add(key_at(finding.begin))
                        .Add(key_at(finding.end - 1))
                        .id();
  return {id, customer, std::move(fact)};
}

}  // namespace internal

std::vector<Fact> FactsOf(const Report& report, const EventLog& log) {
  std::vector<std::string> detectors;
  for (const DetectorInfo& detector : report.detectors) detectors.push_back(detector.name);
  const internal::FactSource source{
      log, report.touchpoints, report.timeline.events, report.journeys, report.labels, detectors};
  std::vector<Fact> facts;
  std::size_t finding = 0;
  for (std::uint32_t id = 0; id < report.customers.size(); ++id) {
    const CustomerRow& customer = report.customers[id];
    const EventKey key = source.KeyAt(report.timeline.begins[id]);
    for (std::uint32_t i = customer.sessions_begin; i < customer.sessions_end; ++i)
      facts.push_back(MakeSessionFact(source, key, report.sessions[i]));
    for (std::uint32_t i = customer.journeys_begin; i < customer.journeys_end; ++i) {
      const JourneyRow& row = report.journeys.rows[i];
      facts.push_back(MakeJourneyFact(source, key, row,
                                      report.journey_summaries[row.definition.value].counts.steps().size()));
    }
    for (; finding < report.findings.size() && report.findings[finding].journey.value < customer.journeys_end;
         ++finding) {
      const Finding& found = report.findings[finding];
      facts.push_back(MakeFindingFact(source, key, report.journeys.rows[found.journey.value], found));
    }
  }
  return facts;
}

}  // namespace v0
}  // namespace journey
