#include "journey/identity/agreement.h"

#include <rapidcheck.h>

#include <map>
#include <vector>

#include "support/catch.h"

namespace journey {
namespace {

// By the definitions: every pair of events, every event's own groups.
Agreement SlowAgreement(const std::vector<std::uint32_t>& ours, const std::vector<std::uint32_t>& truth) {
  Agreement result;
  double precision = 0;
  double recall = 0;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (truth[i] == kNoTruth) continue;
    ++result.events;
    double own = 0, real = 0, both = 0;
    for (std::size_t j = 0; j < ours.size(); ++j) {
      if (truth[j] == kNoTruth) continue;
      const bool same = ours[i] == ours[j];
      const bool same_truth = truth[i] == truth[j];
      own += same;
      real += same_truth;
      both += same && same_truth;
      if (j <= i) continue;
      result.pairs += same;
      result.true_pairs += same_truth;
      result.common_pairs += same && same_truth;
    }
    precision += both / own;
    recall += both / real;
  }
  if (result.events != 0) {
    result.bcubed_precision = precision / static_cast<double>(result.events);
    result.bcubed_recall = recall / static_cast<double>(result.events);
  }
  return result;
}

bool Near(double a, double b) {
  return a - b < 1e-12 && b - a < 1e-12;
}

TEST_CASE("the worked example of the header") {
  const std::vector<std::uint32_t> ours{0, 0, 0, 1};
  const std::vector<std::uint32_t> truth{5, 5, 6, 6};
  const Agreement agreement = MeasureAgreement(ours, truth);
  CHECK(Near(agreement.precision(), 1.0 / 3));
  CHECK(Near(agreement.recall(), 1.0 / 2));
  CHECK(Near(agreement.bcubed_precision, 2.0 / 3));
  CHECK(Near(agreement.bcubed_recall, 3.0 / 4));
}

TEST_CASE("nothing to compare is full agreement") {
  const Agreement agreement = MeasureAgreement({}, {});
  CHECK(agreement.precision() == 1.0);
  CHECK(agreement.bcubed_recall == 1.0);
}

TEST_CASE("agreement is what its definition says, however groups are numbered") {
  CHECK(rc::check([](const std::vector<std::pair<std::uint8_t, std::uint8_t>>& cells, std::uint32_t shift) {
    std::vector<std::uint32_t> ours, renumbered, truth;
    for (const auto& [a, b] : cells) {
      ours.push_back(a % 7);
      renumbered.push_back((a % 7 + shift) * 2654435761U);
      truth.push_back(b % 8 == 7 ? kNoTruth : b % 8U);
    }
    const Agreement fast = MeasureAgreement(ours, truth);
    const Agreement again = MeasureAgreement(renumbered, truth);
    const Agreement slow = SlowAgreement(ours, truth);
    RC_ASSERT(fast.events == slow.events);
    RC_ASSERT(fast.pairs == slow.pairs);
    RC_ASSERT(fast.true_pairs == slow.true_pairs);
    RC_ASSERT(fast.common_pairs == slow.common_pairs);
    RC_ASSERT(Near(fast.bcubed_precision, slow.bcubed_precision));
    RC_ASSERT(Near(fast.bcubed_recall, slow.bcubed_recall));
    RC_ASSERT(fast.bcubed_precision == again.bcubed_precision);
    RC_ASSERT(fast.bcubed_recall == again.bcubed_recall);
  }));
}

}  // namespace
}  // namespace journey
