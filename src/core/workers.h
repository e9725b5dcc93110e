// Workers: a few threads for one call, which do their part of one piece of work after the other.
//
//   Workers workers(4);  workers.Run([&](unsigned part) { ... });     -> parts 0 to 3, this thread doing part 0
//
// Threads: Run by one thread at a time. What a part throws is thrown by Run when all are done (of several, the one of the
//          first part). One worker is the calling thread: no thread is made.
// Cost:    a round that follows at once finds the threads awake; one that comes later has to wake them.
#pragma once
#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace journey {
inline namespace v0 {
namespace internal {

class Workers {
 public:
  explicit Workers(unsigned count);
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  [[nodiscard]] unsigned count() const { return count_; }
  void Run(const std::function<void(unsigned part)>& work);

  // Part of `parts` of [0, size), cut at multiples of `step`.
  struct Range {
    std::size_t begin, end;
  };
  [[nodiscard]] static Range PartOf(std::size_t size, unsigned part, unsigned parts, std::size_t step = 1) {
    const auto cut = [&](std::size_t i) { return i == parts ? size : size * i / parts / step * step; };
    return {cut(part), cut(part + 1)};
  }

 private:
  void Serve(unsigned part);
  void Do(unsigned part);

  const unsigned count_;
  std::vector<std::exception_ptr> failures_;
  std::mutex mutex_;
  std::condition_variable begins_, ends_;
  const std::function<void(unsigned)>* work_ = nullptr;
  // Written with the mutex held; a thread that may not have to wait long looks at them without.
  std::atomic<std::uint64_t> round_ = 0;
  std::atomic<unsigned> running_ = 0;
  std::atomic<bool> over_ = false;
  std::vector<std::jthread> threads_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
