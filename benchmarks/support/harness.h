// The frame of all benchmarks: sizes, contenders, and the answer that is checked before anything is timed.
//
//   void RegisterBenchmarks(const Plan& plan) {
//     for (const std::size_t events : plan.sizes)
//       AddPair(plan, "Sessionize", events, [=]() -> const Prepared& { return PreparedOf(events); },
//               OurSessions, NaiveSessions, SameSessions);
//   }
//
// registers Sessionize/journey/10000, Sessionize/naive/10000 and so on. Both contenders answer the same
// question from the same input; before either is timed both answer once, and a difference ends the benchmark
// with an error and the program with exit code 1. What it costs to free an answer is not timed.
//
// The program takes, beside the flags of Google Benchmark,
//   --events=1e4,1e5,1e6   the sizes; these are the defaults
//   --naive_up_to=1e6      the size from which on the naive contender, and with it the check, is left out
#pragma once
#include <benchmark/benchmark.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace journey::bench {

struct Plan {
  std::vector<std::size_t> sizes{10'000, 100'000, 1'000'000};
  std::size_t naive_up_to = 1'000'000;
};

// Every benchmark program defines this one.
void RegisterBenchmarks(const Plan& plan);

// Bytes on the heap, now; 0 where the C library does not tell.
[[nodiscard]] std::size_t HeapBytes();

// Ends a benchmark whose answer is wrong, and makes the program exit with 1.
void Fail(benchmark::State& state, const char* message);

// What is timed: the processor time of the one thread that works, which other programs disturb least, or,
// where several threads work, the time on the wall.
enum class Timing { kThread, kWall };

// Adds one benchmark, `name`/`contender`/`events`.
template <typename Body>
void Add(const std::string& name, const char* contender, std::size_t events, const Body& body,
         Timing timing = Timing::kThread) {
  const std::string full = name + "/" + contender + "/" + std::to_string(events);
  auto* const added = benchmark::RegisterBenchmark(full.c_str(), body)->Unit(benchmark::kMillisecond);
  if (timing == Timing::kWall) added->UseRealTime();
}

// The counters that all benchmarks share: items/s and ns an event, and if known the bytes an event that the
// answer takes.
void CountEvents(benchmark::State& state, std::size_t events, double answer_bytes);

// Times answer(input()) and nothing else.
template <typename Input, typename Answer>
void TimeAnswers(benchmark::State& state, const Input& input, const Answer& answer) {
  const auto& given = input();
  for (auto _ : state) {
    auto result = std::optional(answer(given));
    benchmark::DoNotOptimize(*result);
    state.PauseTiming();
    result.reset();
    state.ResumeTiming();
  }
}

// What the check before the timing found.
struct Verdict {
  bool checked = false;
  bool same = true;
  double our_bytes = 0;
  double naive_bytes = 0;
};

struct NoFurtherCounters {
  template <typename Input>
  void operator()(benchmark::State&, const Input&) const {}
};

// Adds our answer and the naive one to the same question. `input` gives a reference that stays good until it
// is asked for another size; `same` compares our answer, the naive one, and is given the input as well.
// `count` may add counters of its own to ours.
template <typename Input, typename Ours, typename Naive, typename Same, typename Count = NoFurtherCounters>
void AddPair(const Plan& plan, const std::string& name, std::size_t events, const Input& input,
             const Ours& ours, const Naive& naive, const Same& same, const Count& count = {},
             Timing timing = Timing::kThread) {
  const auto verdict = std::make_shared<Verdict>();
  const bool with_naive = events <= plan.naive_up_to;
  const auto check = [=](benchmark::State& state) {
    if (!verdict->checked) {
      const auto& given = input();
      const std::size_t before = HeapBytes();
      const auto our_answer = ours(given);
      const std::size_t between = HeapBytes();
      verdict->our_bytes = static_cast<double>(between) - static_cast<double>(before);
      if (with_naive) {
        const auto naive_answer = naive(given);
        verdict->naive_bytes = static_cast<double>(HeapBytes()) - static_cast<double>(between);
        verdict->same = same(our_answer, naive_answer, given);
      }
      verdict->checked = true;
    }
    if (!verdict->same) Fail(state, "the answer differs from the naive one");
    return verdict->same;
  };
  Add(
      name, "journey", events,
      [=](benchmark::State& state) {
        if (!check(state)) return;
        TimeAnswers(state, input, ours);
        CountEvents(state, events, verdict->our_bytes);
        count(state, input());
      },
      timing);
  if (!with_naive) return;
  Add(
      name, "naive", events,
      [=](benchmark::State& state) {
        if (!check(state)) return;
        TimeAnswers(state, input, naive);
        CountEvents(state, events, verdict->naive_bytes);
      },
      timing);
}

}  // namespace journey::bench
