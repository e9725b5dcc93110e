#include "core/batch_namer.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "core/symbol_table_impl.h"
#include "journey/core/check.h"
#include "journey/core/prefetch.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::size_t kTile = 64;      // are asked for before the first is looked at
constexpr std::size_t kAtOnce = 16;    // texts
constexpr std::size_t kFewest = 1024;  // for which other threads are woken

}  // namespace

BatchNamer::BatchNamer(SymbolTable& table, Workers& workers) : impl_(*table.impl_), workers_(workers) {
  if (impl_.filling.size() < workers.count()) impl_.filling.resize(workers.count());
}

template <typename Work>
void BatchNamer::OnAll(const Work& work) {
  if (parts_ == 1)
    work(0U);
  else
    workers_.Run(work);
}

void BatchNamer::Name(std::span<const Wanted> wanted, Texts& texts) {
  if (wanted.empty()) return;
  JOURNEY_CHECK(wanted.size() < SymbolTable::kNotFound - impl_.entries.size());
  wanted_ = wanted;
  parts_ = wanted.size() < kFewest ? 1 : workers_.count();
  base_ = static_cast<std::uint32_t>(impl_.entries.size());
  found_.resize(wanted.size());
  slots_.resize(wanted.size());
  rank_.resize(wanted.size());
  placed_.assign(parts_, 0);
  impl_.entries.reserve(base_ + wanted.size());  // what is placed must be counted
  impl_.index.MakeRoomFor(wanted.size(), [&](const auto& work) {
    OnAll([&](unsigned part) {
      const auto regions = Workers::PartOf(impl_.index.kRegions, part, parts_);
      for (std::size_t region = regions.begin; region < regions.end; ++region)
        work(static_cast<std::uint32_t>(region));
    });
  });
  OnAll([&](unsigned part) { FindOrPlace(part); });
  Number();
  try {
    OnAll([&](unsigned part) { Keep(part, texts); });
  } catch (...) {
    TakeBack();
    throw;
  }
}

void BatchNamer::FindOrPlace(unsigned part) {
  const auto regions = Workers::PartOf(impl_.index.kRegions, part, parts_);
  const auto half_of = [&](std::size_t i) { return SymbolTable::Impl::HalfOf(wanted_[i].digest); };
  const bool alone = parts_ == 1;
  std::array<std::uint32_t, kTile> own;
  for (std::size_t i = 0; i < wanted_.size();) {
    std::size_t count = 0;
    for (; i < wanted_.size() && count < kTile; ++i) {
      own[count] = static_cast<std::uint32_t>(i);
      const std::uint32_t region = impl_.index.RegionOf(half_of(i));
      count += static_cast<std::size_t>(region >= regions.begin && region < regions.end);
    }
    for (std::size_t at = 0; at < count; ++at) impl_.index.Prefetch(half_of(own[at]));
    for (std::size_t at = 0; at < count; ++at) {
      Settle(own[at], alone);
      placed_[part] += static_cast<std::size_t>(IsNew(own[at]));
    }
  }
}

void BatchNamer::Settle(std::size_t i, bool alone) {
  const SymbolTable::Digest& digest = wanted_[i].digest;
  const DigestSlot wanted{digest.high, digest.low, ~(base_ + static_cast<std::uint32_t>(i))};
  const auto is_it = [&](const DigestSlot& slot) {
    return slot.high == digest.high && slot.low == digest.low;
  };
  slots_[i] = alone ? impl_.index.PlaceAnywhere(wanted, is_it) : impl_.index.PlaceInRegion(wanted, is_it);
  found_[i] = slots_[i] == nullptr ? SymbolTable::kNotFound : slots_[i]->id();
}

// Which are new, and how many of them come before each. First those that are beyond the end of a region: wherever one is,
// all that want the same are.
void BatchNamer::Number() {
  std::size_t placed = std::accumulate(placed_.begin(), placed_.end(), std::size_t{0});
  std::uint32_t fresh = 0;
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    if (found_[i] == SymbolTable::kNotFound) {
      Settle(i, true);
      placed += static_cast<std::size_t>(IsNew(i));
    }
    rank_[i] = fresh;
    fresh += static_cast<std::uint32_t>(IsNew(i));
  }
  impl_.index.CountPlaced(placed);
  impl_.entries.resize(base_ + fresh, nullptr);
}

void BatchNamer::Keep(unsigned part, Texts& texts) {
  const auto range = Workers::PartOf(wanted_.size(), part, parts_, kTile);
  std::array<std::uint32_t, kTile> fresh;
  for (std::size_t tile = range.begin; tile < range.end; tile += kTile) {
    const std::size_t end = std::min(tile + kTile, range.end);
    std::size_t count = 0;
    for (std::size_t i = tile; i < end; ++i) {
      fresh[count] = static_cast<std::uint32_t>(i);
      count += static_cast<std::size_t>(IsNew(i));
      texts.Take(wanted_[i], IdOf(found_[i]));
    }
    for (std::size_t first = 0; first < count; first += kAtOnce)
      KeepSome(std::span(fresh).subspan(first, std::min(kAtOnce, count - first)), part, texts);
  }
}

void BatchNamer::KeepSome(std::span<const std::uint32_t> fresh, unsigned part, const Texts& texts) {
  std::array<Digits, kAtOnce> digits;
  std::array<Texts::Text, kAtOnce> names;
  for (std::size_t at = 0; at < fresh.size(); ++at) {
    names[at] = texts.Of(wanted_[fresh[at]], digits[at]);
    internal::Prefetch(names[at].text.data());
  }
  for (std::size_t at = 0; at < fresh.size(); ++at) {
    const std::uint32_t i = fresh[at], id = base_ + rank_[i];
    impl_.entries[id] = impl_.Keep(id, names[at].text, names[at].tag, impl_.filling[part]);
    slots_[i]->not_id = ~id;
  }
}

// What was not written down is not found again, and its id is as a forgotten one's.
void BatchNamer::TakeBack() {
  static SymbolTable::Impl::Record nobody{SymbolTable::kNotFound, 0, 0};
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    if (!IsNew(i)) continue;
    SymbolTable::Impl::Record*& record = impl_.entries[base_ + rank_[i]];
    if (record != nullptr) continue;
    record = &nobody;
    const SymbolTable::Digest& digest = wanted_[i].digest;
    impl_.index.Erase(SymbolTable::Impl::HalfOf(digest), [&](const DigestSlot& slot) {
      return slot.high == digest.high && slot.low == digest.low;
    });
  }
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
