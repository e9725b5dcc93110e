#include "io/row_ring.h"

namespace journey {
inline namespace v0 {
namespace internal {

void RowRing::HandOver() {
  std::unique_lock lock(mutex_);
  ++handed_;
  changed_.notify_one();
  changed_.wait(lock, [this] { return handed_ - returned_ < kBatches || unwanted_; });
  stopped_ = unwanted_;
  if (stopped_) return;
  batch_ = &batches_[handed_ % kBatches];
  lock.unlock();
  batch_->Clear();
}

void RowRing::Finish() {
  const std::lock_guard lock(mutex_);
  finished_ = true;
  changed_.notify_one();
}

const RowBatch* RowRing::Next() {
  std::unique_lock lock(mutex_);
  if (taking_) {
    ++returned_;
    taking_ = false;
    changed_.notify_one();
  }
  changed_.wait(lock, [this] { return handed_ != returned_ || finished_; });
  if (handed_ == returned_) return nullptr;
  taking_ = true;
  return &batches_[returned_ % kBatches];
}

void RowRing::Stop() {
  const std::lock_guard lock(mutex_);
  unwanted_ = true;
  changed_.notify_one();
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
