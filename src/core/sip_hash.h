// SipHash-2-4 (libsodium), keyed. Two uses, two kinds of key:
//   - a random key per table, so that host bytes cannot be crafted to collide in it;
//   - one fixed key for digests that order events, which have to be the same on every machine.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

#include "journey/core/ids.h"

namespace journey {
inline namespace v0 {
namespace internal {

using SipKey = std::array<unsigned char, 16>;

[[nodiscard]] SipKey RandomSipKey();
[[nodiscard]] std::uint64_t SipHash(std::string_view text, const SipKey& key);

// A 128-bit digest of an event id under the fixed key.
[[nodiscard]] EventKey DigestOfEventId(std::string_view id);
// A 64-bit digest of a text under the fixed key.
[[nodiscard]] std::uint64_t FixedDigest(std::string_view text);

}  // namespace internal
}  // namespace v0
}  // namespace journey
