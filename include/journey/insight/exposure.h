// Exposure: who met a friction, and who comes close enough to them without it to be compared.
//
//   purchase, payment reached, web, hurt before: no       exposed 100, of them 40 achieved
//                                                         comparable 900, of them 540 achieved
//   without the friction, expected of the exposed         100 * 540 / 900 = 60, so 20 goals
//
// A journey is exposed to a friction by its first finding of that key. Its state there: the definition, how
// far it had come (the furthest step reached, that event included; of discovered journeys the number of
// events, in powers of two), the channel, how many events it had made at that step in that channel before it
// was hurt (in powers of two; at least one), and whether an earlier friction was over when it came there.
// Comparable are the journeys that came to the same state, made at least as many events in it, and never met
// that friction. They may have met others: only this one is thought away. Who meets it later counts up to
// then, and from then on by what is expected of the later state without it; to leave them out would keep
// those who left before they could meet it.
//
// Left out, and counted:
//   open journeys      their end is not known
//   at the end         the finding is of the very event that ended the journey (its goal, or an exclusion)
//   no comparable      nobody, or almost nobody, came to that state without the friction
// Findings of detectors that imply failure (leaving, giving up) are no exposures: how the journey ends is
// what they say. They are left out of this comparison, and make nobody "hurt before".
//
// A friction that takes several visits, or comes late within a step, is met only by those who stay for it
// (immortal time), and staying means not to have left, but also not to have gone on. That is why the events
// made at the step are part of the state. What remains, within one state: of those who were lost before the
// friction could strike the effect is stated too small, of those who went on before, too large. Nothing here
// corrects for what the state does not hold, such as what the customer intends: a friction of those who only
// look around (a page viewed again) shows the difference between them and the determined.
//
// Source: direct standardisation; Rothman, Greenland and Lash, Modern Epidemiology, 3rd ed. (2008), ch. 4 and
// 21.
// Lifetime: plain data. Threads: safe to call concurrently. Cost: O(events of journeys + findings).
#pragma once
#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "journey/insight/tables.h"

namespace journey {
inline namespace v0 {

// What a journey is like at one moment. Cells of a table, numbered densely.
struct StateSpace {
  std::uint32_t definitions = 0;
  std::uint32_t channels = 0;
  static constexpr std::uint32_t kProgress = 58;  // none, each of 56 steps; or powers of two of events
  static constexpr std::uint32_t kStays = 6;      // 1, 2, 3 to 4, 5 to 8, 9 to 16, and more events there

  [[nodiscard]] std::uint32_t places() const { return definitions * channels * kProgress; }
  [[nodiscard]] std::uint32_t size() const { return places() * kStays * 2; }
  // Where a journey is: all of the state but the stay and what was before.
  [[nodiscard]] std::uint32_t place(DefinitionId definition, ChannelId channel,
                                    std::uint32_t progress) const {
    return (definition.value * channels + channel.value) * kProgress + progress;
  }
  // Requires: events >= 1, made there so far.
  [[nodiscard]] static std::uint32_t StayOf(std::uint32_t events) {
    return std::min(static_cast<std::uint32_t>(std::bit_width(events - 1)), kStays - 1);
  }
  [[nodiscard]] static std::uint32_t of(std::uint32_t place, std::uint32_t stay, bool hurt_before) {
    return (place * kStays + stay) * 2 + (hurt_before ? 1 : 0);
  }
};

enum class ExposureStanding : std::uint8_t { kCompared, kOpen, kAtEnd };

// The first finding of one key in one journey.
struct Exposure {
  std::uint32_t key;  // in Exposures::keys
  std::uint32_t state;
  std::uint32_t place;  // the event of the journey
  ExposureStanding standing;
};

// All states of all journeys. Of journey j: states [state_begins[j], state_begins[j + 1]), each once,
// in the order they came, and exposures likewise, by key. The event that decided a journey is in no state.
struct Exposures {
  StateSpace space;
  std::vector<FrictionKey> keys;     // ascending; of detectors that do not imply failure
  std::vector<FrictionKey> implied;  // ascending; left out, because they do
  std::vector<std::uint32_t> state_begins;
  std::vector<std::uint32_t> states;
  std::vector<std::uint32_t>
      first_events;  // by place in `states`: the event of the journey that was first in it
  std::vector<std::uint32_t> exposure_begins;
  std::vector<Exposure> exposures;

  [[nodiscard]] std::span<const std::uint32_t> states_of(std::size_t journey) const {
    return std::span(states).subspan(state_begins[journey],
                                     state_begins[journey + 1] - state_begins[journey]);
  }
  [[nodiscard]] std::span<const Exposure> exposures_of(std::size_t journey) const {
    return std::span(exposures).subspan(exposure_begins[journey],
                                        exposure_begins[journey + 1] - exposure_begins[journey]);
  }
};

[[nodiscard]] Exposures FindExposures(const RunTables& tables);

// The event of the journey where a finding hurt: the first of its evidence at its touchpoint and time.
[[nodiscard]] std::uint32_t PlaceOf(const RunTables& tables, const Finding& finding);

}  // namespace v0
}  // namespace journey
