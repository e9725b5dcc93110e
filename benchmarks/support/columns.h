// The events of a workload as columns of text, or of numbers: what a host has whose data are in a table.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "journey/events/event_log.h"
#include "support/workload.h"

namespace journey::bench {

// Without attributes, which columns do not hold. Lifetime: refers to the workload.
class WorkloadColumns {
 public:
  explicit WorkloadColumns(const Workload& workload);

  [[nodiscard]] EventLog AppendTexts(unsigned threads) const;
  [[nodiscard]] EventLog AppendNumbers(unsigned threads) const;
  // The same, event by event.
  [[nodiscard]] EventLog AppendEvents() const;
  [[nodiscard]] std::size_t size() const { return times_.size(); }

 private:
  struct List {
    std::string_view name_space;
    std::vector<std::string_view> texts;
    std::vector<std::uint64_t> numbers;
  };

  std::string_view source_;
  std::vector<TimePoint> times_;
  std::vector<std::uint64_t> sequences_;
  std::vector<std::string_view> channels_, names_;
  std::vector<TouchpointId> touchpoints_;
  std::vector<std::pair<std::string_view, std::string_view>> touchpoint_texts_;  // by number
  std::vector<List> lists_;
};

// Of the workload with these options. The one that was asked for last is kept.
const WorkloadColumns& ColumnsOf(const WorkloadOptions& options);

}  // namespace journey::bench
