#include "support/harness.h"

#include <cstdio>
#include <cstdlib>
#include <string_view>
#if __has_include(<malloc.h>)
#include <malloc.h>
#endif

#include "journey/core/huge_memory.h"

namespace journey::bench {
namespace {

bool failed = false;

// "1e4,1e5" -> {10000, 100000}; nothing if it is something else.
std::vector<std::size_t> NumbersIn(std::string_view text) {
  std::vector<std::size_t> numbers;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(part.size() < text.size() ? part.size() + 1 : text.size());
    char* end = nullptr;
    const std::string copy(part);
    const double number = std::strtod(copy.c_str(), &end);
    if (copy.empty() || *end != '\0' || !(number >= 1000 && number <= 1e9)) return {};
    numbers.push_back(static_cast<std::size_t>(number));
  }
  return numbers;
}

// Takes our own flags out of the arguments. False if one of them is wrong.
bool TakeFlags(int& argc, char** argv, Plan& plan) {
  int kept = 1;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    constexpr std::string_view kEvents = "--events=";
    constexpr std::string_view kNaiveUpTo = "--naive_up_to=";
    if (argument.starts_with(kEvents)) {
      plan.sizes = NumbersIn(argument.substr(kEvents.size()));
      if (plan.sizes.empty()) return false;
    } else if (argument.starts_with(kNaiveUpTo)) {
      const std::vector<std::size_t> numbers = NumbersIn(argument.substr(kNaiveUpTo.size()));
      if (numbers.size() != 1) return false;
      plan.naive_up_to = numbers.front();
    } else {
      argv[kept++] = argv[i];
    }
  }
  argc = kept;
  argv[argc] = nullptr;
  return true;
}

}  // namespace

std::size_t HeapBytes() {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd + internal::HugeMemoryInUse();
#else
  return 0;
#endif
}

void Fail(benchmark::State& state, const char* message) {
  failed = true;
  state.SkipWithError(message);
}

void CountEvents(benchmark::State& state, std::size_t events, double answer_bytes) {
  const auto count = static_cast<double>(events);
  state.SetItemsProcessed(static_cast<std::int64_t>(events) * state.iterations());
  state.counters["time/event"] =
      benchmark::Counter(count, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
  if (answer_bytes > 0) state.counters["bytes/event"] = answer_bytes / count;
}

}  // namespace journey::bench

int main(int argc, char** argv) {
  using namespace journey::bench;
  Plan plan;
  if (!TakeFlags(argc, argv, plan)) {
    std::fputs(
        "--events and --naive_up_to take numbers of events from 1e3 to 1e9, such as --events=1e4,1e6\n",
        stderr);
    return 1;
  }
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  RegisterBenchmarks(plan);
  const std::size_t ran = benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return failed || ran == 0 ? 1 : 0;
}
