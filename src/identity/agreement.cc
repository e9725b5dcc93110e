#include "journey/identity/agreement.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace {

std::uint64_t PairsOf(std::uint64_t n) {
  return n * (n - 1) / 2;
}

// What the groups of one side come to: their number, the pairs in them, and the B-cubed share, that is the
// mean over events of (events of both groups) / (events of this group).
struct Side {
  std::uint64_t groups = 0;
  std::uint64_t pairs = 0;
  double bcubed = 1.0;
};

// `cells`: (group of this side, group of the other), one for each event, sorted.
Side SumUp(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& cells) {
  Side side;
  // Sums of squares by the size of the group: whole numbers, added as fractions in the order of sizes, so
  // that the result is the same however groups are numbered.
  std::map<std::uint64_t, std::uint64_t> squares_by_size;
  for (std::size_t begin = 0; begin < cells.size();) {
    std::size_t end = begin;
    std::uint64_t squares = 0;
    while (end < cells.size() && cells[end].first == cells[begin].first) {
      std::size_t next = end;
      while (next < cells.size() && cells[next] == cells[end]) ++next;
      squares += (next - end) * (next - end);
      end = next;
    }
    ++side.groups;
    side.pairs += PairsOf(end - begin);
    squares_by_size[end - begin] += squares;
    begin = end;
  }
  double sum = 0;
  for (const auto& [size, squares] : squares_by_size)
    sum += static_cast<double>(squares) / static_cast<double>(size);
  if (!cells.empty()) side.bcubed = sum / static_cast<double>(cells.size());
  return side;
}

}  // namespace

Agreement MeasureAgreement(std::span<const std::uint32_t> labels, std::span<const std::uint32_t> truth) {
  JOURNEY_CHECK(labels.size() == truth.size());
  std::vector<std::pair<std::uint32_t, std::uint32_t>> cells;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    if (truth[i] != kNoTruth) cells.emplace_back(labels[i], truth[i]);
  }
  std::ranges::sort(cells);
  Agreement result;
  result.events = cells.size();
  const Side ours = SumUp(cells);
  for (std::size_t begin = 0; begin < cells.size();) {
    std::size_t end = begin;
    while (end < cells.size() && cells[end] == cells[begin]) ++end;
    result.common_pairs += PairsOf(end - begin);
    begin = end;
  }
  for (auto& cell : cells) std::swap(cell.first, cell.second);
  std::ranges::sort(cells);
  const Side theirs = SumUp(cells);
  result.customers = ours.groups;
  result.pairs = ours.pairs;
  result.bcubed_precision = ours.bcubed;
  result.persons = theirs.groups;
  result.true_pairs = theirs.pairs;
  result.bcubed_recall = theirs.bcubed;
  return result;
}

}  // namespace v0
}  // namespace journey
