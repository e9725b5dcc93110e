#include "simulate/dirt.h"

#include <algorithm>
#include <tuple>

#include "simulate/population.h"

namespace journey {
inline namespace v0 {
namespace simulation {
namespace {

// Where an identifier is missing, somebody wrote "null", "0" or the like instead.
void PutPlaceholder(EventRow& row, internal::Random& random) {
  const std::uint32_t name_space = random.Below(4);
  const std::uint32_t which = random.Below(static_cast<std::uint32_t>(Placeholders().size()));
  if (((row.carried >> name_space) & 1U) == 0) {
    row.placeholder = static_cast<std::uint8_t>(1 + name_space + 4 * which);
  }
}

Platform OtherPlatform(Platform platform) {
  return platform == Platform::kDesktop ? Platform::kMobile : Platform::kDesktop;
}

// How far behind its place a row comes.
std::uint32_t Delay(const SimulatorOptions& options, std::uint32_t rows_behind, internal::Random& random) {
  const bool disorder = random.Chance(options.disorder_permille);
  const std::uint32_t step = 1 + random.Below(64);
  const bool late = random.Chance(options.late_permille);
  const std::uint32_t half = rows_behind / 2;
  if (late) return half + random.Below(half + 1);
  return disorder ? std::min(step, rows_behind) : 0;
}

}  // namespace

std::size_t MakeFile(std::vector<EventRow>& rows, const SimulatorOptions& options) {
  std::ranges::sort(rows, [](const EventRow& a, const EventRow& b) {
    return std::tie(a.time_us, a.person, a.index) < std::tie(b.time_us, b.person, b.index);
  });
  const std::size_t distinct = rows.size();
  for (std::size_t i = 0; i < distinct; ++i) rows[i].sequence = static_cast<std::uint32_t>(i);
  const bool clean = (options.placeholder_permille | options.duplicate_permille | options.conflict_permille |
                      options.disorder_permille | options.late_permille) == 0;
  if (clean) return distinct;

  const auto end = static_cast<std::uint32_t>(distinct);
  for (std::uint32_t i = 0; i < end; ++i) {
    internal::Random random = StreamFor(options.seed, StreamOf::kDirt, rows[i].person, rows[i].index);
    if (random.Chance(options.placeholder_permille)) PutPlaceholder(rows[i], random);
    rows[i].arrival = i + Delay(options, end - 1 - i, random);
    const auto copy = [&](Platform platform) {
      EventRow again = rows[i];
      again.platform = platform;
      again.sequence = static_cast<std::uint32_t>(rows.size());
      again.arrival = i + std::min(random.Below(1000), end - 1 - i);
      rows.push_back(again);
    };
    if (random.Chance(options.duplicate_permille)) {
      copy(rows[i].platform);
      if (random.Chance(200)) copy(rows[i].platform);
    }
    if (random.Chance(options.conflict_permille)) copy(OtherPlatform(rows[i].platform));
  }
  std::ranges::sort(rows, [](const EventRow& a, const EventRow& b) {
    return std::tie(a.arrival, a.sequence) < std::tie(b.arrival, b.sequence);
  });
  return distinct;
}

}  // namespace simulation
}  // namespace v0
}  // namespace journey
