// How evidence is taken back.
#include <algorithm>

#include "identity/evidence.h"
#include "identity/normal_form.h"

namespace journey {
inline namespace v0 {
namespace internal {

void Evidence::Unobserve(EventIndex row) {
  if (!Links(row)) {
    std::erase(corrections_, row);
    return;
  }
  if (log_.kind(row) == RecordKind::kEvent) {
    for (const IdentifierId id : log_.identifiers(row)) placeholders_ -= KeyOf(id) == kNoKey ? 1U : 0U;
  }
  const RowKeys keys = KeysWithHubsOf(row);
  for (const Key key : keys) {
    if (hub(key)) continue;
    SetSeen(key, false);
    if (key >= neighbours_.size()) continue;
    neighbours_[key] = 0;
    last_neighbour_[key] = kNoKey;
    for (const Key other : keys) ErasePair(key, other);
  }
}

void Evidence::SetSeen(Key key, bool seen) {
  if (seen) {
    See(key);
  } else if ((flags_[key] & kSeen) != 0) {
    flags_[key] &= static_cast<std::uint8_t>(~kSeen);
    --distinct_;
  }
}

// The last pair takes the place of one that goes.
void Evidence::ErasePair(Key key, Key neighbour) {
  const auto hash = [](const KeyPair& pair) { return Mix(std::uint64_t{pair.key} << 32 | pair.neighbour); };
  const KeyPair gone{key, neighbour};
  const std::uint32_t place =
      pair_index_.Find(hash(gone), [&](std::uint32_t i) { return pairs_[i] == gone; });
  if (place == FlatIndex::kNone) return;
  const auto last = static_cast<std::uint32_t>(pairs_.size() - 1);
  pair_index_.Erase(hash(gone), [&](std::uint32_t i) { return i == place; });
  if (place != last) {
    pair_index_.Erase(hash(pairs_[last]), [&](std::uint32_t i) { return i == last; });
    pairs_[place] = pairs_[last];
    pair_index_.Insert(hash(pairs_[place]), place);
  }
  pairs_.pop_back();
}

void Evidence::LeaveHub(Key key) {
  flags_[key] &= static_cast<std::uint8_t>(~kHub);
  --hub_count_;
  std::vector<Key> counted;
  for (const auto& [of, neighbour] : pairs_) {
    if (of == key) counted.push_back(neighbour);
  }
  for (const Key neighbour : counted) ErasePair(key, neighbour);
}

void Evidence::ForgetKeys(std::span<const std::uint32_t> carriers) {
  const SymbolTable& values = log_.identifier_values();
  for (std::uint32_t id = 0; id < key_of_.size(); ++id) {
    const Key key = key_of_[id];
    if (key == kUnsettled || key == kNoKey) continue;
    if (carriers[key] == 0 || values.forgotten(id)) {
      key_of_[id] = kUnsettled;  // if it comes again, it is learned again
      continue;
    }
    if ((flags_[key] & kOwnText) != 0 || !values.forgotten(sources_[key])) continue;
    const NormalForm normal(values.text(id), policy(key).normalizer);
    sources_[key] = names_.Intern(normal.text(), name_spaces_[key]);
    key_of_name_.push_back(key);
    flags_[key] |= kOwnText;
  }
  for (Key key = 0; key < keys(); ++key) {
    if (carriers[key] != 0 || (flags_[key] & kOwnText) == 0) continue;
    if (!names_.forgotten(sources_[key])) names_.Forget(sources_[key]);
  }
}

std::size_t Evidence::bytes() const {
  return names_.bytes() + pair_index_.bytes() + pairs_.capacity() * sizeof(pairs_[0]) +
         (key_of_name_.capacity() + key_of_.capacity() + sources_.capacity() + name_spaces_.capacity() +
          neighbours_.capacity() + last_neighbour_.capacity() + corrections_.capacity()) *
             sizeof(std::uint32_t) +
         flags_.capacity();
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
