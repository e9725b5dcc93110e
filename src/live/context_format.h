// What the writer and the reader of the hand-over record share; the record itself is described in
// journey/live/context.h.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "journey/live/context.h"

namespace journey {
inline namespace v0 {
namespace internal {

inline constexpr std::array<char, 4> kContextMagic{'J', 'C', 'T', 'X'};
inline constexpr std::uint8_t kContextMajor = 1;
inline constexpr std::uint8_t kContextMinor = 0;
inline constexpr std::size_t kContextLengthAt = 6;
inline constexpr std::size_t kContextHeaderBytes = 10;

enum class ContextSection : std::uint8_t {
  kHead = 1,
  kTexts,
  kIdentifiers,
  kChannels,
  kJourneys,
  kGiven,
  kFindings,
  kScore,
  kRisk,  // any number of times
  kNext,
};
inline constexpr std::size_t kContextSections = 11;  // tags below this are known; 0 is none

inline constexpr std::uint8_t kContextTruncated = 1;
inline constexpr std::uint8_t kContextFolded = 2;
inline constexpr std::uint8_t kContextShortened = 4;

// Of a record's times, in microseconds.
inline constexpr std::array<std::int64_t, 3> kContextUnits{1, 1'000, 1'000'000};

}  // namespace internal
}  // namespace v0
}  // namespace journey
