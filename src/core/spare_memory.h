// SpareMemory: large pieces of memory that somebody is done with, kept for whoever asks next. journey/core/memory.h says
// why, how much, and for how long.
//
// Two kinds are kept apart. A place is many addresses of which the first `touched` bytes have had memory, for a column to
// grow in. A block is whole huge pages; one that is too large is cut, and neighbours become one again.
//
// Threads: thread-safe.
// Cost:    linear in the pieces that are kept, of which there are at most a few hundred: the smallest is a huge page.
#pragma once
#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <vector>

#include "journey/core/memory.h"

namespace journey {
inline namespace v0 {
namespace internal {

// Addresses from base on, `reserved` of them; from data on, `touched` bytes have been written to or not.
struct ReservedPlace {
  std::byte* base = nullptr;
  std::byte* data = nullptr;
  std::size_t reserved = 0;
  std::size_t touched = 0;
};

class SpareMemory {
 public:
  using Clock = std::chrono::steady_clock;

  explicit SpareMemory(Clock::duration kept_for = std::chrono::seconds{10}) : kept_for_(kept_for) {}
  SpareMemory(const SpareMemory&) = delete;
  SpareMemory& operator=(const SpareMemory&) = delete;
  ~SpareMemory() { ReleaseAll(); }
  // That of the process; it lives until the end.
  static SpareMemory& Instance();

  // A place that has had about as much memory as is wanted, or none: one that has had far more would keep it resident for
  // nothing. What is in it is anything.
  [[nodiscard]] std::optional<ReservedPlace> TakePlace(std::size_t wanted);
  void GivePlace(const ReservedPlace& place);

  // Of whole huge pages, aligned to one; nullptr: there is none. What is in it is anything.
  [[nodiscard]] std::byte* TakeBlock(std::size_t bytes);
  void GiveBlock(std::byte* memory, std::size_t bytes);

  void SetLimit(std::size_t bytes);
  void ReleaseAll();
  [[nodiscard]] std::size_t bytes();

 private:
  struct Place {
    ReservedPlace place;
    Clock::time_point since;
  };
  struct Block {
    std::byte* data;
    std::size_t size;
    Clock::time_point since;  // of the newest that became one
  };

  // What is too old goes, and the oldest while there is more than the limit.
  void Trim(Clock::time_point now);
  // But not on a thread that may not wait: to unmap 2 GB of small pages takes a tenth of a second, which was that of one
  // live event after a large log had gone in the same process. The system may take what is kept anyway.
  void TrimUnlessSteady(Clock::time_point now);
  void Release(const Place& place);
  void Release(const Block& block);
  void DropOldest();

  const Clock::duration kept_for_;
  std::mutex mutex_;
  std::size_t limit_ = DefaultSpareMemoryLimit();
  std::size_t bytes_ = 0;
  std::vector<Place> places_;  // oldest first
  std::vector<Block> blocks_;  // by address
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
