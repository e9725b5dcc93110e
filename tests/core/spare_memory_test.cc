// What columns and large tables are done with is kept for the next, and no longer or more than it may be.
#include "core/spare_memory.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/raw_table.h"
#include "journey/core/column.h"
#include "journey/core/huge_memory.h"
#include "journey/core/row_table.h"
#include "support/catch.h"

using journey::Column;
using journey::RowTable;
using journey::SpareMemoryBytes;
using journey::internal::GiveHugeMemory;
using journey::internal::HugeMemoryInUse;
using journey::internal::kHugePageBytes;
using journey::internal::RawTable;
using journey::internal::SpareMemory;
using journey::internal::TakeHugeMemory;

namespace {

// Nothing is kept before and after a test.
struct Fresh {
  Fresh() { Begin(); }
  ~Fresh() { Begin(); }
  Fresh(const Fresh&) = delete;
  Fresh& operator=(const Fresh&) = delete;
  static void Begin() {
    journey::SetSpareMemoryLimit(journey::DefaultSpareMemoryLimit());
    journey::ReleaseSpareMemory();
  }
};

// Columns reserve addresses where the sanitizers do not forbid it.
bool ColumnsAreKept() {
  { const Column<std::uint64_t> large(1 << 20, 1); }
  const bool kept = SpareMemoryBytes() != 0;
  journey::ReleaseSpareMemory();
  return kept;
}

}  // namespace

#if defined(__linux__)
TEST_CASE("a block that was given back is taken again, whole or in parts, and neighbours become one") {
  const Fresh fresh;
  const std::size_t before = HugeMemoryInUse();
  std::byte* const block = TakeHugeMemory(8 * kHugePageBytes);
  CHECK(HugeMemoryInUse() == before + 8 * kHugePageBytes);
  std::fill_n(block, 8 * kHugePageBytes, std::byte{7});
  GiveHugeMemory(block, 8 * kHugePageBytes);
  CHECK(SpareMemoryBytes() == 8 * kHugePageBytes);
  CHECK(HugeMemoryInUse() == before);

  std::byte* const first = TakeHugeMemory(3 * kHugePageBytes);
  std::byte* const second = TakeHugeMemory(5 * kHugePageBytes - 100);  // taken up to whole pages
  CHECK(first == block);
  CHECK(second == block + 3 * kHugePageBytes);
  CHECK(SpareMemoryBytes() == 0);
  GiveHugeMemory(second, 5 * kHugePageBytes - 100);
  GiveHugeMemory(first, 3 * kHugePageBytes);
  CHECK(HugeMemoryInUse() == before);
  CHECK(SpareMemoryBytes() == 8 * kHugePageBytes);
  std::byte* const again = TakeHugeMemory(8 * kHugePageBytes);
  CHECK(again == block);
  std::fill_n(again, 8 * kHugePageBytes, std::byte{9});
  GiveHugeMemory(again, 8 * kHugePageBytes);
}

TEST_CASE("of blocks the smallest that is enough is taken") {
  const Fresh fresh;
  std::byte* const all = TakeHugeMemory(10 * kHugePageBytes);
  GiveHugeMemory(all, 5 * kHugePageBytes);
  GiveHugeMemory(all + 6 * kHugePageBytes, 2 * kHugePageBytes);
  CHECK(TakeHugeMemory(kHugePageBytes) == all + 6 * kHugePageBytes);
  GiveHugeMemory(all + 6 * kHugePageBytes, kHugePageBytes);
  GiveHugeMemory(all + 5 * kHugePageBytes, kHugePageBytes);
  GiveHugeMemory(all + 8 * kHugePageBytes, 2 * kHugePageBytes);
  CHECK(SpareMemoryBytes() == 10 * kHugePageBytes);
  CHECK(TakeHugeMemory(10 * kHugePageBytes) == all);
  GiveHugeMemory(all, 10 * kHugePageBytes);
}

TEST_CASE("of places that of the nearest size is taken, and none in which there is no room to grow") {
  const Fresh fresh;
  SpareMemory spare;
  for (const std::size_t touched : {2U, 6U, 4U}) {
    std::byte* const memory = TakeHugeMemory(16 * kHugePageBytes);
    spare.GivePlace({memory, memory, 16 * kHugePageBytes, touched * kHugePageBytes});
  }
  const auto enough = spare.TakePlace(3 * kHugePageBytes);
  REQUIRE(enough.has_value());
  CHECK(enough->touched == 4 * kHugePageBytes);
  CHECK_FALSE(spare.TakePlace(9 * kHugePageBytes).has_value());
  const auto most = spare.TakePlace(7 * kHugePageBytes);
  REQUIRE(most.has_value());
  CHECK(most->touched == 6 * kHugePageBytes);
  CHECK(spare.bytes() == 2 * kHugePageBytes);
  spare.GivePlace(*enough);
  spare.GivePlace(*most);
}

#if defined(__linux__)
// What the system may take of this process; none where it does not say.
std::optional<std::size_t> LazyFreeBytes() {
  std::ifstream smaps("/proc/self/smaps");
  std::optional<std::size_t> bytes;
  for (std::string line; std::getline(smaps, line);) {
    if (line.starts_with("LazyFree:"))
      bytes = bytes.value_or(0) + std::strtoull(line.c_str() + std::strlen("LazyFree:"), nullptr, 10) * 1024;
  }
  return bytes;
}

TEST_CASE("what is beside a place in its huge pages is not the system's to take") {
  const Fresh fresh;
  SpareMemory spare;
  std::byte* const memory = TakeHugeMemory(4 * kHugePageBytes);
  std::fill_n(memory, 4 * kHugePageBytes, std::byte{1});
  const std::size_t half = kHugePageBytes / 2, bit = kHugePageBytes / 32;
  const std::optional<std::size_t> before = LazyFreeBytes();
  spare.GivePlace({memory + half, memory + half + bit, kHugePageBytes, kHugePageBytes - bit});
  if (before) CHECK(*LazyFreeBytes() <= *before + kHugePageBytes);
  REQUIRE(spare.TakePlace(half).has_value());
  GiveHugeMemory(memory, 4 * kHugePageBytes);
}
#endif

TEST_CASE("what nobody has asked for in a while goes back") {
  const Fresh fresh;
  SpareMemory spare(std::chrono::milliseconds(20));
  spare.GiveBlock(TakeHugeMemory(2 * kHugePageBytes), 2 * kHugePageBytes);
  std::this_thread::sleep_for(std::chrono::milliseconds(40));
  CHECK(spare.bytes() == 2 * kHugePageBytes);
  spare.GiveBlock(TakeHugeMemory(kHugePageBytes), kHugePageBytes);  // the older one goes, this one stays
  CHECK((spare.bytes() == kHugePageBytes || spare.bytes() == 0));
  std::this_thread::sleep_for(std::chrono::milliseconds(40));
  CHECK(spare.TakeBlock(kHugePageBytes) == nullptr);
  CHECK(spare.bytes() == 0);
}

TEST_CASE("a thread that may not wait leaves it to others to give back what is old") {
  const Fresh fresh;
  SpareMemory spare(std::chrono::milliseconds(20));
  spare.GiveBlock(TakeHugeMemory(2 * kHugePageBytes), 2 * kHugePageBytes);
  std::this_thread::sleep_for(std::chrono::milliseconds(40));
  std::byte* taken = nullptr;
  {
    const journey::internal::SteadyMemory steady;
    CHECK(spare.TakeBlock(8 * kHugePageBytes) == nullptr);
    CHECK_FALSE(spare.TakePlace(kHugePageBytes));
    CHECK(spare.bytes() == 2 * kHugePageBytes);
    taken = spare.TakeBlock(kHugePageBytes);
    CHECK(taken != nullptr);
    spare.GiveBlock(taken, kHugePageBytes);
    CHECK(spare.bytes() == 2 * kHugePageBytes);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(40));
  CHECK(spare.TakeBlock(8 * kHugePageBytes) == nullptr);
  CHECK(spare.bytes() == 0);
}

TEST_CASE("a limit holds at once, and nothing beyond it is kept") {
  const Fresh fresh;
  GiveHugeMemory(TakeHugeMemory(4 * kHugePageBytes), 4 * kHugePageBytes);
  { const Column<std::uint64_t> large(1 << 20, 1); }
  CHECK(SpareMemoryBytes() >= 4 * kHugePageBytes);
  journey::SetSpareMemoryLimit(2 * kHugePageBytes);
  CHECK(SpareMemoryBytes() <= 2 * kHugePageBytes);
  GiveHugeMemory(TakeHugeMemory(4 * kHugePageBytes), 4 * kHugePageBytes);
  CHECK(SpareMemoryBytes() <= 2 * kHugePageBytes);
  journey::SetSpareMemoryLimit(0);
  CHECK(SpareMemoryBytes() == 0);
  { const Column<std::uint64_t> large(1 << 20, 1); }
  GiveHugeMemory(TakeHugeMemory(kHugePageBytes), kHugePageBytes);
  CHECK(SpareMemoryBytes() == 0);
}
#endif

TEST_CASE("a column gets the place of one of its size, and is as new as any") {
  const Fresh fresh;
  if (!ColumnsAreKept()) return;  // nothing to see with sanitizers
  constexpr std::size_t kCount = 1 << 22;
  const std::uint64_t* place = nullptr;
  {
    Column<std::uint64_t> large(kCount, 7);
    place = large.data();
  }
  CHECK(SpareMemoryBytes() >= kCount * sizeof(std::uint64_t));
  {
    // Far smaller: it does not take so much to hold so little.
    Column<std::uint64_t> small;
    small.reserve(kCount / 8);
    CHECK(small.data() != place);
    Column<std::uint64_t> same;
    same.resize(kCount);
    CHECK(std::ranges::all_of(same, [](std::uint64_t value) { return value == 0; }));
    CHECK(same.data() == place);
    same.resize(4 * kCount, 3);  // it grows where it is
    CHECK(std::ranges::all_of(same.begin() + kCount, same.end(), [](std::uint64_t v) { return v == 3; }));
  }
}

TEST_CASE("tables of rows lie where rows were put in order") {
  const Fresh fresh;
  if (!ColumnsAreKept()) return;
  constexpr std::size_t kCount = 1 << 20;
  const std::uint64_t* place = nullptr;
  {
    RawTable<std::uint64_t> table(kCount);
    place = table.data();
    RawTable<std::uint64_t> moved = std::move(table);
    std::fill(moved.data(), moved.data() + moved.size(), 7);
    CHECK(moved.data() == place);
    CHECK(moved[kCount - 1] == 7);
    CHECK(table.size() == 0);  // NOLINT(bugprone-use-after-move): that is the question
  }
  const std::size_t kept = SpareMemoryBytes();
  CHECK(kept >= kCount * sizeof(std::uint64_t));
  RowTable<std::uint64_t> first, second;
  first.reserve(kCount / 2);
  second.reserve(kCount / 2);
  CHECK(first.data() == place);
  CHECK(second.data() == place + kCount / 2);
  CHECK(SpareMemoryBytes() == kept - kCount * sizeof(std::uint64_t));
}

TEST_CASE("a column that needs less than its place once had gives back all of it") {
  const Fresh fresh;
  if (!ColumnsAreKept()) return;
  constexpr std::size_t kCount = 1 << 22;
  { const Column<std::uint64_t> large(kCount, 7); }
  const std::size_t kept = SpareMemoryBytes();
  { const Column<std::uint64_t> smaller(kCount * 5 / 8, 7); }
  CHECK(SpareMemoryBytes() == kept);
}

TEST_CASE("a large vector of huge pages and many columns share what is kept, on several threads") {
  const Fresh fresh;
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (std::uint64_t round = 0; round < 20; ++round) {
        const std::uint64_t value = 100 * t + round;
        const std::size_t count = (1 << 19) + 70'000 * ((t + round) % 5);
        const RowTable<std::uint64_t> vector(count, value);
        const Column<std::uint64_t> column(count + 1, ~value);
        wrong[t] += std::ranges::any_of(vector, [&](std::uint64_t v) { return v != value; });
        wrong[t] += std::ranges::any_of(column, [&](std::uint64_t v) { return v != ~value; });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == std::vector<int>(4));
  CHECK(SpareMemoryBytes() <= journey::DefaultSpareMemoryLimit());
}
