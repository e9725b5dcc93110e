#include "simulate/population.h"

#include <fmt/format.h>

#include <array>
#include <iterator>
#include <string_view>

namespace journey {
inline namespace v0 {
namespace simulation {
namespace {

constexpr std::uint32_t kActivityLevels = 24;
constexpr std::int64_t kLightestGap = std::int64_t{16} * 86'400'000'000;

constexpr std::array<std::string_view, 16> kFirstNames{"ann",  "ben",  "carla", "dmitri", "eva",  "femi",
                                                       "gita", "hal",  "ines",  "jo",     "kofi", "lena",
                                                       "mia",  "noor", "olga",  "pablo"};
constexpr std::array<std::string_view, 16> kLastNames{"adler", "brook", "costa",  "dietz", "engel", "fischer",
                                                      "gupta", "hara",  "ivanov", "jonas", "klein", "lopez",
                                                      "mori",  "novak", "okoye",  "petit"};

}  // namespace

Population::Population(const SimulatorOptions& options) : options_(options), activity_(kActivityLevels) {}

bool Population::IsGuest(std::uint32_t person) const {
  return StreamFor(options_.seed, StreamOf::kPerson, person).Chance(options_.guest_permille);
}

Profile Population::ProfileOf(std::uint32_t person) const {
  internal::Random random = StreamFor(options_.seed, StreamOf::kPerson, person);
  Profile profile;
  profile.guest = random.Chance(options_.guest_permille);
  profile.has_app = random.Chance(650) && !profile.guest;
  profile.has_tablet = random.Chance(200) && !profile.guest;
  profile.mean_gap_us = kLightestGap / (1 + activity_.Draw(random));
  profile.shares_device =
      StreamFor(options_.seed, StreamOf::kHousehold, person / 2).Chance(options_.shared_device_permille) &&
      !profile.guest && !IsGuest(person ^ 1U);
  return profile;
}

void Population::AppendTexts(std::uint32_t person, std::string& texts,
                             std::vector<std::uint64_t>& begins) const {
  const Profile profile = ProfileOf(person);
  internal::Random random = StreamFor(options_.seed, StreamOf::kText, person);
  const auto begin = [&] { begins.push_back(texts.size()); };
  const auto device = [&](bool owned, std::uint64_t bits) {
    begin();
    if (owned) fmt::format_to(std::back_inserter(texts), "d-{:016x}", bits);
  };
  begin();
  if (!profile.guest) fmt::format_to(std::back_inserter(texts), "u-{}", 100'000 + std::uint64_t{person});
  device(true, random.Next());
  device(profile.has_app, random.Next());
  device(profile.has_tablet, random.Next());
  // Both members of a household find the same device here.
  device(profile.shares_device, StreamFor(options_.seed, StreamOf::kText, person / 2, 1).Next());
  begin();
  // One draw a statement: the order in which arguments are evaluated is the compiler's.
  const std::uint32_t first_name = random.Below(16);
  const std::uint32_t last_name = random.Below(16);
  fmt::format_to(std::back_inserter(texts), "{}.{}{}@example.org", kFirstNames[first_name],
                 kLastNames[last_name], person);
  begin();
  fmt::format_to(std::back_inserter(texts), "+4930{}", 10'000'000 + std::uint64_t{person});
  begin();
  const std::uint32_t street = random.Below(static_cast<std::uint32_t>(Streets().size()));
  fmt::format_to(std::back_inserter(texts), "{} {}", 1 + random.Below(200), Streets()[street]);
}

}  // namespace simulation
}  // namespace v0
}  // namespace journey
