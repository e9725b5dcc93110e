// CustomerPass: sessions, journeys, findings and measures of a run of customers. A run of the pipeline gives each
// thread a contiguous range of customers and joins the passes in the order of the ranges, so that the tables are the
// same whatever the ranges were.
#pragma once
#include <cstdint>
#include <vector>

#include "journey/friction/detector.h"
#include "journey/friction/log_measures.h"
#include "journey/identity/timelines.h"
#include "journey/journeys/scratch.h"
#include "journey/pipeline/report.h"
#include "pipeline/customer_measures.h"
#include "pipeline/derive_customer.h"
#include "pipeline/friction_counts.h"
#include "pipeline/session_counts.h"

namespace journey {
inline namespace v0 {
namespace internal {

// Derives all customers of report.timeline and fills the report's tables and measures, on `threads` threads.
// Requires: the report's timeline, touchpoints and detectors are there, and `input` is about them.
// Errors:   hands on what a detector throws.
void RunCustomers(const DeriveInput& input, unsigned threads, Report& report);

class CustomerPass {
 public:
  // `all`: the first of several, to whose tables those of the others are joined.
  CustomerPass(const DeriveInput& input, const Timelines& timelines, bool all);
  CustomerPass(const CustomerPass&) = delete;
  CustomerPass& operator=(const CustomerPass&) = delete;

  // Customers [begin, end). Requires: called once.
  void Run(std::uint32_t begin, std::uint32_t end);

 private:
  friend class PassJoin;
  void RunCustomer(CustomerId customer);
  void MakeRoom(std::uint64_t done, std::uint64_t all);

  const DeriveInput& input_;
  const Timelines& timelines_;
  const bool all_;
  JourneyScratch scratch_;
  JourneyTable journeys_;
  const JourneyContext context_;
  RowTable<CustomerRow> customers_;
  RowTable<SessionRow> sessions_;
  FindingSink sink_;
  RowTable<Finding> findings_;  // the sink's, afterwards
  CustomerMeasures measures_;
  FrictionCounts friction_;
  SessionCounts session_counts_;
};

// A pass that detectors learn from: it measures the journeys and keeps none.
class LearningPass {
 public:
  LearningPass(const DeriveInput& input, const Timelines& timelines)
      : input_(input), timelines_(timelines), measures_(input.catalog, input.options.journeys) {}

  // Customers [begin, end).
  void Run(std::uint32_t begin, std::uint32_t end);
  [[nodiscard]] LogMeasures& measures() { return measures_; }

 private:
  const DeriveInput& input_;
  const Timelines& timelines_;
  LogMeasures measures_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
