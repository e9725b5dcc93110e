#include "journey/core/symbol_table.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "core/decimal.h"
#include "core/sip_hash.h"
#include "core/text_sight.h"
#include "core/wipe.h"
#include "journey/core/check.h"
#include "journey/core/column.h"
#include "journey/core/huge_memory.h"
#include "journey/core/mix.h"
#include "journey/core/slot_table.h"

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
    std::uint32_t id = SymbolTable::kNotFound;
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

  // A text as it is kept, with what there is to know of it.
  struct Record {
    std::uint32_t id;  // kNotFound: forgotten
    std::uint32_t tag;
    std::uint32_t size;

    [[nodiscard]] char* bytes() { return reinterpret_cast<char*>(this + 1); }  // NOLINT: they follow
    [[nodiscard]] std::string_view text() const {
      return {reinterpret_cast<const char*>(this + 1), size};  // NOLINT
    }
  };
  // Records, one after the other, at multiples of kUnit bytes. Wiped when it goes: texts may be personal data, and copies
  // of a log come and go.
  struct Chunk {
    std::byte* data = nullptr;
    std::size_t size = 0;
    std::size_t used = 0;

    explicit Chunk(std::size_t bytes) : size(bytes) {
      data = huge() ? internal::TakeHugeMemory(bytes)
                    : static_cast<std::byte*>(::operator new (bytes, std::align_val_t{64}));
    }
    Chunk(Chunk&& other) noexcept : size(other.size), used(other.used) { std::swap(data, other.data); }
    Chunk& operator=(Chunk&&) = delete;
    ~Chunk() {
      if (data == nullptr) return;
      internal::Wipe(data, used);
      if (huge())
        internal::GiveHugeMemory(data, size);
      else
        ::operator delete (data, std::align_val_t{64});
    }
    [[nodiscard]] bool huge() const { return size >= internal::kHugePageBytes; }
  };
  static constexpr std::size_t kUnit = 16;
  static constexpr std::size_t kFewChunks = 32;
  static constexpr std::size_t kChunk = 64 * 1024;                  // the size of the first few
  static constexpr std::size_t kMostChunks = std::size_t{1} << 15;  // 64 GB
  static constexpr std::size_t kNoChunk = SIZE_MAX;

  internal::SipHasher<1, 3> hasher{internal::RandomSipKey()};
  std::array<std::uint64_t, 2> salt = std::bit_cast<std::array<std::uint64_t, 2>>(internal::RandomSipKey());
  RecentTexts recent;       // none once the table is large
  Column<Record*> entries;  // by id
  internal::SlotTable<internal::DigestSlot> index;
  std::vector<Chunk> chunks;
  std::size_t current = kNoChunk;  // the chunk that is being filled
  std::size_t chunk_bytes = 0;
  Impl() = default;
  // Without its keys no digest that is left in memory can be traced to a number.
  ~Impl() {
    recent.Clear();
    internal::Wipe(&hasher, sizeof hasher);
    internal::Wipe(salt.data(), sizeof salt);
  }

  // Of numbers below kBeyondDigits: one for each, and another for each tag.
  [[nodiscard]] Digest DigestOfNumber(std::uint64_t number, std::uint32_t tag) const {
    return {internal::Mix(internal::Mix(number ^ salt[0]) ^ salt[1] ^ tag), tag};
  }
  [[nodiscard]] Digest DigestOf(std::string_view text, std::uint32_t tag) const {
    if (const auto number = internal::NumberOf(text)) return DigestOfNumber(*number, tag);
    const std::array<std::uint64_t, 2> hash = hasher.Wide(text);
    return {hash[0] ^ (tag * 0x9E3779B97F4A7C15U), static_cast<std::uint32_t>(hash[1])};
  }
  [[nodiscard]] Digest DigestOf(std::uint64_t number, std::uint32_t tag) const {
    return number < internal::kBeyondDigits ? DigestOfNumber(number, tag)
                                            : DigestOf(internal::Digits(number).text(), tag);
  }

  static std::uint32_t HalfOf(const Digest& digest) { return static_cast<std::uint32_t>(digest.high >> 32); }
  [[nodiscard]] std::uint32_t Find(const Digest& digest) const {
    using Slot = internal::DigestSlot;
    const auto differs = [&](const Slot& slot) {
      return (slot.high != digest.high) | (slot.low != digest.low);
    };
    return index.Find(HalfOf(digest), differs, [](const Slot&) { return true; }).id();
  }
  // All places are asked for before the first is looked at.
  template <typename Text>
  void FindAll(std::span<const Text> texts, std::uint32_t tag, std::span<Digest> digests,
               std::span<std::uint32_t> ids) const {
    for (std::size_t i = 0; i < texts.size(); ++i) {
      digests[i] = DigestOf(texts[i], tag);
      index.Prefetch(HalfOf(digests[i]));
    }
    for (std::size_t i = 0; i < texts.size(); ++i) ids[i] = Find(digests[i]);
  }

  [[nodiscard]] bool small() const { return entries.size() <= RecentTexts::kMostEntries; }
  // The id of a text that was asked for lately, or kNotFound.
  [[nodiscard]] std::uint32_t FindRecent(const RecentTexts::Sight& sight, std::string_view text) const {
    const RecentTexts::Place& place = recent.At(sight);
    if (place.id == kNotFound || place.sight != sight) return kNotFound;
    if (text.size() > internal::TextSight::kWhole && entries[place.id]->text() != text) return kNotFound;
    return place.id;
  }

  void Keep(std::uint32_t id, std::string_view text, std::uint32_t tag) {
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
    auto* const record =
        new (chunk.data + chunk.used) Record{id, tag, static_cast<std::uint32_t>(text.size())};
    if (!text.empty()) std::memcpy(record->bytes(), text.data(), text.size());
    chunk.used += bytes;
    entries.push_back(record);
  }
};

SymbolTable::SymbolTable() : impl_(std::make_unique<Impl>()) {}
SymbolTable::~SymbolTable() = default;
SymbolTable::SymbolTable(SymbolTable&&) noexcept = default;
SymbolTable& SymbolTable::operator=(SymbolTable&&) noexcept = default;

std::uint32_t SymbolTable::Intern(std::string_view text, std::uint32_t tag) {
  if (!impl_->small()) return Intern(text, tag, impl_->DigestOf(text, tag));
  const auto sight = Impl::RecentTexts::SightOf(text, tag);
  if (const std::uint32_t id = impl_->FindRecent(sight, text); id != kNotFound) return id;
  const std::uint32_t id = Intern(text, tag, impl_->DigestOf(text, tag));
  if (impl_->small())
    impl_->recent.Remember(sight, id);
  else
    impl_->recent.Clear();
  return id;
}

SymbolTable::Digest SymbolTable::DigestOf(std::string_view text, std::uint32_t tag) const {
  return impl_->DigestOf(text, tag);
}

void SymbolTable::Prefetch(const Digest& digest) const {
  impl_->index.Prefetch(Impl::HalfOf(digest));
}

void SymbolTable::FindAll(std::span<const std::string_view> texts, std::uint32_t tag,
                          std::span<Digest> digests, std::span<std::uint32_t> ids) const {
  impl_->FindAll(texts, tag, digests, ids);
}

void SymbolTable::FindAll(std::span<const std::uint64_t> numbers, std::uint32_t tag,
                          std::span<Digest> digests, std::span<std::uint32_t> ids) const {
  impl_->FindAll(numbers, tag, digests, ids);
}

std::uint32_t SymbolTable::FindRecent(std::string_view text, std::uint32_t tag) const {
  if (!impl_->small()) return kNotRecent;
  return impl_->FindRecent(Impl::RecentTexts::SightOf(text, tag), text);
}

std::uint32_t SymbolTable::Intern(std::string_view text, std::uint32_t tag, const Digest& digest) {
  if (const std::uint32_t id = impl_->Find(digest); id != kNotFound) return id;
  JOURNEY_CHECK(impl_->entries.size() < kNotFound);
  const auto id = static_cast<std::uint32_t>(impl_->entries.size());
  impl_->Keep(id, text, tag);
  impl_->index.Insert({digest.high, digest.low, ~id});
  return id;
}

std::optional<std::uint32_t> SymbolTable::Find(std::string_view text, std::uint32_t tag) const {
  std::uint32_t id = kNotFound;
  if (impl_->small()) id = impl_->FindRecent(Impl::RecentTexts::SightOf(text, tag), text);
  if (id == kNotFound) id = impl_->Find(impl_->DigestOf(text, tag));
  if (id == kNotFound) return std::nullopt;
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
  const Digest digest = impl_->DigestOf(record.text(), record.tag);
  impl_->index.Erase(Impl::HalfOf(digest), [&](const internal::DigestSlot& slot) { return slot.id() == id; });
  internal::Wipe(record.bytes(), record.size);
  impl_->recent.Forget(id);
  record.id = kNotFound;
  record.size = 0;
}

bool SymbolTable::forgotten(std::uint32_t id) const {
  JOURNEY_CHECK(id < impl_->entries.size());
  return impl_->entries[id]->id == kNotFound;
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
