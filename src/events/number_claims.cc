#include "events/number_claims.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::size_t kTile = 256;     // are asked for before the first is looked at
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
  const bool alone = parts_.size() == 1;
  std::array<std::uint32_t, kTile> rows;
  std::array<std::uint64_t, kTile> numbers;
  std::array<std::size_t, kTile> places;
  for (std::size_t i = 0; i < wanted.size();) {
    std::size_t count = 0;
    if (alone) {
      count = std::min(kTile, wanted.size() - i);
      numbers_.FindPlaces(source, wanted.subspan(i, count), places);
      std::iota(rows.begin(), rows.begin() + count, static_cast<std::uint32_t>(i));
      i += count;
    } else {
      for (; i < wanted.size() && count < kTile; ++i) {
        rows[count] = static_cast<std::uint32_t>(i);
        numbers[count] = wanted[i];
        count += static_cast<std::size_t>(PartOf(wanted[i]) == part);
      }
      numbers_.FindPlaces(source, std::span(numbers).first(count), places);
    }
    for (std::size_t at = 0; at < count; ++at) {
      if (places[at] == NumberedRows::kNowhere) {
        own.late.push_back(rows[at]);
      } else if (numbers_.ClaimAt(places[at])) {
        ++own.claimed;
      } else {
        own.stop = rows[at];
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
