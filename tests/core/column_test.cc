#include "journey/core/column.h"

#include <rapidcheck.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support/catch.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

using journey::Column;

TEST_CASE("a column holds what a vector would, whatever it is told to do") {
  REQUIRE(rc::check([](const std::vector<std::pair<std::uint8_t, std::uint32_t>>& steps) {
    Column<std::uint32_t> column;
    std::vector<std::uint32_t> expected;
    for (const auto& [what, value] : steps) {
      switch (what % 5) {
        case 0:
          column.push_back(value);
          expected.push_back(value);
          break;
        case 1:
          column.resize(value % 100);
          expected.resize(value % 100);
          break;
        case 2:
          column.resize(value % 100, value);
          expected.resize(value % 100, value);
          break;
        case 3: {
          const std::vector<std::uint32_t> more(value % 9, value);
          column.append(more);
          expected.insert(expected.end(), more.begin(), more.end());
          break;
        }
        default:
          column = Column<std::uint32_t>(std::move(column));
      }
      RC_ASSERT(std::vector<std::uint32_t>(column.begin(), column.end()) == expected);
      RC_ASSERT(column.capacity() >= column.size());
    }
  }));
}

TEST_CASE("a large column keeps what it holds as it grows, and new elements are zero") {
  Column<std::uint64_t> column;
  for (std::uint64_t i = 0; i < 3'000'000; ++i) column.push_back(i * 3);
  for (std::uint64_t i = 0; i < column.size(); i += 1009) REQUIRE(column[i] == i * 3);
  column.resize(1'000'000);
  column.resize(4'000'000);
  CHECK(column[999'999] == 2'999'997);
  CHECK(column[1'000'000] == 0);
  CHECK(column[3'999'999] == 0);
  Column<std::uint64_t> other = std::move(column);
  CHECK(other.size() == 4'000'000);
  CHECK(other.back() == 0);
}

TEST_CASE("steady memory holds for its thread, until the outermost is gone") {
  using journey::internal::SteadyMemory;
  REQUIRE_FALSE(SteadyMemory::wanted());
  {
    const SteadyMemory outer;
    {
      const SteadyMemory inner;
      CHECK(SteadyMemory::wanted());
    }
    CHECK(SteadyMemory::wanted());
    bool elsewhere = true;
    std::thread([&] { elsewhere = SteadyMemory::wanted(); }).join();
    CHECK_FALSE(elsewhere);
  }
  REQUIRE_FALSE(SteadyMemory::wanted());
}

TEST_CASE("memory that is forgotten reads as zeros, and what is beside it stays") {
  constexpr std::size_t kBytes = journey::internal::kHugePageBytes;
  std::byte* const memory = journey::internal::NewHugeMemory(kBytes);
  std::fill_n(memory, kBytes, std::byte{7});
  constexpr std::size_t kBegin = 100, kSize = 100'000;
  journey::internal::ForgetMemory(memory + kBegin, kSize);
  CHECK(std::all_of(memory, memory + kBegin, [](std::byte b) { return b == std::byte{7}; }));
  CHECK(std::all_of(memory + kBegin + kSize, memory + kBytes, [](std::byte b) { return b == std::byte{7}; }));
  // It can be written again.
  std::fill_n(memory + kBegin, kSize, std::byte{9});
  CHECK(std::all_of(memory + kBegin, memory + kBegin + kSize, [](std::byte b) { return b == std::byte{9}; }));
  journey::internal::ForgetMemory(memory + kBegin, 10);  // less than a page: nothing happens
  CHECK(memory[kBegin] == std::byte{9});
  journey::internal::DeleteHugeMemory(memory);
}

#if defined(__linux__)
TEST_CASE("in steady memory no page of a column is huge, and a large one grows where it is") {
  const auto huge_kilobytes = [] {
    std::ifstream maps("/proc/self/smaps_rollup");
    for (std::string line; std::getline(maps, line);) {
      if (line.starts_with("AnonHugePages:")) return std::strtol(line.c_str() + 14, nullptr, 10);
    }
    return -1L;
  };
  // Addresses are not reserved with sanitizers, whose shadow memory does not like it.
  Column<std::uint64_t> large;
  large.resize(1 << 20);
  const std::uint64_t* const first = large.data();
  large.resize(1 << 23);
  const bool reserves = large.data() == first;
  const long before = huge_kilobytes();

  const journey::internal::SteadyMemory steady;
  Column<std::uint64_t> column;
  column.resize(1 << 14, 1);
  const std::uint64_t* const place = column.data();
  for (std::uint64_t i = column.size(); i < (1 << 20); ++i) column.push_back(i);
  if (reserves) {
    CHECK(column.data() == place);
    CHECK(huge_kilobytes() <= std::max(before, 0L) + 2048);  // of what else is in the process
  }
  CHECK(std::ranges::count(column, 1U) == 1 << 14);
}

namespace {

// Whether the system knows how to give pages that nobody has touched, and says which are there.
bool CanPopulate() {
  constexpr std::size_t kBytes = std::size_t{1} << 16;
  void* const memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  journey::internal::PopulateMemory(static_cast<std::byte*>(memory), kBytes);
  std::array<unsigned char, 16> there{};
  const bool can = mincore(memory, kBytes, there.data()) == 0 && (there[15] & 1U) != 0;
  munmap(memory, kBytes);
  return can;
}

}  // namespace

TEST_CASE("in steady memory a column has the pages of all its capacity before they are written to") {
  const journey::internal::SteadyMemory steady;
  Column<std::uint64_t> column;
  const bool can = CanPopulate();
  const std::uint64_t* place = nullptr;
  std::size_t moved = 0, looked = 0, missing = 0, capacity = 0;
  for (std::uint64_t i = 0; i < (1 << 18); ++i) {
    column.push_back(i);
    REQUIRE(column.capacity() >= column.size());
    if (column.data() != place) ++moved;
    place = column.data();
    if (column.capacity() == std::exchange(capacity, column.capacity())) continue;
    if (column.capacity() * sizeof(i) < (1 << 16)) continue;
    constexpr std::uintptr_t kPage = 4096;
    const std::uintptr_t first = reinterpret_cast<std::uintptr_t>(&column.back()) & ~(kPage - 1);  // NOLINT
    const std::uintptr_t end = reinterpret_cast<std::uintptr_t>(place + capacity) & ~(kPage - 1);  // NOLINT
    std::vector<unsigned char> there((end - first) / kPage);
    if (mincore(reinterpret_cast<void*>(first), end - first, there.data()) != 0) continue;  // NOLINT
    looked += there.size();
    missing +=
        static_cast<std::size_t>(std::ranges::count_if(there, [](auto byte) { return (byte & 1U) == 0; }));
  }
  for (std::uint64_t i = 0; i < (1 << 18); ++i) REQUIRE(column[i] == i);
  // With sanitizers a column is copied, as addresses are not reserved: then nothing is asked for.
  if (!can || moved > 13) {
    WARN("no pages can be asked for here");
    return;
  }
  CHECK(looked > 256);
  CHECK(missing == 0);
}
#endif
