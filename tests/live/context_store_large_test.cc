// How long a reader takes among a million customers while somebody writes. Hidden: it fills memory and takes
// a while.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "live/context_store.h"
#include "support/catch.h"

namespace journey {
namespace {

using internal::ContextStore;
using internal::IdentifierHash;
using internal::Slot;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kCustomers = 1'000'000;
constexpr std::size_t kIdentifiers = 3;
constexpr std::size_t kBlock = 400;

// Whose block it is stands at both ends.
std::vector<std::byte> BlockOf(Slot slot, std::uint32_t version) {
  std::vector<std::byte> block(kBlock, static_cast<std::byte>(version));
  std::memcpy(block.data(), &slot, sizeof slot);
  std::memcpy(block.data() + kBlock - sizeof slot, &slot, sizeof slot);
  return block;
}

bool IsOf(const std::vector<std::byte>& block, Slot slot) {
  return block.size() >= kBlock && std::memcmp(block.data(), &slot, sizeof slot) == 0 &&
         std::memcmp(block.data() + kBlock - sizeof slot, &slot, sizeof slot) == 0;
}

double Nanoseconds(Clock::duration d) {
  return std::chrono::duration<double, std::nano>(d).count();
}

double At(const std::vector<double>& sorted, double q) {
  return sorted[std::min(sorted.size() - 1,
                         static_cast<std::size_t>(q * static_cast<double>(sorted.size())))];
}

std::uint64_t Next(std::uint64_t& state) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

struct World {
  ContextStore store;
  std::vector<Slot> slots;
  std::vector<IdentifierHash> hashes;  // kIdentifiers each
};

// Returns the times of binding, sorted: they include that of growing the index.
std::vector<double> Fill(World& world) {
  std::vector<double> binding;
  binding.reserve(kCustomers * kIdentifiers);
  world.slots.resize(kCustomers);
  world.hashes.resize(kCustomers * kIdentifiers);
  for (std::size_t c = 0; c < kCustomers; ++c) {
    const Slot slot = world.slots[c] = world.store.Allocate();
    world.store.Publish(slot, BlockOf(slot, 0), std::vector<std::uint32_t>{1, 3});
    for (std::size_t i = 0; i < kIdentifiers; ++i) {
      const std::size_t h = c * kIdentifiers + i;
      world.hashes[h] = world.store.HashOf("identifier", std::to_string(h));
      const auto begin = Clock::now();
      world.store.Bind(world.hashes[h], slot);
      binding.push_back(Nanoseconds(Clock::now() - begin));
    }
  }
  std::sort(binding.begin(), binding.end());
  return binding;
}

// What a load costs that no cache has: what a read has to be measured by, on this machine in this minute.
double LoadCost() {
  std::vector<std::uint64_t> lines(50'000'000);
  std::vector<double> costs;
  std::uint64_t random = 362436069;
  std::uint64_t seen = 0;
  for (int batch = 0; batch < 2000; ++batch) {
    const auto begin = Clock::now();
    for (int i = 0; i < 64; ++i) seen = lines[(Next(random) + seen) % lines.size()];
    costs.push_back(Nanoseconds(Clock::now() - begin) / 64);
  }
  CHECK(seen == 0);
  std::sort(costs.begin(), costs.end());
  return At(costs, 0.5);
}

// What one look at the clock adds to a time.
double ClockCost() {
  std::vector<double> costs(100'000);
  for (double& cost : costs) {
    const auto begin = Clock::now();
    cost = Nanoseconds(Clock::now() - begin);
  }
  std::sort(costs.begin(), costs.end());
  return At(costs, 0.5);
}

// Reads by identifiers of the first `customers` ones, drawn evenly.
void Measure(const World& world, const char* what, std::size_t customers, bool hash_too) {
  std::vector<std::byte> out;
  out.reserve(1024);
  std::uint64_t random = 88172645463325252ull;
  constexpr std::size_t kReads = 2'000'000;
  const std::size_t identifiers = customers * kIdentifiers;
  bool right = true;
  const auto read = [&](std::size_t h) {
    const IdentifierHash hash =
        hash_too ? world.store.HashOf("identifier", std::to_string(h)) : world.hashes[h];
    right = world.store.Read(hash, out) && right;
  };
  // Batches of 64 whose numbers are drawn, and whose hashes are brought near, before the clock starts.
  std::vector<std::size_t> drawn(64);
  std::vector<double> batches;
  for (std::size_t b = 0; b < kReads / 64; ++b) {
    std::uint64_t near = 0;
    for (std::size_t& d : drawn) near += world.hashes[d = Next(random) % identifiers].low;
    right = right && near != 0;
    const auto begin = Clock::now();
    for (const std::size_t d : drawn) read(d);
    batches.push_back(Nanoseconds(Clock::now() - begin) / 64);
  }
  const double clock = ClockCost();
  std::vector<double> singles(kReads);
  for (double& single : singles) {
    const std::size_t h = Next(random) % identifiers;
    right = right && world.hashes[h].low != 0;
    const auto begin = Clock::now();
    read(h);
    single = Nanoseconds(Clock::now() - begin) - clock;
    right = right && IsOf(out, world.slots[h / kIdentifiers]);
  }
  CHECK(right);
  std::sort(batches.begin(), batches.end());
  std::sort(singles.begin(), singles.end());
  std::printf(
      "%-34s batches of 64: p50 %4.0f p99 %4.0f ns   single: p50 %4.0f p90 %4.0f p99 %5.0f p99.9 %6.0f "
      "longest %8.0f ns (clock %2.0f)\n",
      what, At(batches, 0.5), At(batches, 0.99), At(singles, 0.5), At(singles, 0.9), At(singles, 0.99),
      At(singles, 0.999), singles.back(), clock);
  std::fflush(stdout);
}

}  // namespace

TEST_CASE("a million customers are read in well under a microsecond while a writer publishes", "[.large]") {
  World world;
  const auto begin = Clock::now();
  world.store.PublishAttachments(std::vector<std::vector<std::byte>>(8, std::vector<std::byte>(24)));
  const std::vector<double> binding = Fill(world);
  std::printf("filled in %.2f s; %.0f bytes per customer, of which the block has %zu\n",
              Nanoseconds(Clock::now() - begin) / 1e9, static_cast<double>(world.store.bytes()) / kCustomers,
              kBlock);
  std::printf("one binding: p50 %.0f p99.9 %.0f p99.99 %.0f longest %.0f ns\n", At(binding, 0.5),
              At(binding, 0.999), At(binding, 0.9999), binding.back());
  std::printf("one load from 400 MB, each waiting for the one before: %.0f ns\n", LoadCost());
  Measure(world, "no writer", kCustomers, false);
  std::atomic<bool> stop{false};
  std::atomic<std::uint64_t> published{0};
  std::thread writer([&] {
    std::uint64_t random = 362436069;
    while (!stop.load(std::memory_order_relaxed)) {
      const Slot slot = world.slots[Next(random) % kCustomers];
      world.store.Publish(slot, BlockOf(slot, static_cast<std::uint32_t>(random)),
                          std::vector<std::uint32_t>{1, 3});
      published.fetch_add(1, std::memory_order_relaxed);
    }
  });
  const auto writing = Clock::now();
  Measure(world, "a writer at full speed", kCustomers, false);
  Measure(world, "the same, with hashing", kCustomers, true);
  Measure(world, "the same, 1000 of the customers", 1000, false);
  const double seconds = Nanoseconds(Clock::now() - writing) / 1e9;
  stop = true;
  writer.join();
  std::printf("%.0f publications per second; %.0f bytes per customer, %zu bytes retired\n",
              static_cast<double>(published.load()) / seconds,
              static_cast<double>(world.store.bytes()) / kCustomers, world.store.retired_bytes());
  CHECK(world.store.Collect() == 0);
}

}  // namespace journey
