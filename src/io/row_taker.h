// RowTaker: takes the rows of batches into a log or an engine, and keeps the report: the counts, and what was wrong with
// the first rows that were not accepted, in the input's order.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "io/row_batch.h"
#include "journey/io/reader.h"

namespace journey {
inline namespace v0 {
namespace internal {

// Who takes the events: a log, or an engine.
class EventSink {
 public:
  virtual ~EventSink() = default;
  // Events [begin, end) of the batch. Requires: as many answers.
  virtual void Take(const RowBatch& batch, std::size_t begin, std::size_t end,
                    std::span<Admission> answers) = 0;
  virtual void Reject(std::string_view source, AdmissionStatus status) = 0;
};

class RowTaker {
 public:
  // Lifetime: the sink and the report outlive the taker. Requires: the map and the source of the report are set.
  RowTaker(EventSink& sink, std::size_t max_problems,
           std::function<void(std::uint64_t, std::uint64_t)> progress, ReadReport& report)
      : sink_(sink), max_problems_(max_problems), progress_(std::move(progress)), report_(report) {}

  void Take(const RowBatch& batch);

 private:
  void TakeEvents(const RowBatch& batch, std::size_t begin, std::size_t end);
  void Note(std::uint64_t line, AdmissionStatus status, std::string_view field, std::string_view found,
            std::string_view expected);
  void NoteAdmission(std::uint64_t line, const Event& event, const Admission& admission);
  [[nodiscard]] std::string_view NameOfField(EventField field) const;

  EventSink& sink_;
  std::size_t max_problems_;
  std::function<void(std::uint64_t, std::uint64_t)> progress_;
  ReadReport& report_;
  std::vector<Admission> answers_;
  Event event_;  // what was wrong with it is noted
};

// Takes each batch at once, on the thread that reads.
class DirectOutlet final : public RowOutlet {
 public:
  // Lifetime: the taker outlives the outlet.
  DirectOutlet(RowTaker& taker, std::size_t most_rows) : RowOutlet(most_rows), taker_(taker) {
    batch_ = &own_;
  }
  void SetLists(std::span<const std::string_view> name_spaces,
                std::span<const std::string_view> keys) override {
    own_.SetLists(name_spaces, keys);
  }

 private:
  void HandOver() override {
    taker_.Take(own_);
    own_.Clear();
  }

  RowTaker& taker_;
  RowBatch own_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
