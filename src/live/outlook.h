// Outlook: what usually happens next, as counts over all customers' journeys: which touchpoint follows which, and how
// many of the journeys that reached a step were lost. What a reader is told beside the customer's own context.
//
// Add and Remove take a journey in and out again; an Outlook is a sum, so that one per shard can be merged.
#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "journey/journeys/builder.h"
#include "journey/live/context.h"
#include "journey/pipeline/options.h"

namespace journey {
inline namespace v0 {
namespace internal {

class Outlook {
 public:
  explicit Outlook(const PipelineOptions& options);
  ~Outlook();
  Outlook(Outlook&&) noexcept;

  void Add(const JourneyTable& table, const JourneyRow& row, std::span<const EventRow> timeline) {
    Count(table, row, timeline, 1);
  }
  void Remove(const JourneyTable& table, const JourneyRow& row, std::span<const EventRow> timeline) {
    Count(table, row, timeline, -1);
  }
  void Merge(const Outlook& other);

  // Where an open journey's risk, and the likely next touchpoints after a touchpoint, stand in Sections().
  [[nodiscard]] std::uint32_t RiskSection(const JourneyRow& row) const {
    return risk_begins_[row.definition.value] + row.last_step;
  }
  [[nodiscard]] std::uint32_t NextSection(TouchpointId last) const {
    return static_cast<std::uint32_t>(ends_.size()) + last.value;
  }
  // The sections of the outlook of a hand-over record. Order of what is likely: by count, then text.
  [[nodiscard]] std::vector<std::vector<std::byte>> Sections(const TouchpointCatalog& catalog) const;

 private:
  struct Pairs;
  // Journeys that ended with this step as the last one reached.
  struct Ends {
    std::int64_t achieved = 0;
    std::int64_t lost = 0;
  };
  void Count(const JourneyTable& table, const JourneyRow& row, std::span<const EventRow> timeline,
             std::int64_t by);

  std::vector<std::uint32_t> risk_begins_;  // by definition, and the end: its steps in ends_
  std::vector<Ends> ends_;
  std::unique_ptr<Pairs> pairs_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
