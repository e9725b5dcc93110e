#include "events/number_claims.h"

#include <algorithm>
#include <array>

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::size_t kTile = 64;      // are asked for before the first is looked at
constexpr std::size_t kFewest = 2048;  // for which other threads are woken

}  // namespace

std::size_t NumberClaims::Claim(SourceId source, std::span<const std::uint64_t> wanted) {
  parts_.resize(wanted.size() < kFewest ? 1 : workers_.count());
  if (parts_.size() == 1)
    ClaimOwn(0, source, wanted);
  else
    workers_.Run([&](unsigned part) { ClaimOwn(part, source, wanted); });
  std::size_t stop = wanted.size();
  for (const Part& part : parts_) {
    numbers_.CountClaimed(part.claimed);
    stop = std::min(stop, part.stop);
  }
  stop = ClaimLate(source, wanted, stop);
  if (stop < wanted.size()) GiveBack(source, wanted, stop);
  return stop;
}

void NumberClaims::ClaimOwn(unsigned part, SourceId source, std::span<const std::uint64_t> wanted) {
  Part& own = parts_[part];
  own.stop = wanted.size();
  own.claimed = 0;
  own.late.clear();
  std::array<std::uint32_t, kTile> places;
  for (std::size_t i = 0; i < wanted.size();) {
    std::size_t count = 0;
    for (; i < wanted.size() && count < kTile; ++i) {
      places[count] = static_cast<std::uint32_t>(i);
      count += static_cast<std::size_t>(PartOf(wanted[i]) == part);
    }
    for (std::size_t at = 0; at < count; ++at) numbers_.Prefetch(source, wanted[places[at]]);
    for (std::size_t at = 0; at < count; ++at) {
      switch (numbers_.ClaimInPage(source, wanted[places[at]])) {
        case NumberedRows::Claimed::kNew:
          ++own.claimed;
          break;
        case NumberedRows::Claimed::kNoPage:
          own.late.push_back(places[at]);
          break;
        case NumberedRows::Claimed::kTaken:
          own.stop = places[at];
          return;
      }
    }
  }
}

// All numbers of a page are late if one is.
std::size_t NumberClaims::ClaimLate(SourceId source, std::span<const std::uint64_t> wanted,
                                    std::size_t stop) {
  late_claimed_.clear();
  for (const Part& part : parts_) {
    for (const std::uint32_t place : part.late) {
      if (place >= stop) break;
      if (numbers_.Claim(source, wanted[place]))
        late_claimed_.push_back(place);
      else
        stop = place;
    }
  }
  return stop;
}

void NumberClaims::GiveBack(SourceId source, std::span<const std::uint64_t> wanted, std::size_t from) {
  for (std::size_t i = from; i < wanted.size(); ++i) {
    const Part& part = parts_[PartOf(wanted[i])];
    if (i < part.stop && !std::ranges::binary_search(part.late, i)) numbers_.Erase(source, wanted[i]);
  }
  for (const std::uint32_t place : late_claimed_) {
    if (place >= from) numbers_.Erase(source, wanted[place]);
  }
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
