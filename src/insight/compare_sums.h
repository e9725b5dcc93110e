// CompareSums: the figures of a comparison as sums over people. One person's journeys in all cells are taken in
// together, because they are not independent of one another.
//
// Most figures have a denominator in common (journeys, or events), so what a person adds to it is kept once, and a
// figure is touched only by the people who have something in its numerator.
#pragma once
#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "journey/insight/cluster_sums.h"
#include "journey/insight/compare.h"

namespace journey {
inline namespace v0 {
namespace internal {

inline constexpr std::size_t kCellPairs = 6;
// The place of the pair of cells a < b.
[[nodiscard]] constexpr std::size_t PairAt(std::size_t a, std::size_t b) {
  return a == 0 ? b - 1 : a == 1 ? b + 1 : 5;
}

class CompareSums {
 public:
  static constexpr std::uint32_t kJourneys = 0;  // denominators
  static constexpr std::uint32_t kEvents = 1;

  CompareSums() : denominators_(2), person_y_(2) {}

  // The number of a figure, the same for the same key. Its denominator is one of the two above, or its own.
  std::uint32_t FigureWithOwn(const FigureKey& key);
  std::uint32_t FigureOver(const FigureKey& key, std::uint32_t denominator);
  [[nodiscard]] std::uint32_t DenominatorOf(std::uint32_t figure) const {
    return figures_[figure].denominator;
  }

  // What the person at hand adds.
  void AddX(std::uint32_t figure, std::uint8_t cell, std::int64_t x);
  void AddY(std::uint32_t denominator, std::uint8_t cell, std::int64_t y);
  void FinishPerson();

  [[nodiscard]] const std::map<FigureKey, std::uint32_t>& figures() const { return index_; }
  [[nodiscard]] RatioSums Ratio(std::uint32_t figure, std::size_t cell) const;
  [[nodiscard]] CrossSums Cross(std::uint32_t figure, std::size_t a, std::size_t b) const;  // a < b

 private:
  using PersonCells = std::array<std::int64_t, kCompareCells>;
  struct Denominator {
    std::array<std::uint64_t, kCompareCells> customers{};
    PersonCells y{};
    std::array<WideInteger, kCompareCells> yy{};
    std::array<WideInteger, kCellPairs> cross{};
  };
  struct Figure {
    std::uint32_t denominator = 0;
    PersonCells x{};
    std::array<WideInteger, kCompareCells> xx{};
    std::array<WideInteger, kCompareCells> xy{};
    std::array<CrossSums, kCellPairs> cross{};  // but for yy
  };
  std::uint32_t Find(const FigureKey& key, const std::uint32_t* denominator);

  std::map<FigureKey, std::uint32_t> index_;
  std::vector<Figure> figures_;
  std::vector<Denominator> denominators_;
  std::vector<PersonCells> person_x_;  // by figure; 0 but for those in touched_x_
  std::vector<PersonCells> person_y_;
  std::vector<std::uint32_t> touched_x_;
  std::vector<std::uint32_t> touched_y_;
};

// All figures of the runs, and the people and journeys of each cell.
struct CompareTally {
  CompareSums sums;
  std::array<std::uint64_t, kCompareCells> journeys{};
  std::array<std::uint64_t, kCompareCells> open{};
  std::array<std::uint64_t, kCompareCells> customers{};
  std::array<TimePoint, 2> first{kMaxTime, kMaxTime};
  std::array<TimePoint, 2> observed_until{kMinTime, kMinTime};
  std::uint64_t people_on_both_sides = 0;
};
[[nodiscard]] CompareTally TallyComparison(std::span<const CompareRun> runs);

}  // namespace internal
}  // namespace v0
}  // namespace journey
