#include "journey/core/column.h"

#include <rapidcheck.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"

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
#endif
