#include "journey/core/symbol_table.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
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

  // A text as it is kept: what there is to know of it is together, so that who looks for it waits for one place.
  struct Record {
    std::uint32_t id;  // kNone: forgotten
    std::uint32_t tag;
    std::uint32_t size;

    [[nodiscard]] char* bytes() { return reinterpret_cast<char*>(this + 1); }  // NOLINT: they follow
    [[nodiscard]] std::string_view text() const {
      return {reinterpret_cast<const char*>(this + 1), size};  // NOLINT
    }
  };
  // Records, one after the other, at places of kUnit bytes. Wiped when it goes: texts may be personal data, and copies
  // of a log come and go.
  struct Chunk {
    std::byte* data = nullptr;
    std::size_t size = 0;
    std::size_t used = 0;

    explicit Chunk(std::size_t bytes) : size(bytes) {
      data = huge() ? internal::NewHugeMemory(bytes)
                    : static_cast<std::byte*>(::operator new (bytes, std::align_val_t{64}));
    }
    Chunk(Chunk&& other) noexcept : size(other.size), used(other.used) { std::swap(data, other.data); }
    Chunk& operator=(Chunk&&) = delete;
    ~Chunk() {
      if (data == nullptr) return;
      internal::Wipe(data, used);
      if (huge())
        internal::DeleteHugeMemory(data);
      else
        ::operator delete (data, std::align_val_t{64});
    }
    [[nodiscard]] bool huge() const { return size >= internal::kHugePageBytes; }
  };
  static constexpr std::size_t kUnit = 16;
  static constexpr int kUnitBits = 17;  // of a place, those of the unit in its chunk: one huge page
  static constexpr std::size_t kFewChunks = 32;
  static constexpr std::size_t kChunk = 64 * 1024;  // the size of the first few
  static constexpr std::size_t kMostChunks = (std::size_t{1} << (32 - kUnitBits)) - 1;
  static constexpr std::size_t kNoChunk = SIZE_MAX;

  internal::SipHasher<1, 3> hasher{internal::RandomSipKey()};
  RecentTexts recent;         // none once the table is large
  Column<Record*> entries;    // by id
  internal::FlatIndex index;  // hash -> place
  std::vector<Chunk> chunks;
  std::size_t current = kNoChunk;  // the chunk that is being filled
  std::size_t chunk_bytes = 0;
  Impl() = default;
  ~Impl() { recent.Clear(); }

  [[nodiscard]] std::uint64_t Hash(std::string_view text, std::uint32_t tag) const {
    return hasher(text) ^ (tag * 0x9E3779B97F4A7C15U);
  }

  [[nodiscard]] const Record* At(std::uint32_t place) const {
    constexpr std::uint32_t kMask = (std::uint32_t{1} << kUnitBits) - 1;
    return reinterpret_cast<const Record*>(chunks[place >> kUnitBits].data +  // NOLINT: raw memory
                                           std::size_t{place & kMask} * kUnit);
  }

  [[nodiscard]] std::uint32_t Find(std::uint64_t hash, std::string_view text, std::uint32_t tag) const {
    const std::uint32_t place = index.Find(hash, [&](std::uint32_t at) {
      const Record* const record = At(at);
      return record->tag == tag && record->text() == text;
    });
    return place == internal::FlatIndex::kNone ? place : At(place)->id;
  }

  [[nodiscard]] bool small() const { return entries.size() <= RecentTexts::kMostEntries; }
  // The id of a text that was asked for lately, or kNone.
  [[nodiscard]] std::uint32_t FindRecent(const RecentTexts::Sight& sight, std::string_view text) const {
    const RecentTexts::Place& place = recent.At(sight);
    if (place.id == internal::FlatIndex::kNone || place.sight != sight) return internal::FlatIndex::kNone;
    if (text.size() > internal::TextSight::kWhole && entries[place.id]->text() != text)
      return internal::FlatIndex::kNone;
    return place.id;
  }

  // Where the new record is.
  std::uint32_t Keep(std::uint32_t id, std::string_view text, std::uint32_t tag) {
    const std::size_t bytes = (sizeof(Record) + text.size() + kUnit - 1) / kUnit * kUnit;
    std::size_t into = current;
    if (current == kNoChunk || bytes > chunks[current].size - chunks[current].used) {
      const std::size_t usual = chunks.size() < kFewChunks ? kChunk : internal::kHugePageBytes;
      const bool alone = bytes > kChunk / 4;
      into = chunks.size();
      JOURNEY_CHECK(into < kMostChunks);
      chunks.emplace_back(alone ? bytes : usual);
      chunk_bytes += chunks.back().size;
      if (!alone) current = into;  // a longer text has a chunk to itself; the current one goes on
    }
    Chunk& chunk = chunks[into];
    const auto place = static_cast<std::uint32_t>(into << kUnitBits | chunk.used / kUnit);
    auto* const record =
        new (chunk.data + chunk.used) Record{id, tag, static_cast<std::uint32_t>(text.size())};
    if (!text.empty()) std::memcpy(record->bytes(), text.data(), text.size());
    chunk.used += bytes;
    entries.push_back(record);
    return place;
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

std::uint32_t SymbolTable::FindHashed(std::string_view text, std::uint32_t tag, std::uint64_t hash,
                                      Candidate candidate) const {
  if (candidate != kNotFound) {
    const Impl::Record* const record = impl_->At(candidate);
    if (record->tag == tag && record->text() == text) return record->id;
  }
  return impl_->Find(hash, text, tag);
}

void SymbolTable::LookAhead(std::span<const std::uint64_t> hashes, std::span<Candidate> candidates) const {
  const Impl& table = *impl_;
  std::ranges::fill(candidates, kNotFound);
  if (table.small()) return;
  for (const std::uint64_t hash : hashes) table.index.Prefetch(hash);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    const std::uint32_t place = table.index.Candidate(hashes[i]);
    if (!candidates.empty()) candidates[i] = place;
    if (place == internal::FlatIndex::kNone) continue;
    const auto* const record = reinterpret_cast<const char*>(table.At(place));  // NOLINT
    __builtin_prefetch(record);
    __builtin_prefetch(record + 3 * Impl::kUnit);
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
  impl_->index.Insert(hash, impl_->Keep(id, text, tag));
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
  return impl_->entries[id]->text();
}

std::uint32_t SymbolTable::tag(std::uint32_t id) const {
  JOURNEY_CHECK(id < impl_->entries.size());
  return impl_->entries[id]->tag;
}

void SymbolTable::Forget(std::uint32_t id) {
  JOURNEY_CHECK(id < impl_->entries.size() && !forgotten(id));
  Impl::Record& record = *impl_->entries[id];
  const std::uint64_t hash = impl_->Hash(record.text(), record.tag);
  impl_->index.Erase(hash, [&](std::uint32_t place) { return impl_->At(place) == &record; });
  internal::Wipe(record.bytes(), record.size);
  impl_->recent.Forget(id);
  record.id = internal::FlatIndex::kNone;
  record.size = 0;
}

bool SymbolTable::forgotten(std::uint32_t id) const {
  JOURNEY_CHECK(id < impl_->entries.size());
  return impl_->entries[id]->id == internal::FlatIndex::kNone;
}

bool SymbolTable::full() const {
  return impl_->chunks.size() + 1 >= Impl::kMostChunks;
}

bool SymbolTable::MemoryHolds(std::string_view bytes) const {
  return std::ranges::any_of(impl_->chunks, [&](const Impl::Chunk& chunk) {
    return std::string_view(reinterpret_cast<const char*>(chunk.data), chunk.used).find(bytes) !=
           std::string_view::npos;
  });
}

std::size_t SymbolTable::size() const {
  return impl_->entries.size();
}

std::size_t SymbolTable::bytes() const {
  return sizeof(Impl) + impl_->entries.capacity() * sizeof(Impl::Record*) + impl_->index.bytes() +
         impl_->chunk_bytes;
}

}  // namespace v0
}  // namespace journey
