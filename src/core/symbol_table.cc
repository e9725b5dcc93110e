#include "journey/core/symbol_table.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "core/sip_hash.h"
#include "core/wipe.h"
#include "journey/core/check.h"
#include "journey/core/flat_index.h"
#include "journey/core/huge_memory.h"

namespace journey {
inline namespace v0 {

namespace internal {
namespace {

// The texts that a small table was asked for last: one in each of 64 places.
class RecentTexts {
 public:
  static constexpr std::size_t kMostEntries = 1024;  // of a table that is small

  struct Sight {
    std::uint64_t head = 0, tail = 0;  // the first and last eight bytes; all of a text of up to 16
    std::uint32_t size = 0, tag = 0;
    friend bool operator==(const Sight&, const Sight&) = default;
  };
  struct Place {
    Sight sight;
    std::uint32_t id = FlatIndex::kNone;
  };

  static Sight SightOf(std::string_view text, std::uint32_t tag) {
    Sight sight{.size = static_cast<std::uint32_t>(text.size()), .tag = tag};
    const auto load = [](auto whole, const char* at) -> std::uint64_t {
      std::memcpy(&whole, at, sizeof whole);
      return whole;
    };
    const char* const last = text.data() + text.size();
    if (text.size() >= 8) {
      sight.head = load(std::uint64_t{}, text.data());
      sight.tail = load(std::uint64_t{}, last - 8);
    } else if (text.size() >= 4) {  // by words of their own: half written ones would have to wait for memory
      sight.head = load(std::uint32_t{}, text.data());
      sight.tail = load(std::uint32_t{}, last - 4);
    } else if (!text.empty()) {
      const auto byte = [&](std::size_t i) { return std::uint64_t{static_cast<unsigned char>(text[i])}; };
      sight.head = byte(0) | byte(text.size() / 2) << 8 | byte(text.size() - 1) << 16;
    }
    return sight;
  }
  [[nodiscard]] const Place& At(const Sight& sight) const { return places_[IndexOf(sight)]; }
  void Remember(const Sight& sight, std::uint32_t id) { places_[IndexOf(sight)] = {sight, id}; }
  void Forget(std::uint32_t id) {
    for (Place& place : places_) {
      if (place.id != id) continue;
      Wipe(&place, sizeof place);
      place = {};
    }
  }
  void Clear() {
    Wipe(places_.data(), sizeof places_);
    places_ = {};
  }

 private:
  static std::size_t IndexOf(const Sight& sight) {
    return (sight.head * 0x9E3779B97F4A7C15U + sight.tail * 0xD6E8FEB86659FD93U + sight.size + sight.tag) *
               0xBF58476D1CE4E5B9U >>
           58;
  }

  std::array<Place, 64> places_;
};

}  // namespace
}  // namespace internal

struct SymbolTable::Impl {
  using RecentTexts = internal::RecentTexts;

  struct Entry {
    char* data;  // none: forgotten
    std::uint32_t size;
    std::uint32_t tag;
  };
  struct Chunk {
    std::unique_ptr<char[]> data;
    std::size_t used = 0;
  };
  static constexpr std::size_t kChunk = 64 * 1024;
  static constexpr std::size_t kNoChunk = SIZE_MAX;

  internal::SipHasher<1, 3> hasher{internal::RandomSipKey()};
  RecentTexts recent;  // none once the table is large
  internal::HugeVector<Entry> entries;
  internal::FlatIndex index;
  std::vector<Chunk> chunks;
  std::size_t current = kNoChunk;  // the chunk that is being filled
  std::size_t chunk_bytes = 0;
  char no_text = 0;  // where empty texts are

  Impl() = default;
  // Texts may be personal data; copies of a log come and go.
  ~Impl() {
    for (const Chunk& chunk : chunks) internal::Wipe(chunk.data.get(), chunk.used);
    recent.Clear();
  }

  [[nodiscard]] std::uint64_t Hash(std::string_view text, std::uint32_t tag) const {
    return hasher(text) ^ (tag * 0x9E3779B97F4A7C15U);
  }

  [[nodiscard]] std::uint32_t Find(std::uint64_t hash, std::string_view text, std::uint32_t tag) const {
    return index.Find(hash, [&](std::uint32_t id) {
      const Entry& entry = entries[id];
      return entry.tag == tag && std::string_view(entry.data, entry.size) == text;
    });
  }

  [[nodiscard]] bool small() const { return entries.size() <= RecentTexts::kMostEntries; }
  // The id of a text that was asked for lately, or kNone.
  [[nodiscard]] std::uint32_t FindRecent(const RecentTexts::Sight& sight, std::string_view text) const {
    const RecentTexts::Place& place = recent.At(sight);
    if (place.id == internal::FlatIndex::kNone || place.sight != sight) return internal::FlatIndex::kNone;
    if (text.size() > 16 && std::memcmp(entries[place.id].data, text.data(), text.size()) != 0)
      return internal::FlatIndex::kNone;
    return place.id;
  }

  char* Keep(std::string_view text) {
    if (text.empty()) return &no_text;
    std::size_t into = current;
    if (current == kNoChunk || text.size() > kChunk - chunks[current].used) {
      const std::size_t size = text.size() > kChunk / 4 ? text.size() : kChunk;
      into = chunks.size();
      chunks.push_back({std::make_unique_for_overwrite<char[]>(size), 0});
      chunk_bytes += size;
      if (size == kChunk) current = into;  // a longer text has a chunk to itself; the current one goes on
    }
    Chunk& chunk = chunks[into];
    char* const kept = chunk.data.get() + chunk.used;
    std::memcpy(kept, text.data(), text.size());
    chunk.used += text.size();
    return kept;
  }
};

SymbolTable::SymbolTable() : impl_(std::make_unique<Impl>()) {}
SymbolTable::~SymbolTable() = default;
SymbolTable::SymbolTable(SymbolTable&&) noexcept = default;
SymbolTable& SymbolTable::operator=(SymbolTable&&) noexcept = default;

std::uint32_t SymbolTable::Intern(std::string_view text, std::uint32_t tag) {
  if (!impl_->small()) return Intern(text, tag, impl_->Hash(text, tag));
  const auto sight = Impl::RecentTexts::SightOf(text, tag);
  if (const std::uint32_t id = impl_->FindRecent(sight, text); id != internal::FlatIndex::kNone) return id;
  const std::uint32_t id = Intern(text, tag, impl_->Hash(text, tag));
  if (impl_->small())
    impl_->recent.Remember(sight, id);
  else
    impl_->recent.Clear();
  return id;
}

std::uint64_t SymbolTable::HashOf(std::string_view text, std::uint32_t tag) const {
  return impl_->Hash(text, tag);
}

void SymbolTable::LookAhead(std::span<const std::uint64_t> hashes) const {
  const Impl& table = *impl_;
  if (table.small()) return;
  for (const std::uint64_t hash : hashes) table.index.Prefetch(hash);
  for (const std::uint64_t hash : hashes) {
    if (const std::uint32_t id = table.index.Candidate(hash); id != internal::FlatIndex::kNone)
      __builtin_prefetch(&table.entries[id]);
  }
  for (const std::uint64_t hash : hashes) {
    if (const std::uint32_t id = table.index.Candidate(hash); id != internal::FlatIndex::kNone)
      __builtin_prefetch(table.entries[id].data);
  }
}

std::uint32_t SymbolTable::FindRecent(std::string_view text, std::uint32_t tag) const {
  if (!impl_->small()) return kNotRecent;
  return impl_->FindRecent(Impl::RecentTexts::SightOf(text, tag), text);
}

std::uint32_t SymbolTable::Intern(std::string_view text, std::uint32_t tag, std::uint64_t hash) {
  if (const std::uint32_t id = impl_->Find(hash, text, tag); id != internal::FlatIndex::kNone) return id;
  JOURNEY_CHECK(impl_->entries.size() < internal::FlatIndex::kNone);
  const auto id = static_cast<std::uint32_t>(impl_->entries.size());
  impl_->entries.push_back({impl_->Keep(text), static_cast<std::uint32_t>(text.size()), tag});
  impl_->index.Insert(hash, id);
  return id;
}

std::optional<std::uint32_t> SymbolTable::Find(std::string_view text, std::uint32_t tag) const {
  std::uint32_t id = internal::FlatIndex::kNone;
  if (impl_->small()) id = impl_->FindRecent(Impl::RecentTexts::SightOf(text, tag), text);
  if (id == internal::FlatIndex::kNone) id = impl_->Find(impl_->Hash(text, tag), text, tag);
  if (id == internal::FlatIndex::kNone) return std::nullopt;
  return id;
}

std::string_view SymbolTable::text(std::uint32_t id) const {
  JOURNEY_CHECK(id < impl_->entries.size());
  return {impl_->entries[id].data, impl_->entries[id].size};
}

std::uint32_t SymbolTable::tag(std::uint32_t id) const {
  JOURNEY_CHECK(id < impl_->entries.size());
  return impl_->entries[id].tag;
}

void SymbolTable::Forget(std::uint32_t id) {
  JOURNEY_CHECK(id < impl_->entries.size() && !forgotten(id));
  Impl::Entry& entry = impl_->entries[id];
  const std::uint64_t hash = impl_->Hash({entry.data, entry.size}, entry.tag);
  impl_->index.Erase(hash, [&](std::uint32_t other) { return other == id; });
  internal::Wipe(entry.data, entry.size);
  impl_->recent.Forget(id);
  entry.data = nullptr;
  entry.size = 0;
}

bool SymbolTable::forgotten(std::uint32_t id) const {
  JOURNEY_CHECK(id < impl_->entries.size());
  return impl_->entries[id].data == nullptr;
}

bool SymbolTable::MemoryHolds(std::string_view bytes) const {
  return std::ranges::any_of(impl_->chunks, [&](const Impl::Chunk& chunk) {
    return std::string_view(chunk.data.get(), chunk.used).find(bytes) != std::string_view::npos;
  });
}

std::size_t SymbolTable::size() const {
  return impl_->entries.size();
}

std::size_t SymbolTable::bytes() const {
  return sizeof(Impl) + impl_->entries.capacity() * sizeof(Impl::Entry) + impl_->index.bytes() +
         impl_->chunk_bytes;
}

}  // namespace v0
}  // namespace journey
