// Names that collide under hash functions in common use, made by chaining colliding blocks: from every state
// two ways lead to one next state, so that n blocks give 2^n names with one hash.
#pragma once
#include <array>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "support/worlds.h"

namespace test {

using BlockPair = std::pair<std::string, std::string>;

// All names that take one block of each pair.
inline std::vector<std::string> NamesOf(const std::vector<BlockPair>& blocks) {
  std::vector<std::string> names(std::size_t{1} << blocks.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    for (std::size_t k = 0; k < blocks.size(); ++k) {
      names[i] += (i >> k & 1) != 0 ? blocks[k].second : blocks[k].first;
    }
  }
  return names;
}

// The low 32 bits of FNV-1a, by which tables choose a place.
inline std::uint32_t Fnv1a32Bits(std::uint64_t state, const std::string& text) {
  for (const char c : text) state = (state ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return static_cast<std::uint32_t>(state);
}
inline constexpr std::uint64_t kFnvStart = 0xCBF29CE484222325U;

// Found by meeting at random, for a hash with a state of 32 bits; step(state, text) is the state after the text.
template <typename Step>
std::vector<std::string> MeetingCollisions(std::uint32_t state, std::size_t blocks, const Step& step) {
  std::vector<BlockPair> pairs;
  Random random(1);
  while (pairs.size() < blocks) {
    std::map<std::uint32_t, std::string> met;
    while (true) {
      std::string block;
      for (int i = 0; i < 8; ++i) block += static_cast<char>('a' + random.Below(26));
      const std::uint32_t next = step(state, block);
      const auto [entry, fresh] = met.try_emplace(next, block);
      if (fresh || entry->second == block) continue;
      pairs.emplace_back(entry->second, block);
      state = next;
      break;
    }
  }
  return NamesOf(pairs);
}

inline std::vector<std::string> FnvCollisions(std::size_t blocks) {
  return MeetingCollisions(static_cast<std::uint32_t>(kFnvStart), blocks, Fnv1a32Bits);
}

// CRC-32 as zlib and Ethernet have it, without the last inversion.
inline std::uint32_t Crc32Bits(std::uint32_t state, const std::string& text) {
  for (const char c : text) {
    state ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) state = state >> 1 ^ ((state & 1U) != 0 ? 0xEDB88320U : 0U);
  }
  return state;
}
inline std::vector<std::string> CrcCollisions(std::size_t blocks) {
  return MeetingCollisions(0xFFFFFFFFU, blocks, Crc32Bits);
}

// djb2, all bits: a letter more weighs as much as 33 letters less behind it.
inline std::uint64_t Djb2(const std::string& text) {
  std::uint64_t state = 5381;
  for (const char c : text) state = state * 33 + static_cast<unsigned char>(c);
  return state;
}
inline std::vector<std::string> DjbCollisions(std::size_t blocks) {
  return NamesOf(std::vector<BlockPair>(blocks, {"ab", "bA"}));
}

// All 64 bits of MurmurHash64A with a seed, which is what libstdc++ hashes strings by: its steps can be
// undone, so the second word of a block is computed to make up for the first.
class MurmurCollisions {
 public:
  explicit MurmurCollisions(std::size_t blocks) : state_(kSeed ^ (blocks * 16 * kMul)) {
    while (pairs_.size() < blocks) AddPair();
  }
  [[nodiscard]] std::vector<std::string> names() const { return NamesOf(pairs_); }

 private:
  static constexpr std::uint64_t kMul = 0xC6A4A7935BD1E995U;
  static constexpr std::uint64_t kSeed = 0xC70F6907U;

  static std::uint64_t Inverse(std::uint64_t odd) {
    std::uint64_t inverse = odd;
    for (int i = 0; i < 6; ++i) inverse *= 2 - odd * inverse;
    return inverse;
  }
  static std::uint64_t Mixed(std::uint64_t word) {
    word *= kMul;
    return (word ^ word >> 47) * kMul;
  }
  static std::uint64_t Unmixed(std::uint64_t word) {
    word *= Inverse(kMul);
    return (word ^ word >> 47) * Inverse(kMul);
  }
  static std::uint64_t Step(std::uint64_t state, std::uint64_t word) { return (state ^ Mixed(word)) * kMul; }
  static std::string Bytes(std::uint64_t word) {
    std::string bytes(8, '\0');
    std::memcpy(bytes.data(), &word, 8);
    return bytes;
  }
  std::uint64_t Letters() {
    std::uint64_t word = 0;
    for (int i = 0; i < 8; ++i) word = word << 8 | ('a' + random_.Below(26));
    return word;
  }
  static bool IsText(const std::string& bytes) {
    for (const char c : bytes) {
      if (c <= ' ' || c > '~') return false;
    }
    return true;
  }
  void AddPair() {
    while (true) {
      const std::uint64_t first = Letters(), second = Letters(), other = Letters();
      const std::uint64_t after = Step(Step(state_, first), second);
      const std::uint64_t make_up = Unmixed(Mixed(second) ^ Step(state_, first) ^ Step(state_, other));
      if (first == other || !IsText(Bytes(make_up))) continue;
      pairs_.emplace_back(Bytes(first) + Bytes(second), Bytes(other) + Bytes(make_up));
      state_ = after;
      return;
    }
  }

  Random random_{2};
  std::uint64_t state_;
  std::vector<BlockPair> pairs_;
};

}  // namespace test
