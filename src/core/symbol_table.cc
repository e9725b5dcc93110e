#include "journey/core/symbol_table.h"

#include <algorithm>

#include "core/symbol_table_impl.h"

namespace journey {
inline namespace v0 {

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
  impl_->entries.push_back(impl_->Keep(id, text, tag, impl_->filling.front()));
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
  return impl_->chunk_count + 1 >= Impl::kMostChunks;
}

bool SymbolTable::HasRoom(const Room& wanted) const {
  // Of a chunk at most what is no long text is left empty.
  const std::size_t chunks =
      wanted.longer + Impl::kFewChunks + wanted.bytes / (internal::kHugePageBytes - 2 * Room::kLong) + 2;
  return impl_->chunk_count + chunks + 1 < Impl::kMostChunks;
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
