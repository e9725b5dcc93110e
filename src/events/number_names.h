// NumberNames: the identifiers that came as whole numbers, found by the number, without making or hashing a text. What
// such an identifier is called, its decimal digits, is made when it is first seen.
#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

#include "core/sip_hash.h"
#include "core/wipe.h"
#include "journey/core/column.h"
#include "journey/core/flat_index.h"
#include "journey/core/ids.h"

namespace journey {
inline namespace v0 {
namespace internal {

class NumberNames {
 public:
  static constexpr std::uint32_t kNone = FlatIndex::kNone;

  NumberNames() {
    const SipKey key = RandomSipKey();
    std::memcpy(salt_, key.data(), sizeof salt_);
  }
  NumberNames(NumberNames&&) = default;
  NumberNames& operator=(NumberNames&&) = default;
  ~NumberNames() { Wipe(entries_.data(), entries_.size() * sizeof(Entry)); }

  [[nodiscard]] std::uint64_t HashOf(NamespaceId name_space, std::uint64_t number) const {
    return Mix(Mix(number ^ salt_[0]) ^ salt_[1] ^ name_space.value);
  }
  // The three stages of finding many: what one waits for comes while others are at work.
  void Prefetch(std::uint64_t hash) const { index_.Prefetch(hash); }
  [[nodiscard]] std::uint32_t Candidate(std::uint64_t hash) const {
    const std::uint32_t place = index_.Candidate(hash);
    if (place != kNone) __builtin_prefetch(&entries_[place]);
    return place;
  }
  // The IdentifierId, or kNone. `candidate` is what Candidate() said.
  [[nodiscard]] std::uint32_t Find(std::uint64_t hash, NamespaceId name_space, std::uint64_t number,
                                   std::uint32_t candidate) const {
    const auto is_it = [&](std::uint32_t place) {
      return entries_[place].number == number && entries_[place].name_space == name_space;
    };
    if (candidate != kNone && is_it(candidate)) return entries_[candidate].id;
    const std::uint32_t place = index_.Find(hash, is_it);
    return place == kNone ? kNone : entries_[place].id;
  }
  // Requires: not there.
  void Insert(std::uint64_t hash, NamespaceId name_space, std::uint64_t number, std::uint32_t id) {
    index_.Insert(hash, static_cast<std::uint32_t>(entries_.size()));
    entries_.push_back({number, name_space, id});
  }
  // Overwrites those whose id is not in use.
  void Forget(const std::vector<bool>& used) {
    for (std::uint32_t place = 0; place < entries_.size(); ++place) {
      Entry& entry = entries_[place];
      if (entry.id == kNone || used[entry.id]) continue;
      index_.Erase(HashOf(entry.name_space, entry.number),
                   [&](std::uint32_t other) { return other == place; });
      Wipe(&entry, sizeof entry);
      entry.id = kNone;
    }
  }

  [[nodiscard]] std::size_t bytes() const { return entries_.size() * sizeof(Entry) + index_.bytes(); }

 private:
  struct Entry {
    std::uint64_t number;
    NamespaceId name_space;
    std::uint32_t id;
  };
  std::uint64_t salt_[2];
  Column<Entry> entries_;
  FlatIndex index_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
