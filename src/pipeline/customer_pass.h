// CustomerPass: sessions, journeys, findings and measures of a run of customers. A run of the pipeline gives each
// thread a contiguous range of customers and joins the passes in the order of the ranges, so that the tables are the
// same whatever the ranges were.
#pragma once
#include <cstdint>
#include <vector>

#include "journey/friction/detector.h"
#include "journey/friction/log_measures.h"
#include "journey/identity/timelines.h"
#include "journey/pipeline/report.h"
#include "pipeline/customer_measures.h"
#include "pipeline/derive_customer.h"

namespace journey {
inline namespace v0 {
namespace internal {

class CustomerPass {
 public:
  CustomerPass(const DeriveInput& input, const Timelines& timelines);

  // Customers [begin, end). Requires: called once.
  void Run(std::uint32_t begin, std::uint32_t end);

  // Appends the tables of this pass to the report's, and adds its measures to `total`'s.
  void AppendTo(Report& report, CustomerPass& total);
  [[nodiscard]] const CustomerMeasures& measures() const { return measures_; }

 private:
  void RunCustomer(CustomerId customer);

  const DeriveInput& input_;
  const Timelines& timelines_;
  std::vector<CustomerRow> customers_;
  std::vector<SessionRow> sessions_;
  JourneyTable journeys_;
  FindingSink sink_;
  CustomerMeasures measures_;
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
