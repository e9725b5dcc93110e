#include "journey/measures/variants.h"
#include "journey/core/prefetch.h"

#include <algorithm>
#include <functional>
#include <string_view>

#include "core/sip_hash.h"
#include "journey/core/column.h"
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
  // A journey that is about to be counted.
  struct Waiting {
    std::uint64_t hash;
    std::uint32_t begin;  // its path in `scratch`
    std::uint32_t end;
    std::uint32_t candidate;  // the row it most likely is, or none
    bool cut;
  };
  static constexpr std::size_t kTogether = 64;

  internal::SipHasher<1, 3> hasher{internal::RandomSipKey()};
  internal::FlatIndex index;
  Column<Row> rows;
  Column<TouchpointId> paths;
  std::vector<TouchpointId> scratch;
  std::vector<Waiting> waiting;
  std::uint64_t journeys = 0;

  [[nodiscard]] std::span<const TouchpointId> PathOf(const Row& row) const {
    return std::span(paths).subspan(row.begin, row.size);
  }

  [[nodiscard]] std::uint64_t HashOf(std::span<const TouchpointId> path, bool cut) const {
    const auto* const bytes =
        reinterpret_cast<const char*>(path.data());  // NOLINT: the bytes of plain integers
    return hasher({bytes, path.size_bytes()}) ^ (cut ? ~std::uint64_t{0} : 0);
  }

  void Count(std::span<const TouchpointId> path, bool cut, std::uint64_t hash, std::uint64_t count) {
    std::uint32_t at = index.Find(hash, [&](std::uint32_t row) {
      return rows[row].cut == cut && std::ranges::equal(PathOf(rows[row]), path);
    });
    if (at == internal::FlatIndex::kNone) {
      at = static_cast<std::uint32_t>(rows.size());
      rows.push_back({paths.size(), static_cast<std::uint32_t>(path.size()), cut, 0});
      paths.append(path);
      index.Insert(hash, at);
    }
    rows[at].journeys += count;
    journeys += count;
  }

  void Wait(std::span<const TouchpointId> touchpoints) {
    const std::size_t begin = scratch.size();
    // Each is written, and stays if it is not the last one again: whether it is cannot be foreseen. One more than
    // kMaxPath, if there is, says that the path goes on.
    scratch.resize(begin + std::min(touchpoints.size(), kMaxPath + 1));
    TouchpointId* const path = scratch.data() + begin;
    std::size_t size = 0;
    TouchpointId last;
    for (const TouchpointId touchpoint : touchpoints) {
      if (size > kMaxPath) break;
      path[size] = touchpoint;
      size += touchpoint != last ? 1U : 0U;
      last = touchpoint;
    }
    const bool cut = size > kMaxPath;
    scratch.resize(begin + std::min(size, kMaxPath));
    const std::uint64_t hash = HashOf(std::span(scratch).subspan(begin), cut);
    index.Prefetch(hash);
    waiting.push_back({hash, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(scratch.size()),
                       internal::FlatIndex::kNone, cut});
  }

  // Counts all that wait. What one of them needs next comes while the others are looked at.
  void CountWaiting() {
    for (Waiting& each : waiting) {
      each.candidate = index.Candidate(each.hash);
      if (each.candidate != internal::FlatIndex::kNone) internal::Prefetch(&rows[each.candidate]);
    }
    for (const Waiting& each : waiting) {
      if (each.candidate != internal::FlatIndex::kNone)
        internal::Prefetch(paths.data() + rows[each.candidate].begin);
    }
    for (const Waiting& each : waiting) {
      Count(std::span(scratch).subspan(each.begin, each.end - each.begin), each.cut, each.hash, 1);
    }
    scratch.clear();
    waiting.clear();
  }
};

VariantCounter::VariantCounter() : impl_(std::make_unique<Impl>()) {}
VariantCounter::~VariantCounter() = default;
VariantCounter::VariantCounter(VariantCounter&&) noexcept = default;
VariantCounter& VariantCounter::operator=(VariantCounter&&) noexcept = default;

void VariantCounter::Add(std::span<const TouchpointId> touchpoints) {
  impl_->Wait(touchpoints);
  impl_->CountWaiting();
}

void VariantCounter::AddAll(std::span<const TouchpointId> touchpoints, std::span<const std::uint32_t> ends) {
  std::uint32_t begin = 0;
  for (const std::uint32_t end : ends) {
    impl_->Wait(touchpoints.subspan(begin, end - begin));
    if (impl_->waiting.size() == Impl::kTogether) impl_->CountWaiting();
    begin = end;
  }
  impl_->CountWaiting();
}

void VariantCounter::Merge(const VariantCounter& other) {
  for (const Impl::Row& row : other.impl_->rows) {
    const auto path = other.impl_->PathOf(row);
    // Another counter has another key, so that its hashes are of no use here.
    impl_->Count(path, row.cut, impl_->HashOf(path, row.cut), row.journeys);
  }
}

std::uint64_t VariantCounter::distinct() const {
  return impl_->rows.size();
}
std::uint64_t VariantCounter::journeys() const {
  return impl_->journeys;
}

std::vector<Variant> VariantCounter::Top(std::size_t limit) const {
  limit = std::min(limit, impl_->rows.size());
  if (limit == 0) return {};
  // Most paths are taken by too few to be among the first, and are not looked at.
  std::vector<std::uint64_t> counts;
  counts.reserve(impl_->rows.size());
  for (const Impl::Row& row : impl_->rows) counts.push_back(row.journeys);
  const auto last = counts.begin() + static_cast<std::ptrdiff_t>(limit - 1);
  std::nth_element(counts.begin(), last, counts.end(), std::greater<>());
  const std::uint64_t least = *last;
  std::vector<std::uint32_t> order;
  for (std::uint32_t i = 0; i < impl_->rows.size(); ++i) {
    if (impl_->rows[i].journeys >= least) order.push_back(i);
  }
  const auto first = [&](std::uint32_t a, std::uint32_t b) {
    const Impl::Row& x = impl_->rows[a];
    const Impl::Row& y = impl_->rows[b];
    if (x.journeys != y.journeys) return x.journeys > y.journeys;
    const auto px = impl_->PathOf(x);
    const auto py = impl_->PathOf(y);
    if (!std::ranges::equal(px, py)) return std::ranges::lexicographical_compare(px, py);
    return x.cut < y.cut;
  };
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(limit);
  std::partial_sort(order.begin(), end, order.end(), first);
  std::vector<Variant> top;
  top.reserve(limit);
  for (auto it = order.begin(); it != end; ++it) {
    const Impl::Row& row = impl_->rows[*it];
    const auto path = impl_->PathOf(row);
    top.push_back({{path.begin(), path.end()}, row.cut, row.journeys});
  }
  return top;
}

}  // namespace v0
}  // namespace journey
