// SipHash, keyed. Two uses, two kinds of key:
//   - a random key per table, so that host bytes cannot be crafted to collide in it: SipHash-1-3, which is what the
//     hash tables of Rust, Python and Ruby have, in line, as the tables are asked several times an event;
//   - one fixed key for digests that order events, which have to be the same on every machine: SipHash-2-4 (libsodium).
#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "journey/core/ids.h"

namespace journey {
inline namespace v0 {
namespace internal {

using SipKey = std::array<unsigned char, 16>;

[[nodiscard]] SipKey RandomSipKey();
[[nodiscard]] std::uint64_t SipHash(std::string_view text, const SipKey& key);

// SipHash with other numbers of rounds (Aumasson and Bernstein, INDOCRYPT 2012). Bytes are read in the machine's order:
// the same as SipHash() for 2 and 4 where that is little endian.
template <int kCompress, int kFinish>
class SipHasher {
 public:
  explicit SipHasher(const SipKey& key) {
    std::memcpy(&k0_, key.data(), 8);
    std::memcpy(&k1_, key.data() + 8, 8);
  }

  [[nodiscard]] std::uint64_t operator()(std::string_view text) const {
    State state = Begin();
    Take(state, text);
    return state.Finish(0xFF);
  }
  // 128 bits, and the second 64 are as good as unrelated to the first.
  [[nodiscard]] std::array<std::uint64_t, 2> Wide(std::string_view text) const {
    State state = Begin();
    state.b ^= 0xEE;
    Take(state, text);
    const std::uint64_t first = state.Finish(0xEE);
    state.b ^= 0xDD;
    return {first, state.Finish(0)};
  }

 private:
  struct State {
    std::uint64_t a, b, c, d;
    void Round() {
      a += b;
      b = std::rotl(b, 13) ^ a;
      a = std::rotl(a, 32);
      c += d;
      d = std::rotl(d, 16) ^ c;
      a += d;
      d = std::rotl(d, 21) ^ a;
      c += b;
      b = std::rotl(b, 17) ^ c;
      c = std::rotl(c, 32);
    }
    void Take(std::uint64_t word) {
      d ^= word;
      for (int i = 0; i < kCompress; ++i) Round();
      a ^= word;
    }
    [[nodiscard]] std::uint64_t Finish(std::uint64_t mark) {
      c ^= mark;
      for (int i = 0; i < kFinish; ++i) Round();
      return a ^ b ^ c ^ d;
    }
  };

  [[nodiscard]] State Begin() const {
    return {k0_ ^ 0x736F6D6570736575U, k1_ ^ 0x646F72616E646F6DU, k0_ ^ 0x6C7967656E657261U,
            k1_ ^ 0x7465646279746573U};
  }
  static void Take(State& state, std::string_view text) {
    const char* at = text.data();
    std::size_t left = text.size();
    for (; left >= 8; left -= 8, at += 8) {
      std::uint64_t word;
      std::memcpy(&word, at, 8);
      state.Take(word);
    }
    state.Take(Tail(at, left) | std::uint64_t{text.size()} << 56);
  }

  // The last 0 to 7 bytes as a number, little endian.
  static std::uint64_t Tail(const char* at, std::size_t left) {
    const auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(at[i])}; };
    if (left >= 4) {
      std::uint32_t low, high;  // which overlap
      std::memcpy(&low, at, 4);
      std::memcpy(&high, at + left - 4, 4);
      return low | std::uint64_t{high} << (8 * (left - 4));
    }
    if (left == 0) return 0;
    return byte(0) | byte(left / 2) << (8 * (left / 2)) | byte(left - 1) << (8 * (left - 1));
  }

  std::uint64_t k0_, k1_;
};

// A 128-bit digest of an event id under the fixed key.
[[nodiscard]] EventKey DigestOfEventId(std::string_view id);
// A 64-bit digest of a text under the fixed key.
[[nodiscard]] std::uint64_t FixedDigest(std::string_view text);

}  // namespace internal
}  // namespace v0
}  // namespace journey
