#include "insight/dense_inverse.h"

#include <algorithm>
#include <array>

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::size_t kBlock = 48;
constexpr std::size_t kTile = 4;  // rows and columns that are kept in registers
constexpr double kSmallestPivot = 1e-13;

using Block = std::array<double, kBlock * kBlock>;

// Inverts the leading size x size part, rows kBlock apart.
bool InvertBlock(Block& p, std::size_t size) {
  for (std::size_t k = 0; k < size; ++k) {
    const double pivot = p[k * kBlock + k];
    if (!(pivot > kSmallestPivot)) return false;
    for (std::size_t j = 0; j < size; ++j) p[k * kBlock + j] /= pivot;
    p[k * kBlock + k] = 1.0 / pivot;
    for (std::size_t i = 0; i < size; ++i) {
      if (i == k) continue;
      const double factor = p[i * kBlock + k];
      p[i * kBlock + k] = 0.0;
      for (std::size_t j = 0; j < size; ++j) p[i * kBlock + j] -= factor * p[k * kBlock + j];
    }
  }
  return true;
}

// The rows of the block, multiplied by its inverse, in tiles: column j, row k of the block at
// [(j / kTile * size + k) * kTile + j % kTile]. Columns of the block itself are 0.
void MakePanel(const std::vector<double>& a, std::size_t n, std::size_t first, std::size_t size,
               const Block& p, std::vector<double>& panel) {
  std::ranges::fill(panel, 0.0);
  for (std::size_t k = 0; k < size; ++k) {
    for (std::size_t l = 0; l < size; ++l) {
      const double factor = p[k * kBlock + l];
      const double* const row = a.data() + (first + l) * n;
      for (std::size_t j = 0; j < n; ++j) {
        panel[(j / kTile * size + k) * kTile + j % kTile] += factor * row[j];
      }
    }
  }
  for (std::size_t j = first; j < first + size; ++j) {
    for (std::size_t k = 0; k < size; ++k) panel[(j / kTile * size + k) * kTile + j % kTile] = 0.0;
  }
}

// rows i .. i + count of a -= c * panel, where c is count x size.
void Update(double* const* rows, std::size_t count, const std::array<double, kTile * kBlock>& c,
            const std::vector<double>& panel, std::size_t size, std::size_t n) {
  for (std::size_t j = 0; j < n; j += kTile) {
    std::array<double, kTile * kTile> sum{};
    const double* tile = panel.data() + j * size;
    for (std::size_t k = 0; k < size; ++k, tile += kTile) {
      for (std::size_t r = 0; r < kTile; ++r) {
        for (std::size_t q = 0; q < kTile; ++q) sum[r * kTile + q] += c[k * kTile + r] * tile[q];
      }
    }
    const std::size_t columns = std::min(kTile, n - j);
    for (std::size_t r = 0; r < count; ++r) {
      for (std::size_t q = 0; q < columns; ++q) rows[r][j + q] -= sum[r * kTile + q];
    }
  }
}

void EliminateBlock(std::vector<double>& a, std::size_t n, std::size_t first, std::size_t size,
                    const Block& p, const std::vector<double>& panel) {
  std::array<double, kTile * kBlock> c{};
  std::array<double*, kTile> rows{};
  for (std::size_t i = 0; i < n;) {
    if (i == first) {
      i += size;
      continue;
    }
    const std::size_t limit = i < first ? first : n;
    const std::size_t count = std::min(kTile, limit - i);
    c.fill(0.0);
    for (std::size_t r = 0; r < count; ++r) {
      rows[r] = a.data() + (i + r) * n;
      for (std::size_t k = 0; k < size; ++k) c[k * kTile + r] = rows[r][first + k];
      std::fill_n(rows[r] + first, size, 0.0);
      for (std::size_t k = 0; k < size; ++k) {
        const double factor = c[k * kTile + r];
        if (factor == 0.0) continue;
        for (std::size_t j = 0; j < size; ++j) rows[r][first + j] -= factor * p[k * kBlock + j];
      }
    }
    Update(rows.data(), count, c, panel, size, n);
    i += count;
  }
}

}  // namespace

bool InvertInPlace(std::vector<double>& a, std::size_t n) {
  Block p{};
  std::vector<double> panel;
  for (std::size_t first = 0; first < n; first += kBlock) {
    const std::size_t size = std::min(kBlock, n - first);
    for (std::size_t k = 0; k < size; ++k) {
      std::copy_n(a.data() + (first + k) * n + first, size, p.data() + k * kBlock);
    }
    if (!InvertBlock(p, size)) return false;
    panel.assign((n + kTile - 1) / kTile * kTile * size, 0.0);
    MakePanel(a, n, first, size, p, panel);
    EliminateBlock(a, n, first, size, p, panel);
    for (std::size_t k = 0; k < size; ++k) {
      double* const row = a.data() + (first + k) * n;
      for (std::size_t j = 0; j < n; ++j) row[j] = panel[(j / kTile * size + k) * kTile + j % kTile];
      std::copy_n(p.data() + k * kBlock, size, row + first);
    }
  }
  return true;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
