// The inverse of a dense matrix that needs no pivots: Gauss-Jordan by blocks, in place.
//
// For diagonally dominant M-matrices (I - Q of an absorbing chain) elimination without pivots is stable: all
// pivots are positive and nothing grows (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., ch.
// 9 and 14). The order of the operations is fixed, so the bytes are, too. Cost: 2 n^3 operations, some 4 in a
// clock cycle.
#pragma once
#include <cstddef>
#include <vector>

namespace journey {
inline namespace v0 {
namespace internal {

// `a` is n x n, row by row. The answer: whether all pivots were above 0 by more than rounding; if not, `a` is
// spoilt.
[[nodiscard]] bool InvertInPlace(std::vector<double>& a, std::size_t n);

}  // namespace internal
}  // namespace v0
}  // namespace journey
