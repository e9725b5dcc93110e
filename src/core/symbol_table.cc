#include "journey/core/symbol_table.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include "core/sip_hash.h"
#include "core/text_sight.h"
#include "core/wipe.h"
#include "journey/core/check.h"
#include "journey/core/column.h"
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
    TextSight text;
    std::uint32_t tag = 0;
    friend bool operator==(const Sight&, const Sight&) = default;
  };
  struct Place {
    Sight sight;
    std::uint32_t id = FlatIndex::kNone;
  };

  static Sight SightOf(std::string_view text, std::uint32_t tag) { return {TextSight::Of(text), tag}; }
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
  static std::size_t IndexOf(const Sight& sight) { return sight.text.Hash(sight.tag) >> 58; }

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
  // Texts, one after the other. Wiped when it goes: texts may be personal data, and copies of a log come and go.
  struct Chunk {
    char* data = nullptr;
    std::size_t size = 0;
    std::size_t used = 0;
    bool huge = false;

    explicit Chunk(std::size_t bytes) : size(bytes), huge(bytes >= internal::kHugePageBytes) {
      data = huge ? reinterpret_cast<char*>(internal::NewHugeMemory(bytes)) : new char[bytes];  // NOLINT
    }
    Chunk(Chunk&& other) noexcept : size(other.size), used(other.used), huge(other.huge) {
      std::swap(data, other.data);
    }
    Chunk& operator=(Chunk&&) = delete;
    ~Chunk() {
      if (data == nullptr) return;
      internal::Wipe(data, used);
      if (huge)
        internal::DeleteHugeMemory(reinterpret_cast<std::byte*>(data));  // NOLINT
      else
        delete[] data;
    }
  };
  static constexpr std::size_t kChunk = 64 * 1024;  // or a huge page, where there are many of them already
  static constexpr std::size_t kNoChunk = SIZE_MAX;

  internal::SipHasher<1, 3> hasher{internal::RandomSipKey()};
  RecentTexts recent;  // none once the table is large
  Column<Entry> entries;
  internal::FlatIndex index;
  std::vector<Chunk> chunks;
  std::size_t current = kNoChunk;  // the chunk that is being filled
  std::size_t chunk_bytes = 0;
  char no_text = 0;  // where empty texts are

  Impl() = default;
  ~Impl() { recent.Clear(); }

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
    if (text.size() > internal::TextSight::kWhole && std::memcmp(entries[place.id].data, text.data(), text.size()) != 0)
      return internal::FlatIndex::kNone;
    return place.id;
  }

  char* Keep(std::string_view text) {
    if (text.empty()) return &no_text;
    std::size_t into = current;
    if (current == kNoChunk || text.size() > chunks[current].size - chunks[current].used) {
      const std::size_t usual = chunks.size() < 64 ? kChunk : internal::kHugePageBytes;
      const bool alone = text.size() > kChunk / 4;
      into = chunks.size();
      chunks.emplace_back(alone ? text.size() : usual);
      chunk_bytes += chunks.back().size;
      if (!alone) current = into;  // a longer text has a chunk to itself; the current one goes on
    }
    Chunk& chunk = chunks[into];
    char* const kept = chunk.data + chunk.used;
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

void SymbolTable::Prefetch(std::uint64_t hash) const {
  impl_->index.Prefetch(hash);
}

std::uint32_t SymbolTable::FindHashed(std::string_view text, std::uint32_t tag, std::uint64_t hash) const {
  return impl_->Find(hash, text, tag);
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
    return std::string_view(chunk.data, chunk.used).find(bytes) != std::string_view::npos;
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
