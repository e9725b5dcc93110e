// Who the simulated people are: what they own, how often they come, and what they are called.
//
// A pure function of the seed and the person's number: nobody depends on how many others there are.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "simulate/random.h"
#include "simulate/simulator.h"

namespace journey {
inline namespace v0 {
namespace simulation {

// What the streams of random numbers are for; each is followed by the numbers of person, household or
// journey.
enum class StreamOf : std::uint64_t { kPerson = 1, kHousehold, kLife, kEpisode, kDirt, kText };

[[nodiscard]] inline internal::Random StreamFor(std::uint64_t seed, StreamOf what, std::uint64_t a,
                                                std::uint64_t b = 0) {
  return internal::Random(seed, {static_cast<std::uint64_t>(what), a, b});
}

struct Profile {
  bool guest = false;  // never logs in
  bool has_app = false;
  bool has_tablet = false;
  bool shares_device = false;    // with the other member of the household, person ^ 1
  std::int64_t mean_gap_us = 0;  // between two visits for different reasons
};

class Population {
 public:
  explicit Population(const SimulatorOptions& options);

  [[nodiscard]] Profile ProfileOf(std::uint32_t person) const;
  // Appends the person's texts, in the order of Text, and where each of them begins.
  void AppendTexts(std::uint32_t person, std::string& texts, std::vector<std::uint64_t>& begins) const;

 private:
  [[nodiscard]] bool IsGuest(std::uint32_t person) const;

  const SimulatorOptions& options_;
  internal::Zipf activity_;  // rank 0, the most frequent, comes least often
};

}  // namespace simulation
}  // namespace v0
}  // namespace journey
