#include "live/context_store.h"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "journey/core/check.h"
#include "journey/core/prefetch.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// The reader's way is index, slot, block: each step has to wait for memory, but the lines of a block need not
// wait for each other.
void Prefetch(const void* address, std::size_t lines) {
#if defined(__GNUC__)
  const char* line = static_cast<const char*>(address);
  for (std::size_t i = 0; i < lines; ++i) internal::Prefetch(line + i * kCacheLine);
#else
  static_cast<void>(address);
  static_cast<void>(lines);
#endif
}
constexpr std::size_t kLinesAhead = 7;

void* Numbered(Slot slot) {
  return reinterpret_cast<void*>(std::uintptr_t{slot});
}  // NOLINT: a number, no address

}  // namespace

// Followed by the indices of the attachments, then the bytes.
struct ContextStore::Block {
  std::uint32_t size;
  std::uint32_t attachments;

  [[nodiscard]] static std::size_t Bytes(std::size_t size, std::size_t attachments) {
    return sizeof(Block) + attachments * sizeof(std::uint32_t) + size;
  }
  [[nodiscard]] std::size_t bytes() const { return Bytes(size, attachments); }
  [[nodiscard]] std::byte* after() { return reinterpret_cast<std::byte*>(this + 1); }  // NOLINT: raw memory
  [[nodiscard]] const std::byte* after() const { return const_cast<Block*>(this)->after(); }
  [[nodiscard]] std::uint32_t attachment(std::size_t i) const {
    std::uint32_t index;
    std::memcpy(&index, after() + i * sizeof index, sizeof index);
    return index;
  }
  [[nodiscard]] const std::byte* content() const { return after() + attachments * sizeof(std::uint32_t); }
};

struct ContextStore::AttachmentTable {
  std::vector<std::size_t> ends;
  std::vector<std::byte> data;

  [[nodiscard]] std::span<const std::byte> at(std::uint32_t index) const {
    if (index >= ends.size()) return {};
    const std::size_t begin = index == 0 ? 0 : ends[index - 1];
    return std::span(data).subspan(begin, ends[index] - begin);
  }
  [[nodiscard]] std::size_t bytes() const {
    return sizeof *this + ends.capacity() * sizeof(std::size_t) + data.capacity();
  }
};

ContextStore::ContextStore() : key_(RandomSipKey()), index_(epochs_) {}

ContextStore::~ContextStore() {
  epochs_.Collect();
  for (const auto& chunk : chunks_) {
    const std::unique_ptr<Chunk> owned(chunk.load());
    if (owned == nullptr) break;
    for (const auto& block : owned->blocks) {
      if (Block* b = block.load(); b != nullptr) FreeBlock(this, b);
    }
  }
  for (std::byte* memory : slot_memory_) DeleteHugeMemory(memory);
  if (AttachmentTable* table = attachments_.load(); table != nullptr) FreeAttachments(this, table);
  sodium_memzero(key_.data(), key_.size());
}

void ContextStore::set_pause(const std::function<void()>& pause) {
  pause_ = pause;
  index_.set_pause(pause);
}

IdentifierHash ContextStore::HashOf(std::string_view name_space, std::string_view value) const {
  // The length of the name, the name, the value: no two pairs are the same bytes.
  std::array<unsigned char, 256> buffer;
  std::vector<unsigned char> longer;
  const std::uint64_t length = name_space.size();
  const std::size_t size = sizeof length + name_space.size() + value.size();
  unsigned char* bytes = buffer.data();
  if (size > buffer.size()) {
    longer.resize(size);
    bytes = longer.data();
  }
  std::memcpy(bytes, &length, sizeof length);
  if (!name_space.empty()) std::memcpy(bytes + sizeof length, name_space.data(), name_space.size());
  if (!value.empty()) std::memcpy(bytes + sizeof length + name_space.size(), value.data(), value.size());
  std::array<std::uint64_t, 2> out;
  static_assert(sizeof out == crypto_shorthash_siphashx24_BYTES);
  crypto_shorthash_siphashx24(reinterpret_cast<unsigned char*>(out.data()), bytes, size,
                              key_.data());  // NOLINT
  sodium_memzero(bytes, size);               // the value may be an address or a telephone number
  return {out[0], out[1]};
}

std::unique_ptr<ContextStore::Chunk> ContextStore::NewChunk(std::size_t number) {
  auto chunk = std::make_unique<Chunk>();
  if (number == 0) {
    chunk->own_blocks = std::vector<std::atomic<Block*>>(kChunkSlots);
    chunk->blocks = chunk->own_blocks;
    return chunk;
  }
  const std::size_t place = (number - 1) % kChunksAPage;
  if (place == 0) slot_memory_.push_back(NewHugeMemory(kHugePageBytes));
  auto* const blocks =
      reinterpret_cast<std::atomic<Block*>*>(slot_memory_.back()) + place * kChunkSlots;  // NOLINT
  std::uninitialized_value_construct_n(blocks, kChunkSlots);
  chunk->blocks = {blocks, kChunkSlots};
  return chunk;
}

ContextStore::Chunk& ContextStore::ChunkOf(Slot slot) const {
  Chunk* chunk = chunks_[slot / kChunkSlots].load(std::memory_order_acquire);
  JOURNEY_CHECK(chunk != nullptr);
  return *chunk;
}

std::atomic<ContextStore::Block*>& ContextStore::BlockOf(Slot slot) const {
  return ChunkOf(slot).blocks[slot % kChunkSlots];
}

std::atomic<std::uint32_t>& ContextStore::BindingsOf(Slot slot) const {
  return ChunkOf(slot).bindings[slot % kChunkSlots];
}

bool ContextStore::CopyOut(Slot slot, std::vector<std::byte>& out) const {
  const Block* block = BlockOf(slot).load(std::memory_order_seq_cst);
  if (block == nullptr) {
    out.clear();
    return false;
  }
  Prefetch(block, kLinesAhead);
  const std::byte* content = block->content();
  if (block->attachments == 0) {
    out.assign(content, content + block->size);
    return true;
  }
  const AttachmentTable* table = attachments_.load(std::memory_order_seq_cst);
  std::size_t total = block->size;
  for (std::size_t i = 0; table != nullptr && i < block->attachments; ++i) {
    total += table->at(block->attachment(i)).size();
  }
  if (out.capacity() < total) out.reserve(total);
  out.assign(content, content + block->size);
  for (std::size_t i = 0; table != nullptr && i < block->attachments; ++i) {
    const std::span<const std::byte> blob = table->at(block->attachment(i));
    out.insert(out.end(), blob.begin(), blob.end());
  }
  return true;
}

bool ContextStore::Read(IdentifierHash hash, std::vector<std::byte>& out) const {
  const Epochs::Pin pin = epochs_.Enter();
  const Slot slot = index_.Find(hash);
  if (slot == kNoSlot) {
    out.clear();
    return false;
  }
  return CopyOut(slot, out);
}

ContextStore::Found ContextStore::ReadFresh(IdentifierHash hash, std::vector<std::byte>& out) const {
  const Epochs::Pin pin = epochs_.Enter();
  // What is marked as stale may be withdrawn after that, so that the mark is looked at again where there is nothing.
  for (int i = 0; i < 2; ++i) {
    const Slot slot = index_.Find(hash);
    if (slot == kNoSlot) break;
    if (IsStale(slot)) return Found::kStale;
    if (CopyOut(slot, out)) return Found::kRead;
  }
  out.clear();
  return Found::kNobody;
}

void ContextStore::LookAhead(IdentifierHash hash) const {
  const Epochs::Pin pin = epochs_.Enter();
  index_.Prefetch(hash);
}

Slot ContextStore::Find(IdentifierHash hash) const {
  const Epochs::Pin pin = epochs_.Enter();
  return index_.Find(hash);
}

void ContextStore::MarkStale(Slot slot, bool stale) {
  ChunkOf(slot).stale[slot % kChunkSlots].store(stale, std::memory_order_seq_cst);
}

bool ContextStore::IsStale(Slot slot) const {
  return ChunkOf(slot).stale[slot % kChunkSlots].load(std::memory_order_seq_cst);
}

void ContextStore::Withdraw(Slot slot) {
  if (BlockOf(slot).load(std::memory_order_relaxed) != nullptr) Replace(slot, nullptr);
}

bool ContextStore::Read(Slot slot, std::vector<std::byte>& out) const {
  const Epochs::Pin pin = epochs_.Enter();
  if (slot / kChunkSlots >= kChunks ||
      chunks_[slot / kChunkSlots].load(std::memory_order_acquire) == nullptr) {
    out.clear();
    return false;
  }
  return CopyOut(slot, out);
}

Slot ContextStore::Allocate() {
  const std::lock_guard lock(slots_mutex_);
  if (!free_slots_.empty()) {
    const Slot slot = free_slots_.back();
    free_slots_.pop_back();
    live_slots_.fetch_add(1, std::memory_order_relaxed);
    return slot;
  }
  if (next_slot_ / kChunkSlots >= kChunks) return kNoSlot;
  if (next_slot_ % kChunkSlots == 0) {
    const std::size_t number = next_slot_ / kChunkSlots;
    chunks_[number].store(NewChunk(number).release(), std::memory_order_release);
    chunk_bytes_.fetch_add(sizeof(Chunk) + kChunkSlots * sizeof(std::atomic<Block*>),
                           std::memory_order_relaxed);
  }
  live_slots_.fetch_add(1, std::memory_order_relaxed);
  return next_slot_++;
}

void ContextStore::Replace(Slot slot, Block* block) {
  Block* old = BlockOf(slot).exchange(block, std::memory_order_seq_cst);
  if (pause_) pause_();
  if (old != nullptr) epochs_.Retire({&FreeBlock, this, old, old->bytes()});
}

void ContextStore::Release(Slot slot) {
  Replace(slot, nullptr);
  MarkStale(slot, false);
  live_slots_.fetch_sub(1, std::memory_order_relaxed);
  const std::uint32_t before = BindingsOf(slot).fetch_or(kReleased, std::memory_order_acq_rel);
  JOURNEY_CHECK((before & kReleased) == 0);
  if (before == 0) Recycle(slot);
}

void ContextStore::Publish(Slot slot, std::span<const std::byte> block,
                           std::span<const std::uint32_t> attachments) {
  JOURNEY_CHECK(block.size() <= 0xFFFFFFFF && attachments.size() <= 0xFFFFFFFF);
  JOURNEY_CHECK((BindingsOf(slot).load(std::memory_order_relaxed) & kReleased) == 0);
  void* memory = pool_.Allocate(Block::Bytes(block.size(), attachments.size()));
  auto* fresh = new (memory)
      Block{static_cast<std::uint32_t>(block.size()), static_cast<std::uint32_t>(attachments.size())};
  if (!attachments.empty()) std::memcpy(fresh->after(), attachments.data(), attachments.size_bytes());
  if (!block.empty()) {
    std::memcpy(fresh->after() + attachments.size_bytes(), block.data(), block.size());
  }
  if (pause_) pause_();
  Replace(slot, fresh);
}

void ContextStore::Bind(IdentifierHash hash, Slot slot) {
  // Counted before it is visible: the slot cannot be given to somebody else in between.
  const std::uint32_t before = BindingsOf(slot).fetch_add(1, std::memory_order_acq_rel);
  JOURNEY_CHECK((before & kReleased) == 0);
  static_cast<void>(before);
  const Slot old = index_.Bind(hash, slot);
  if (old != kNoSlot) DropBinding(old);
}

void ContextStore::Unbind(IdentifierHash hash) {
  const Slot old = index_.Unbind(hash);
  if (old != kNoSlot) DropBinding(old);
}

void ContextStore::DropBinding(Slot slot) {
  const std::uint32_t before = BindingsOf(slot).fetch_sub(1, std::memory_order_acq_rel);
  if (before == (kReleased | 1)) Recycle(slot);
}

void ContextStore::Recycle(Slot slot) {
  // A reader may have found the number and not yet looked at the slot.
  epochs_.Retire({&FreeSlot, this, Numbered(slot), 0});
}

void ContextStore::PublishAttachments(const std::vector<std::vector<std::byte>>& blobs) {
  auto table = std::make_unique<AttachmentTable>();
  std::size_t total = 0;
  for (const auto& blob : blobs) total += blob.size();
  table->data.reserve(total);
  table->ends.reserve(blobs.size());
  for (const auto& blob : blobs) {
    table->data.insert(table->data.end(), blob.begin(), blob.end());
    table->ends.push_back(table->data.size());
  }
  attachment_bytes_.fetch_add(table->bytes(), std::memory_order_relaxed);
  AttachmentTable* old = attachments_.exchange(table.release(), std::memory_order_seq_cst);
  if (pause_) pause_();
  if (old != nullptr) epochs_.Retire({&FreeAttachments, this, old, old->bytes()});
}

void ContextStore::FreeBlock(void* store, void* block) {
  static_cast<ContextStore*>(store)->pool_.Free(block, static_cast<Block*>(block)->bytes());
}

void ContextStore::FreeSlot(void* store, void* slot) {
  auto* self = static_cast<ContextStore*>(store);
  const auto number = static_cast<Slot>(reinterpret_cast<std::uintptr_t>(slot));  // NOLINT
  const std::lock_guard lock(self->slots_mutex_);
  self->BindingsOf(number).store(0, std::memory_order_relaxed);
  self->free_slots_.push_back(number);
}

void ContextStore::FreeAttachments(void* store, void* table) {
  const std::unique_ptr<AttachmentTable> owned(static_cast<AttachmentTable*>(table));
  static_cast<ContextStore*>(store)->attachment_bytes_.fetch_sub(owned->bytes(), std::memory_order_relaxed);
  if (!owned->data.empty()) sodium_memzero(owned->data.data(), owned->data.size());
}

std::size_t ContextStore::bytes() const {
  return sizeof *this + pool_.bytes() + index_.bytes() + chunk_bytes_.load(std::memory_order_relaxed) +
         attachment_bytes_.load(std::memory_order_relaxed);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
