#include "journey/measures/variants.h"

#include <algorithm>
#include <string_view>

#include "core/sip_hash.h"
#include "journey/core/flat_index.h"

namespace journey {
inline namespace v0 {

// Paths are host data, so the index over them is keyed like every other.
struct VariantCounter::Impl {
  struct Row {
    std::size_t begin;
    std::uint32_t size;
    bool cut;
    std::uint64_t journeys;
  };
  internal::SipHasher<1, 3> hasher{internal::RandomSipKey()};
  internal::FlatIndex index;
  std::vector<Row> rows;
  std::vector<TouchpointId> paths;
  std::vector<TouchpointId> scratch;
  std::uint64_t journeys = 0;

  [[nodiscard]] std::span<const TouchpointId> PathOf(const Row& row) const {
    return std::span(paths).subspan(row.begin, row.size);
  }

  void Count(std::span<const TouchpointId> path, bool cut, std::uint64_t count) {
    const auto* const bytes =
        reinterpret_cast<const char*>(path.data());  // NOLINT: the bytes of plain integers
    const std::uint64_t hash = hasher({bytes, path.size_bytes()}) ^ (cut ? ~std::uint64_t{0} : 0);
    std::uint32_t at = index.Find(hash, [&](std::uint32_t row) {
      return rows[row].cut == cut && std::ranges::equal(PathOf(rows[row]), path);
    });
    if (at == internal::FlatIndex::kNone) {
      at = static_cast<std::uint32_t>(rows.size());
      rows.push_back({paths.size(), static_cast<std::uint32_t>(path.size()), cut, 0});
      paths.insert(paths.end(), path.begin(), path.end());
      index.Insert(hash, at);
    }
    rows[at].journeys += count;
    journeys += count;
  }
};

VariantCounter::VariantCounter() : impl_(std::make_unique<Impl>()) {}
VariantCounter::~VariantCounter() = default;
VariantCounter::VariantCounter(VariantCounter&&) noexcept = default;
VariantCounter& VariantCounter::operator=(VariantCounter&&) noexcept = default;

void VariantCounter::Add(std::span<const TouchpointId> touchpoints) {
  std::vector<TouchpointId>& path = impl_->scratch;
  path.clear();
  bool cut = false;
  for (const TouchpointId touchpoint : touchpoints) {
    if (!path.empty() && path.back() == touchpoint) continue;
    cut = path.size() == kMaxPath;
    if (cut) break;
    path.push_back(touchpoint);
  }
  impl_->Count(path, cut, 1);
}

void VariantCounter::Merge(const VariantCounter& other) {
  for (const Impl::Row& row : other.impl_->rows)
    impl_->Count(other.impl_->PathOf(row), row.cut, row.journeys);
}

std::uint64_t VariantCounter::distinct() const {
  return impl_->rows.size();
}
std::uint64_t VariantCounter::journeys() const {
  return impl_->journeys;
}

std::vector<Variant> VariantCounter::Top(std::size_t limit) const {
  std::vector<std::uint32_t> order(impl_->rows.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto first = [&](std::uint32_t a, std::uint32_t b) {
    const Impl::Row& x = impl_->rows[a];
    const Impl::Row& y = impl_->rows[b];
    if (x.journeys != y.journeys) return x.journeys > y.journeys;
    const auto px = impl_->PathOf(x);
    const auto py = impl_->PathOf(y);
    if (!std::ranges::equal(px, py)) return std::ranges::lexicographical_compare(px, py);
    return x.cut < y.cut;
  };
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(limit, order.size()));
  std::partial_sort(order.begin(), end, order.end(), first);
  std::vector<Variant> top;
  for (auto it = order.begin(); it != end; ++it) {
    const Impl::Row& row = impl_->rows[*it];
    const auto path = impl_->PathOf(row);
    top.push_back({{path.begin(), path.end()}, row.cut, row.journeys});
  }
  return top;
}

}  // namespace v0
}  // namespace journey
