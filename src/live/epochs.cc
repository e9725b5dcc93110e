#include "live/epochs.h"

#include <limits>
#include <memory>

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// The number of this thread, counted from its first use of any Epochs; spreads threads over cells and lists.
std::size_t ThreadNumber() {
  static std::atomic<std::size_t> next{1};
  constinit thread_local std::size_t number = 0;
  if (number == 0) number = next.fetch_add(1, std::memory_order_relaxed);
  return number;
}

}  // namespace

Epochs::~Epochs() {
  for (Bin& bin : bins_) {
    for (const Waiting& w : bin.waiting) w.retired.free(w.retired.owner, w.retired.object);
  }
  for (Chunk* chunk = first_.next.load(); chunk != nullptr;) {
    const std::unique_ptr<Chunk> owned(chunk);
    chunk = chunk->next.load();
  }
}

std::atomic<std::uint64_t>& Epochs::Claim() const {
  // An epoch that is old by the time it is written holds back more than it must, never less.
  const std::uint64_t epoch = epoch_.load(std::memory_order_seq_cst);
  std::atomic<std::uint64_t>& own = first_.cells[ThreadNumber() % kCells].epoch;
  std::uint64_t free = 0;
  if (own.compare_exchange_strong(free, epoch, std::memory_order_seq_cst)) return own;
  return ClaimAnywhere(epoch);
}

std::atomic<std::uint64_t>& Epochs::ClaimAnywhere(std::uint64_t epoch) const {
  for (Chunk* chunk = &first_;;) {
    for (Cell& cell : chunk->cells) {
      if (cell.epoch.load(std::memory_order_relaxed) != 0) continue;
      std::uint64_t free = 0;
      if (cell.epoch.compare_exchange_strong(free, epoch, std::memory_order_seq_cst)) return cell.epoch;
    }
    Chunk* next = chunk->next.load(std::memory_order_seq_cst);
    if (next == nullptr) {
      auto fresh = std::make_unique<Chunk>();
      std::atomic<std::uint64_t>& cell = fresh->cells[0].epoch;
      cell.store(epoch, std::memory_order_relaxed);
      if (chunk->next.compare_exchange_strong(next, fresh.get(), std::memory_order_seq_cst)) {
        static_cast<void>(fresh.release());
        return cell;
      }
    }
    chunk = next;  // somebody else's, when theirs came first
  }
}

std::uint64_t Epochs::OldestPin() const {
  std::uint64_t oldest = std::numeric_limits<std::uint64_t>::max();
  for (const Chunk* chunk = &first_; chunk != nullptr; chunk = chunk->next.load(std::memory_order_seq_cst)) {
    for (const Cell& cell : chunk->cells) {
      const std::uint64_t epoch = cell.epoch.load(std::memory_order_seq_cst);
      if (epoch != 0 && epoch < oldest) oldest = epoch;
    }
  }
  return oldest;
}

void Epochs::CollectLocked(Bin& bin) {
  bin.since_collection = 0;
  if (bin.waiting.empty()) return;
  epoch_.fetch_add(1, std::memory_order_seq_cst);
  const std::uint64_t oldest = OldestPin();
  while (!bin.waiting.empty() && bin.waiting.front().epoch < oldest) {
    const Retired retired = bin.waiting.front().retired;
    bin.waiting.pop_front();
    retired.free(retired.owner, retired.object);
    bin.bytes.fetch_sub(retired.bytes, std::memory_order_relaxed);
    bin.objects.fetch_sub(1, std::memory_order_relaxed);
  }
}

void Epochs::Retire(const Retired& retired) {
  Bin& bin = bins_[ThreadNumber() % kBins];
  bool collected = false;
  {
    const std::lock_guard lock(bin.mutex);
    bin.waiting.push_back({retired, epoch_.load(std::memory_order_seq_cst)});
    bin.bytes.fetch_add(retired.bytes, std::memory_order_relaxed);
    bin.objects.fetch_add(1, std::memory_order_relaxed);
    if (++bin.since_collection >= kBatch) {
      CollectLocked(bin);
      collected = true;
    }
  }
  // One list of the others in turn, so that nothing stays behind in that of a thread that has stopped
  // writing.
  if (!collected) return;
  Bin& other = bins_[next_bin_.fetch_add(1, std::memory_order_relaxed) % kBins];
  const std::unique_lock lock(other.mutex, std::try_to_lock);
  if (lock.owns_lock()) CollectLocked(other);
}

std::size_t Epochs::Collect() {
  for (Bin& bin : bins_) {
    const std::lock_guard lock(bin.mutex);
    CollectLocked(bin);
  }
  return retired_bytes();
}

std::size_t Epochs::retired_bytes() const {
  std::size_t bytes = 0;
  for (const Bin& bin : bins_) bytes += bin.bytes.load(std::memory_order_relaxed);
  return bytes;
}

std::size_t Epochs::retired() const {
  std::size_t objects = 0;
  for (const Bin& bin : bins_) objects += bin.objects.load(std::memory_order_relaxed);
  return objects;
}

std::size_t Epochs::reader_cells() const {
  std::size_t cells = 0;
  for (const Chunk* chunk = &first_; chunk != nullptr; chunk = chunk->next.load()) cells += kCells;
  return cells;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
