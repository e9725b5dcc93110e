#include "core/batch_namer.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/workers.h"
#include "journey/core/huge_memory.h"
#include "journey/core/memory.h"
#include "journey/core/mix.h"
#include "support/catch.h"

using journey::SymbolTable;
using journey::internal::BatchNamer;
using journey::internal::Digits;
using journey::internal::Workers;

namespace {

// Texts of two columns: those of the first are numbers, those of the second have a tag of their own.
class Crowd final : public BatchNamer::Texts {
 public:
  // `count` texts, about one in `repeats` of which is new, the numbers from `from` on.
  Crowd(std::size_t count, std::uint64_t repeats, std::uint64_t from) {
    std::uint64_t state = from;
    for (std::size_t i = 0; i < count; ++i) {
      state = journey::internal::Mix(state + i);
      const std::uint64_t number = from + state % (count / repeats + 1);
      Add(number, static_cast<std::uint32_t>(state >> 60) % 2);
    }
  }
  void Add(std::uint64_t number, std::uint32_t column) {
    const std::string text =
        column == 0 ? std::to_string(number) : "a-long-text-of-a-device-" + std::to_string(number);
    numbers_.push_back(number);
    texts_.push_back(text);
    columns_.push_back(column);
  }

  [[nodiscard]] std::vector<BatchNamer::Wanted> WantedOf(const SymbolTable& table) const {
    std::vector<BatchNamer::Wanted> wanted;
    for (std::uint32_t i = 0; i < texts_.size(); ++i)
      wanted.push_back({table.DigestOf(texts_[i], columns_[i]), i, columns_[i]});
    return wanted;
  }
  [[nodiscard]] Text Of(const BatchNamer::Wanted& wanted, Digits& digits) const override {
    if (texts_[wanted.row] == refused) throw std::runtime_error("refused");
    if (wanted.column == 0) digits.Assign(numbers_[wanted.row]);
    return {wanted.column == 0 ? digits.text() : texts_[wanted.row], wanted.column};
  }
  void Take(const BatchNamer::Wanted& wanted, std::uint32_t id) override {
    ids.resize(texts_.size(), SymbolTable::kNotFound);
    ids[wanted.row] = id;
  }

  [[nodiscard]] std::size_t size() const { return texts_.size(); }
  [[nodiscard]] const std::string& text(std::size_t i) const { return texts_[i]; }
  [[nodiscard]] std::uint32_t column(std::size_t i) const { return columns_[i]; }

  std::vector<std::uint32_t> ids;
  std::string refused = "none";

 private:
  std::vector<std::uint64_t> numbers_;
  std::vector<std::string> texts_;
  std::vector<std::uint32_t> columns_;
};

void Name(SymbolTable& table, Crowd& crowd, unsigned threads) {
  Workers workers(threads);
  BatchNamer namer(table, workers);
  crowd.ids.assign(crowd.size(), SymbolTable::kNotFound);
  namer.Name(crowd.WantedOf(table), crowd);
}

// The slow twin: one after the other.
std::vector<std::uint32_t> Interned(SymbolTable& table, const Crowd& crowd) {
  std::vector<std::uint32_t> ids;
  for (std::size_t i = 0; i < crowd.size(); ++i) ids.push_back(table.Intern(crowd.text(i), crowd.column(i)));
  return ids;
}

void CheckSame(const SymbolTable& a, const SymbolTable& b) {
  REQUIRE(a.size() == b.size());
  for (std::uint32_t id = 0; id < a.size(); ++id) {
    REQUIRE(a.text(id) == b.text(id));
    REQUIRE(a.tag(id) == b.tag(id));
    REQUIRE(a.Find(a.text(id), a.tag(id)) == id);
  }
}

}  // namespace

TEST_CASE("many named at once, by any number of threads, have the ids of one after the other") {
  for (const unsigned threads : {1U, 2U, 3U, 7U}) {
    for (const std::uint64_t repeats : {1U, 4U, 1000U}) {
      SymbolTable at_once, one_by_one;
      std::uint64_t from = 0;
      // Sizes below and above that from which threads share; from full tables and small ones; with texts from before.
      for (const std::size_t size : {0U, 1U, 63U, 1023U, 1024U, 5000U, 200U, 40000U, 30000U}) {
        Crowd crowd(size, repeats, from);
        Name(at_once, crowd, threads);
        REQUIRE(crowd.ids == Interned(one_by_one, crowd));
        // In between, as events come one by one: the table may be about to move to a larger one.
        for (std::size_t i = 0; i < 300; ++i) {
          const std::string text = "between" + std::to_string(from + i);
          REQUIRE(at_once.Intern(text) == one_by_one.Intern(text));
        }
        from += size / 2;
      }
      CheckSame(at_once, one_by_one);
    }
  }
}

TEST_CASE("a large table lies where others were before, and nothing of theirs is in it") {
  using journey::internal::kHugePageBytes;
  constexpr std::size_t kBytes = 64 * kHugePageBytes;
  for (const unsigned threads : {1U, 2U}) {
    std::byte* const others = journey::internal::TakeHugeMemory(kBytes);
    std::fill_n(others, kBytes, std::byte{0x5A});
    journey::internal::GiveHugeMemory(others, kBytes);
    SymbolTable at_once, one_by_one;
    for (const std::size_t size : {150'000U, 150'000U, 400'000U}) {
      Crowd crowd(size, 1, at_once.size());
      Name(at_once, crowd, threads);
      REQUIRE(crowd.ids == Interned(one_by_one, crowd));
    }
    CheckSame(at_once, one_by_one);
    // And goes on growing as any other.
    for (std::uint64_t i = 0; i < 300'000; ++i) {
      const std::string text = "later" + std::to_string(i);
      if (at_once.Intern(text) != one_by_one.Intern(text)) FAIL(text);
    }
    CheckSame(at_once, one_by_one);
  }
  journey::ReleaseSpareMemory();
}

TEST_CASE("tables of all fillings are named into: places run over the ends of regions and of the table") {
  // Digests are keyed at random, so that each round is another table.
  for (std::size_t round = 0; round < 60; ++round) {
    SymbolTable at_once, one_by_one;
    Crowd before(400 + 10 * round, 1, 1'000'000);
    Interned(at_once, before);
    Interned(one_by_one, before);
    for (std::uint64_t step = 0; step < 4; ++step) {
      Crowd crowd(1024, 2, 1'000'000 + 300 * step);
      Name(at_once, crowd, 4);
      REQUIRE(crowd.ids == Interned(one_by_one, crowd));
    }
    CheckSame(at_once, one_by_one);
    for (std::uint32_t id = 0; id < at_once.size(); id += 3) {
      const std::string text(at_once.text(id));
      const std::uint32_t tag = at_once.tag(id);
      at_once.Forget(id);
      REQUIRE_FALSE(at_once.Find(text, tag).has_value());
    }
    for (std::uint32_t id = 1; id < at_once.size(); id += 3)
      REQUIRE(at_once.Find(at_once.text(id), at_once.tag(id)) == id);
  }
}

TEST_CASE("what is refused to be written down leaves a table as it was, but for ids without a text") {
  for (const unsigned threads : {1U, 3U}) {
    SymbolTable table;
    Crowd known(2000, 1, 0);
    Name(table, known, threads);
    const std::vector<std::uint32_t> ids = known.ids;
    Crowd crowd(3000, 1, 1'000'000);
    crowd.refused = crowd.text(1500);
    REQUIRE_THROWS_AS(Name(table, crowd, threads), std::runtime_error);
    for (std::size_t i = 0; i < known.size(); ++i)
      REQUIRE(table.Find(known.text(i), known.column(i)) == ids[i]);
    for (std::size_t i = 0; i < crowd.size(); ++i) {
      const auto id = table.Find(crowd.text(i), crowd.column(i));
      if (id) REQUIRE(table.text(*id) == crowd.text(i));
    }
    CHECK_FALSE(table.Find(crowd.text(1500), crowd.column(1500)).has_value());
    // And it can be gone on with.
    crowd.refused = "none";
    Name(table, crowd, threads);
    for (std::size_t i = 0; i < crowd.size(); ++i) {
      REQUIRE(table.text(crowd.ids[i]) == crowd.text(i));
      REQUIRE(table.Find(crowd.text(i), crowd.column(i)) == crowd.ids[i]);
    }
  }
}
