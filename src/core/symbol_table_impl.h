// SymbolTable::Impl: the texts of a table, and how they are found.
#pragma once
#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <mutex>
#include <new>
#include <span>
#include <string_view>
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
#include "journey/core/symbol_table.h"

namespace journey {
inline namespace v0 {

namespace internal {

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

  using Salt = std::array<std::uint64_t, 2>;
  internal::SipHasher<1, 3> hasher{internal::RandomSipKey()};
  Salt salt = std::bit_cast<Salt>(internal::RandomSipKey());
  RecentTexts recent;       // none once the table is large
  Column<Record*> entries;  // by id
  internal::SlotTable<internal::DigestSlot> index;
  std::deque<Chunk> chunks;     // none moves when there is one more
  std::size_t chunk_count = 0;  // which a deque has to work out
  std::size_t chunk_bytes = 0;
  std::mutex chunk_mutex;  // of the three
  std::vector<Chunk*> filling{
      1};  // the chunk that each thread is filling, or none; the first is that of all who are alone
  Impl() = default;
  // Without its keys no digest that is left in memory can be traced to a number.
  ~Impl() {
    recent.Clear();
    internal::Wipe(&hasher, sizeof hasher);
    internal::Wipe(salt.data(), sizeof salt);
  }

  // Of numbers below kBeyondDigits: one for each, and another for each tag.
  [[nodiscard]] static Digest DigestOfNumber(std::uint64_t number, std::uint32_t tag, const Salt& salt) {
    return {internal::Mix(internal::Mix(number ^ salt[0]) ^ salt[1] ^ tag), tag};
  }
  [[nodiscard]] Digest DigestOf(std::string_view text, std::uint32_t tag) const {
    if (const auto number = internal::NumberOf(text)) return DigestOfNumber(*number, tag, salt);
    const std::array<std::uint64_t, 2> hash = hasher.Wide(text);
    return {hash[0] ^ (tag * 0x9E3779B97F4A7C15U), static_cast<std::uint32_t>(hash[1])};
  }
  [[nodiscard]] Digest DigestOf(std::uint64_t number, std::uint32_t tag) const {
    return number < internal::kBeyondDigits ? DigestOfNumber(number, tag, salt)
                                            : DigestOf(internal::Digits(number).text(), tag);
  }
  void DigestAll(std::span<const std::string_view> texts, std::uint32_t tag,
                 std::span<Digest> digests) const {
    for (std::size_t i = 0; i < texts.size(); ++i) digests[i] = DigestOf(texts[i], tag);
  }
  void DigestAll(std::span<const std::uint64_t> numbers, std::uint32_t tag, std::span<Digest> digests) const {
    const Salt here = salt;  // which no write to a digest changes
    std::uint64_t largest = 0;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      digests[i] = DigestOfNumber(numbers[i], tag, here);
      largest = std::max(largest, numbers[i]);
    }
    if (largest < internal::kBeyondDigits) return;
    for (std::size_t i = 0; i < numbers.size(); ++i) digests[i] = DigestOf(numbers[i], tag);
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
    DigestAll(texts, tag, digests);
    for (std::size_t i = 0; i < texts.size(); ++i) index.Prefetch(HalfOf(digests[i]));
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

  // Writes a text down, in the chunk that is being filled. Threads: one to each chunk.
  [[nodiscard]] Record* Keep(std::uint32_t id, std::string_view text, std::uint32_t tag, Chunk*& fill) {
    const std::size_t bytes = (sizeof(Record) + text.size() + kUnit - 1) / kUnit * kUnit;
    Chunk* chunk = fill;
    if (chunk == nullptr || bytes > chunk->size - chunk->used) {
      const bool alone = bytes > kChunk / 4;  // a longer text has a chunk to itself; the current one goes on
      chunk = &AddChunk(alone ? bytes : 0);
      if (!alone) fill = chunk;
    }
    auto* const record =
        new (chunk->data + chunk->used) Record{id, tag, static_cast<std::uint32_t>(text.size())};
    if (!text.empty()) std::memcpy(record->bytes(), text.data(), text.size());
    chunk->used += bytes;
    return record;
  }
  // 0 bytes: as many as usual. Threads: any.
  Chunk& AddChunk(std::size_t bytes) {
    const std::scoped_lock lock(chunk_mutex);
    JOURNEY_CHECK(chunks.size() < kMostChunks);
    const std::size_t usual = chunks.size() < kFewChunks ? kChunk : internal::kHugePageBytes;
    chunks.emplace_back(bytes != 0 ? bytes : usual);
    ++chunk_count;
    chunk_bytes += chunks.back().size;
    return chunks.back();
  }
};

}  // namespace v0
}  // namespace journey
