#include "journey/core/symbol_table.h"

#include <cstring>
#include <vector>

#include "journey/core/flat_index.h"
#include "core/sip_hash.h"
#include "journey/core/check.h"

namespace journey {
inline namespace v0 {

struct SymbolTable::Impl {
  struct Entry {
    const char* data;
    std::uint32_t size;
    std::uint32_t tag;
  };
  static constexpr std::size_t kChunk = 64 * 1024;

  internal::SipKey key = internal::RandomSipKey();
  std::vector<Entry> entries;
  internal::FlatIndex index;
  std::vector<std::unique_ptr<char[]>> chunks;
  std::size_t chunk_free = 0;
  char* chunk_next = nullptr;
  std::size_t chunk_bytes = 0;

  [[nodiscard]] std::uint64_t Hash(std::string_view text, std::uint32_t tag) const {
    return internal::SipHash(text, key) ^ (tag * 0x9E3779B97F4A7C15U);
  }

  [[nodiscard]] std::uint32_t Find(std::uint64_t hash, std::string_view text, std::uint32_t tag) const {
    return index.Find(hash, [&](std::uint32_t id) {
      const Entry& entry = entries[id];
      return entry.tag == tag && std::string_view(entry.data, entry.size) == text;
    });
  }

  const char* Keep(std::string_view text) {
    if (text.empty()) return "";
    if (text.size() > chunk_free) {
      const std::size_t size = text.size() > kChunk / 4 ? text.size() : kChunk;
      chunks.push_back(std::make_unique_for_overwrite<char[]>(size));
      chunk_bytes += size;
      if (size != kChunk) {  // a long text has a chunk to itself; the current one goes on being filled
        std::memcpy(chunks.back().get(), text.data(), text.size());
        return chunks.back().get();
      }
      chunk_next = chunks.back().get();
      chunk_free = kChunk;
    }
    char* const kept = chunk_next;
    std::memcpy(kept, text.data(), text.size());
    chunk_next += text.size();
    chunk_free -= text.size();
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

std::size_t SymbolTable::size() const {
  return impl_->entries.size();
}

std::size_t SymbolTable::bytes() const {
  return sizeof(Impl) + impl_->entries.capacity() * sizeof(Impl::Entry) + impl_->index.bytes() +
         impl_->chunk_bytes;
}

}  // namespace v0
}  // namespace journey
