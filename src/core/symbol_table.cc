#include "journey/core/symbol_table.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "core/sip_hash.h"
#include "core/wipe.h"
#include "journey/core/check.h"
#include "journey/core/flat_index.h"

namespace journey {
inline namespace v0 {

struct SymbolTable::Impl {
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

  internal::SipKey key = internal::RandomSipKey();
  std::vector<Entry> entries;
  internal::FlatIndex index;
  std::vector<Chunk> chunks;
  std::size_t current = kNoChunk;  // the chunk that is being filled
  std::size_t chunk_bytes = 0;
  char no_text = 0;  // where empty texts are

  Impl() = default;
  // Texts may be personal data; copies of a log come and go.
  ~Impl() {
    for (const Chunk& chunk : chunks) internal::Wipe(chunk.data.get(), chunk.used);
  }

  [[nodiscard]] std::uint64_t Hash(std::string_view text, std::uint32_t tag) const {
    return internal::SipHash(text, key) ^ (tag * 0x9E3779B97F4A7C15U);
  }

  [[nodiscard]] std::uint32_t Find(std::uint64_t hash, std::string_view text, std::uint32_t tag) const {
    return index.Find(hash, [&](std::uint32_t id) {
      const Entry& entry = entries[id];
      return entry.tag == tag && std::string_view(entry.data, entry.size) == text;
    });
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
  const std::uint64_t hash = impl_->Hash(text, tag);
  if (const std::uint32_t id = impl_->Find(hash, text, tag); id != internal::FlatIndex::kNone) return id;
  JOURNEY_CHECK(impl_->entries.size() < internal::FlatIndex::kNone);
  const auto id = static_cast<std::uint32_t>(impl_->entries.size());
  impl_->entries.push_back({impl_->Keep(text), static_cast<std::uint32_t>(text.size()), tag});
  impl_->index.Insert(hash, id);
  return id;
}

std::optional<std::uint32_t> SymbolTable::Find(std::string_view text, std::uint32_t tag) const {
  const std::uint32_t id = impl_->Find(impl_->Hash(text, tag), text, tag);
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
