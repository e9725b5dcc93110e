// Notices: what the host is told about changes: the log of them, and the calls of its listener.
//
// Threads: thread-safe.
#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "journey/live/engine.h"
#include "live/cell_deriver.h"

namespace journey {
inline namespace v0 {
namespace internal {

class Notices {
 public:
  explicit Notices(const EngineOptions& options) : options_(options) {}

  // Into the log of changes, and to the listener. Requires: the caller holds no lock of the engine.
  void Deliver(std::vector<Told> changes);
  // The same where the listener must not be called now: the next Deliver does.
  void Record(std::vector<Told> changes);

  [[nodiscard]] std::vector<Change> Take();
  void AddTo(EngineStatistics& statistics) const;

 private:
  struct News {
    Fact fact;
    PublicId customer;
  };
  [[nodiscard]] static TimePoint TimeOf(const News& news);
  [[nodiscard]] static std::vector<News> NewsIn(const std::vector<Told>& changes);
  void Call(const News& news);

  const EngineOptions& options_;
  mutable std::mutex mutex_;
  std::vector<Change> changes_;
  std::vector<News> waiting_;  // recorded, not told yet
  bool lost_ = false;
  std::atomic<std::uint64_t> failed_{0};
  std::atomic<std::uint64_t> running_{0};

  // What the thread at hand is about to tell, if it is: a listener that ingests adds to it.
  static thread_local std::vector<News>* telling_;
  static thread_local const Notices* teller_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
