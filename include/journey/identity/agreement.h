// Agreement: how well one partition of events agrees with another that is known to be true.
//
//   ours  {a b c} {d}    truth  {a b} {c d}     pairs of ours: ab ac bc, true: ab cd, both: ab
//   pairwise precision 1/3, recall 1/2;   B-cubed precision 2/3, recall 3/4
//
// Pairwise: of the pairs that are together in ours, the share that truly belong together (precision); of the
// true pairs, the share that are together in ours (recall). B-cubed (Bagga and Baldwin 1998): the same for
// each event, within its own group, averaged over events; large customers count for less in it.
#pragma once
#include <cstdint>
#include <span>

namespace journey {
inline namespace v0 {

struct Agreement {
  std::uint64_t events = 0;     // that have a true label
  std::uint64_t customers = 0;  // groups of ours among them
  std::uint64_t persons = 0;    // true groups
  std::uint64_t pairs = 0;      // together in ours
  std::uint64_t true_pairs = 0;
  std::uint64_t common_pairs = 0;
  double bcubed_precision = 1.0;
  double bcubed_recall = 1.0;

  [[nodiscard]] double precision() const { return Share(common_pairs, pairs); }
  [[nodiscard]] double recall() const { return Share(common_pairs, true_pairs); }

 private:
  [[nodiscard]] static double Share(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 1.0 : static_cast<double>(part) / static_cast<double>(whole);
  }
};

inline constexpr std::uint32_t kNoTruth = UINT32_MAX;

// Events with the true label kNoTruth are left out.
// Requires: both of one size. Cost: O(events log events). The result does not depend on how
//           groups are numbered.
[[nodiscard]] Agreement MeasureAgreement(std::span<const std::uint32_t> labels,
                                         std::span<const std::uint32_t> truth);

}  // namespace v0
}  // namespace journey
