// Every mode of the funnel against its twin, over all short sequences of events with ties and limits that are just
// met or just missed.
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <string>
#include <thread>

#include "journey/core/status.h"
#include "journey/measures/funnel_definition.h"
#include "journey/measures/funnel_policies.h"
#include "measures/funnel_engine.h"
#include "measures_funnel/funnel_twin.h"
#include "support/catch.h"
#include "support/worlds.h"

using namespace journey;               // NOLINT
using namespace std::chrono_literals;  // NOLINT
using test::Random;

namespace {

// What the letters A, B, C and X match: masks of steps, and of exclusions.
struct Alphabet {
  std::string name;
  std::vector<std::uint64_t> steps;
  std::size_t count = 3;     // of steps
  bool overlapping = false;  // an event matches several steps
};

const std::vector<Alphabet> kAlphabets = {
    {"A B C", {0b001, 0b010, 0b100, 0}},           {"A A B", {0b011, 0b100, 0, 0}, 3, true},
    {"A B A", {0b101, 0b010, 0, 0}, 3, true},      {"A B B C", {0b0001, 0b0110, 0b1000, 0}, 4, true},
    {"A AB C", {0b001, 0b011, 0b100, 0}, 3, true}, {"A B", {0b01, 0b10, 0, 0}, 2},
};

struct Mode {
  FunnelDefinition funnel;
  const Alphabet* alphabet = nullptr;
  std::string name;
};

// All combinations of rules that are allowed.
std::vector<Mode> AllModes() {
  using enum FunnelOrder;
  std::vector<Mode> modes;
  for (const Alphabet& alphabet : kAlphabets) {
    for (unsigned n = 0; n < 3 * 2 * 2 * 2 * 4 * 2 * 3 * 2 * 3 * 4; ++n) {
      unsigned rest = n;
      const auto pick = [&](unsigned of) {
        const unsigned value = rest % of;
        rest /= of;
        return value;
      };
      FunnelDefinition funnel{.name = "f"};
      for (std::size_t k = 0; k < alphabet.count; ++k) {
        funnel.steps.push_back({.name = fmt::format("s{}", k), .match = {"m"}});
      }
      funnel.rules.order = std::vector{kOrdered, kStrict, kAnyOrder}[pick(3)];
      funnel.rules.anchor = pick(2) == 0 ? FunnelAnchor::kFirstStart : FunnelAnchor::kBestStart;
      funnel.rules.reentry = pick(2) == 0 ? FunnelReentry::kAfterEnd : FunnelReentry::kNever;
      funnel.rules.reuse_events = pick(2) == 1;
      if (const unsigned tolerance = pick(4); tolerance != 0)
        funnel.rules.tie_tolerance = 1s * (tolerance - 1);
      if (pick(2) == 1) funnel.window = 3s;
      const unsigned within = pick(3);
      if (within >= alphabet.count) continue;
      if (within != 0) funnel.steps[within].within = 1s;
      if (pick(2) == 1) funnel.steps[1].optional = true;
      if (const unsigned exclusion = pick(3); exclusion != 0) {
        funnel.exclusions.push_back(
            {.match = {"x"},
             .after = 0,
             .before = exclusion == 1 ? alphabet.count - 1 : alphabet.count,
             .effect = exclusion == 1 ? ExclusionEffect::kEndsAttempt : ExclusionEffect::kDropsCustomer});
      }
      const unsigned stops = pick(4);
      funnel.rules.stops = {
          .other_event = stops == 1, .early_step = stops == 1 || stops == 2, .repeated_step = stops == 3};
      if (alphabet.overlapping && funnel.rules.tie_tolerance) continue;  // see below
      if (!funnel.Validate().ok()) continue;
      modes.push_back({funnel, &alphabet, fmt::format("{} #{}", alphabet.name, n)});
    }
  }
  return modes;
}

struct Letter {
  unsigned letter;  // 0 to 3; 3 is the one that exclusions match
  Duration gap;
};

std::string TextOf(const std::vector<Letter>& letters) {
  std::string text;
  for (const Letter& l : letters) text += fmt::format("+{}{} ", l.gap.count() / 1'000'000, "ABCX"[l.letter]);
  return text;
}

struct Both {
  FunnelTrace trace;
  bool dropped = false;
  test::TwinResult twin;
};

Both RunBoth(const Mode& mode, internal::FunnelEngine& engine, const std::vector<Letter>& letters) {
  std::vector<internal::FunnelEvent> events;
  std::vector<test::TwinEvent> plain;
  TimePoint time = kMinTime + 100s;
  for (const Letter& l : letters) {
    time += l.gap;
    const std::uint64_t excluded = l.letter == 3 && !mode.funnel.exclusions.empty() ? 1 : 0;
    plain.push_back({time, mode.alphabet->steps[l.letter], excluded});
    events.push_back({time, plain.back().steps, excluded, static_cast<std::uint32_t>(events.size())});
  }
  Both both;
  both.dropped = !engine.Run(events, both.trace);
  both.twin = test::FunnelTwin(mode.funnel, plain).Run();
  return both;
}

// A chain that the engine found: as deep, as early and as late as the twin's, and made of events that match, in an
// order that the rules allow.
bool Same(const Mode& mode, const Both& both, const std::vector<Letter>& letters) {
  if (both.dropped != both.twin.dropped) return false;
  if (both.dropped) return true;
  if (both.trace.attempts.size() != both.twin.attempts.size()) return false;
  const std::size_t steps = mode.funnel.steps.size();
  for (std::size_t a = 0; a < both.trace.attempts.size(); ++a) {
    const FunnelAttempt& attempt = both.trace.attempts[a];
    const test::TwinChain& twin = both.twin.attempts[a];
    const auto chain = both.trace.chain(attempt, steps);
    if (attempt.depth != twin.level() + 1) return false;
    if (chain[0].time != twin.start() || chain[attempt.depth - 1].time != twin.end()) return false;
    std::vector<bool> used(letters.size());
    TimePoint before = chain[0].time;
    for (std::size_t k = 0; k < steps; ++k) {
      const bool there = chain[k].position != kNotReached;
      if (!there && k < attempt.depth && !mode.funnel.steps[k].optional) return false;
      if (there && k >= attempt.depth) return false;
      if (!there) continue;
      const std::uint32_t at = chain[k].position;
      if (at >= letters.size() || chain[k].time < before) return false;
      if (mode.funnel.rules.order != FunnelOrder::kAnyOrder &&
          (mode.alphabet->steps[letters[at].letter] >> k & 1) == 0) {
        return false;
      }
      if (used[at] && !mode.funnel.rules.reuse_events) return false;
      used[at] = true;
      before = chain[k].time;
    }
  }
  return true;
}

struct Checked {
  std::size_t sequences = 0;
  std::string wrong;  // the first that is
};

Checked CheckMode(const Mode& mode, std::size_t longest, const std::vector<Duration>& gaps) {
  const internal::FunnelPlan plan(mode.funnel);
  internal::FunnelEngine engine(plan);
  std::vector<Letter> letters;
  Checked checked;
  const auto visit = [&](const auto& self) -> void {
    const Both both = RunBoth(mode, engine, letters);
    if (++checked.sequences; !Same(mode, both, letters) && checked.wrong.empty()) {
      checked.wrong = fmt::format("mode {}, events {}: attempts {} and {}", mode.name, TextOf(letters),
                                  both.trace.attempts.size(), both.twin.attempts.size());
    }
    if (letters.size() == longest || !checked.wrong.empty()) return;
    for (unsigned letter = 0; letter < 4; ++letter) {
      for (const Duration gap : gaps) {
        letters.push_back({letter, gap});
        self(self);
        letters.pop_back();
        if (letters.empty()) break;  // before the first event no gap matters
      }
    }
  };
  visit(visit);
  return checked;
}

// On all processors. Returns how many sequences were checked.
std::size_t CheckAll(const std::vector<Mode>& modes, std::size_t longest, const std::vector<Duration>& gaps) {
  std::atomic<std::size_t> next{0};
  std::vector<Checked> all(modes.size());
  const auto work = [&] {
    for (std::size_t i = next++; i < modes.size(); i = next++) all[i] = CheckMode(modes[i], longest, gaps);
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < std::thread::hardware_concurrency(); ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();
  std::size_t sequences = 0;
  for (const Checked& checked : all) {
    if (!checked.wrong.empty()) FAIL(checked.wrong);
    sequences += checked.sequences;
  }
  return sequences;
}

}  // namespace

TEST_CASE("every mode of the funnel finds what all chains of all sequences of 3 events have") {
  const std::vector<Mode> modes = AllModes();
  CHECK(modes.size() > 1000);
  CHECK(CheckAll(modes, 3, {0s, 2s}) > 100'000);
}

TEST_CASE("every mode of the funnel agrees with all chains on random sequences of 4 to 12 events") {
  Random random(11);
  std::size_t deep = 0;
  for (const Mode& mode : AllModes()) {
    const internal::FunnelPlan plan(mode.funnel);
    internal::FunnelEngine engine(plan);
    for (int round = 0; round < 8; ++round) {
      std::vector<Letter> letters(4 + random.Below(9));
      for (Letter& l : letters) l = {static_cast<unsigned>(random.Below(4)), 1s * (random.Below(7) % 4)};
      const Both both = RunBoth(mode, engine, letters);
      INFO("mode " << mode.name << ", events " << TextOf(letters));
      REQUIRE(Same(mode, both, letters));
      for (const FunnelAttempt& attempt : both.trace.attempts)
        deep += attempt.depth == mode.funnel.steps.size();
    }
  }
  CHECK(deep > 1000);
}

TEST_CASE(
    "with a tolerance and steps that share events the depth is between that without one and that of all "
    "chains") {
  Random random(12);
  for (const Alphabet& alphabet : kAlphabets) {
    if (!alphabet.overlapping) continue;
    for (const FunnelAnchor anchor : {FunnelAnchor::kFirstStart, FunnelAnchor::kBestStart}) {
      Mode mode{{.name = "f", .window = 5s}, &alphabet, alphabet.name};
      for (std::size_t k = 0; k < alphabet.count; ++k) mode.funnel.steps.push_back({"s", {"m"}});
      mode.funnel.rules = {.anchor = anchor, .reentry = FunnelReentry::kNever};
      if (anchor == FunnelAnchor::kBestStart) mode.funnel.rules.reentry = FunnelReentry::kAfterEnd;
      for (int round = 0; round < 2000; ++round) {
        std::vector<Letter> letters(1 + random.Below(7));
        for (Letter& l : letters) l = {static_cast<unsigned>(random.Below(4)), 1s * random.Below(3)};
        const auto deepest = [&] {
          const internal::FunnelPlan plan(mode.funnel);
          internal::FunnelEngine engine(plan);
          const Both both = RunBoth(mode, engine, letters);
          std::pair<std::uint32_t, std::size_t> depth{0, 0};
          for (const FunnelAttempt& a : both.trace.attempts) depth.first = std::max(depth.first, a.depth);
          for (const test::TwinChain& c : both.twin.attempts)
            depth.second = std::max(depth.second, c.level() + 1);
          return depth;
        };
        mode.funnel.rules.tie_tolerance.reset();
        const auto without = deepest();
        mode.funnel.rules.tie_tolerance = 1s;
        const auto with = deepest();
        INFO(mode.name << ", events " << TextOf(letters));
        REQUIRE(with.first >= 1 * (without.first > 0));
        REQUIRE(with.first <=
                std::max<std::size_t>(with.second, with.first * (anchor == FunnelAnchor::kFirstStart)));
        if (anchor == FunnelAnchor::kBestStart) REQUIRE(with.first >= without.first);
      }
    }
  }
}

// Minutes of one processor.
TEST_CASE("every mode agrees with all chains of all sequences of 6 events", "[.long]") {
  const std::vector<Mode> modes = AllModes();
  std::size_t checked = CheckAll(modes, 5, {0s, 1s});
  WARN(checked << " sequences of up to 5 events, a second apart, in " << modes.size() << " modes");
  checked = CheckAll(modes, 6, {0s, 2s});
  WARN(checked << " sequences of up to 6 events, two seconds apart, in " << modes.size() << " modes");
}

// Hours of one processor.
TEST_CASE("every mode agrees with all chains of all sequences of 7 events", "[.large]") {
  const std::vector<Mode> modes = AllModes();
  const std::size_t checked = CheckAll(modes, 7, {0s, 2s});
  WARN(checked << " sequences of up to 7 events in " << modes.size() << " modes");
}

TEST_CASE("every named policy agrees with all chains of all sequences of 7 events", "[.long]") {
  std::vector<Mode> modes;
  for (const FunnelPolicy& policy : FunnelPolicies()) {
    for (const Alphabet& alphabet : {std::cref(kAlphabets[0]), std::cref(kAlphabets[1])}) {
      if (alphabet.overlapping && policy.rules.tie_tolerance) continue;  // a lower bound only
      for (const bool excludes : {false, true}) {
        Mode mode{{.name = "f", .rules = policy.rules, .window = 3s}, &alphabet, std::string(policy.name)};
        for (std::size_t k = 0; k < alphabet.count; ++k)
          mode.funnel.steps.push_back({fmt::format("s{}", k), {"m"}});
        if (policy.rules.counting == FunnelCounting::kHeldValues) mode.funnel.hold = "k";
        if (excludes) mode.funnel.exclusions.push_back({.match = {"x"}, .effect = policy.exclusions});
        if (mode.funnel.Validate().ok()) modes.push_back(std::move(mode));
      }
    }
  }
  CHECK(modes.size() > FunnelPolicies().size());
  const std::size_t checked = CheckAll(modes, 7, {0s, 2s});
  WARN(checked << " sequences of up to 7 events in " << modes.size() << " modes");
}
