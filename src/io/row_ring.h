// RowRing: a few batches that go round between the thread that reads and the thread that takes the rows in.
//
//   reader:  fills batch() ... Hand() ... Finish()
//   taker:   while (const RowBatch* batch = ring.Next()) taker.Take(*batch);
//
// Threads: one of each kind, at the same time.
#pragma once
#include <array>
#include <condition_variable>
#include <cstddef>
#include <mutex>

#include "io/row_batch.h"

namespace journey {
inline namespace v0 {
namespace internal {

class RowRing final : public RowOutlet {
 public:
  explicit RowRing(std::size_t most_rows) : RowOutlet(most_rows) { batch_ = batches_.data(); }

  // Before the taker begins.
  void SetLists(std::span<const std::string_view> name_spaces,
                std::span<const std::string_view> keys) override {
    for (RowBatch& batch : batches_) batch.SetLists(name_spaces, keys);
  }

  // For the reader: there is nothing more to come.
  void Finish();

  // For the taker: gives the batch before back and waits for the next one; nullptr at the end.
  [[nodiscard]] const RowBatch* Next();
  // For the taker: it takes no more; the reader finds the ring stopped.
  void Stop();

 private:
  void HandOver() override;

  static constexpr std::size_t kBatches = 4;
  std::array<RowBatch, kBatches> batches_;
  std::mutex mutex_;  // for what follows
  std::condition_variable changed_;
  std::size_t handed_ = 0;    // all batches so far
  std::size_t returned_ = 0;  // of these
  bool taking_ = false;       // the first that was not returned is at the taker
  bool finished_ = false;
  bool unwanted_ = false;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
