#include "core/workers.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// Looks again for a moment, some tens of microseconds where there is a pause: to sleep and be woken takes longer than most
// of what one thread does between two rounds of work.
template <typename Done>
void LookAgain(const Done& done) {
  constexpr int kLooks = 4000;
  for (int i = 0; i < kLooks && !done(); ++i) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
  }
}

}  // namespace

Workers::Workers(unsigned count) : count_(count), failures_(count) {
  for (unsigned part = 1; part < count_; ++part) threads_.emplace_back([this, part] { Serve(part); });
}

Workers::~Workers() {
  {
    const std::scoped_lock lock(mutex_);
    over_ = true;
  }
  begins_.notify_all();
}

void Workers::Do(unsigned part) {
  try {
    (*work_)(part);
  } catch (...) {  // handed on to the thread that called Run
    failures_[part] = std::current_exception();
  }
}

void Workers::Serve(unsigned part) {
  for (std::uint64_t done = 0;; ++done) {
    LookAgain([&] { return over_ || round_ != done; });
    {
      std::unique_lock lock(mutex_);
      begins_.wait(lock, [&] { return over_ || round_ != done; });
      if (over_) return;
    }
    Do(part);
    const std::scoped_lock lock(mutex_);
    if (--running_ == 0) ends_.notify_one();
  }
}

void Workers::Run(const std::function<void(unsigned)>& work) {
  work_ = &work;
  if (count_ > 1) {
    {
      const std::scoped_lock lock(mutex_);
      running_ = count_ - 1;
      ++round_;
    }
    begins_.notify_all();
  }
  Do(0);
  if (count_ > 1) {
    LookAgain([&] { return running_ == 0; });
    std::unique_lock lock(mutex_);
    ends_.wait(lock, [&] { return running_ == 0; });
  }
  work_ = nullptr;
  for (std::exception_ptr& failure : failures_) {
    if (!failure) continue;
    const std::exception_ptr first = failure;
    for (std::exception_ptr& other : failures_) other = nullptr;
    std::rethrow_exception(first);
  }
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
