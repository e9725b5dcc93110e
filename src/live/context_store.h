// ContextStore: what readers see of the live engine. Per customer one immutable block of bytes, found by an
// identifier; any number of threads read while several write.
//
//   Slot s = store.Allocate();
//   store.Publish(s, block, attachments);
//   store.Bind(store.HashOf("email", e), s);
//   store.Read(store.HashOf("email", e), out)   -> true, out = block + the attachments' bytes in their order
//
// A reader copies what was published as a whole, the newest block or, while it is being replaced, the one
// before. It takes no lock and never waits for a writer, not even for one that was suspended in the middle of
// a change, and allocates only to make `out` larger.
//
// Blocks hold personal data: one that was replaced or withdrawn is overwritten with zeros before its memory
// is given back, as soon as no reader can see it (see epochs.h; Collect() makes that now, where it can be).
//
// Attachments are bytes that many blocks share (names of steps, say): one table for all, replaced as a whole.
// A block and the table are not one moment: who replaces the table keeps the meaning of the indices in use.
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

#include "core/sip_hash.h"
#include "journey/core/huge_memory.h"
#include "live/block_pool.h"
#include "live/epochs.h"
#include "live/identifier_index.h"

namespace journey {
inline namespace v0 {
namespace internal {

class ContextStore {
 public:
  ContextStore();
  // Requires: no other call is running.
  ~ContextStore();
  ContextStore(const ContextStore&) = delete;
  ContextStore& operator=(const ContextStore&) = delete;

  // A keyed hash: the key is this store's own, random, so that identifiers cannot be crafted to collide, and
  // a hash tells nothing outside of this process. ("a", "bc") and ("ab", "c") differ. Cost: no allocation for
  // name and value of up to 248 bytes together.
  [[nodiscard]] IdentifierHash HashOf(std::string_view name_space, std::string_view value) const;

  // --- Readers. Threads: any number, along with everything else.
  // Replaces `out`; false, and an empty `out`, when the identifier is unknown or nothing was published.
  bool Read(IdentifierHash hash, std::vector<std::byte>& out) const;
  // The same for a slot that the caller knows to be still the customer's.
  bool Read(Slot slot, std::vector<std::byte>& out) const;
  // The same, but for a slot that is marked as stale, which is not read.
  enum class Found : std::uint8_t { kNobody, kStale, kRead };
  Found ReadFresh(IdentifierHash hash, std::vector<std::byte>& out) const;
  // Asks memory for the place of an identifier.
  void LookAhead(IdentifierHash hash) const;
  // kNoSlot: unknown.
  [[nodiscard]] Slot Find(IdentifierHash hash) const;

  // --- Writers. Threads: any number, but Publish and Release of one slot take turns.
  // A slot without a block; kNoSlot when 2^29 are in use.
  [[nodiscard]] Slot Allocate();
  // Withdraws the block. The number is given out again when no identifier is bound to it any more and no
  // reader can still be on its way to it: a reader never gets the block of a stranger. Requires: allocated,
  // released once.
  void Release(Slot slot);
  // Requires: allocated; the sizes fit 32 bits. An attachment that the table has not when it is read adds
  // nothing.
  void Publish(Slot slot, std::span<const std::byte> block, std::span<const std::uint32_t> attachments = {});
  // As if nothing had been published. Requires: allocated.
  void Withdraw(Slot slot);
  // What is published is not what it should be any more, or is again; a released slot is fresh. Requires: allocated.
  void MarkStale(Slot slot, bool stale);
  [[nodiscard]] bool IsStale(Slot slot) const;
  // Binds the identifier, or binds it anew. Requires: allocated and not released.
  void Bind(IdentifierHash hash, Slot slot);
  // No effect on an identifier that is not bound.
  void Unbind(IdentifierHash hash);
  void PublishAttachments(const std::vector<std::vector<std::byte>>& blobs);
  // Zeroes and frees all that no reader can see; returns the bytes still held back by readers.
  std::size_t Collect() { return epochs_.Collect(); }

  // --- Numbers; exact when nobody writes.
  [[nodiscard]] std::size_t size() const { return live_slots_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::size_t identifiers() const { return index_.size(); }
  // Memory held, with what is retired and what is kept for later blocks.
  [[nodiscard]] std::size_t bytes() const;
  [[nodiscard]] std::size_t retired_bytes() const { return epochs_.retired_bytes(); }
  [[nodiscard]] const Epochs& epochs() const { return epochs_; }

  // For tests: called by writers between their steps (a block is filled but not visible; is visible but the
  // old one not retired; a binding or a larger index is about to appear). Requires: set before there are
  // other threads.
  void set_pause(const std::function<void()>& pause);

 private:
  struct Block;
  struct AttachmentTable;
  // Chunks never move, so a reader needs no lock to find a slot.
  static constexpr std::size_t kChunkSlots = std::size_t{1} << 14;
  static constexpr std::size_t kChunks = std::size_t{1} << 15;
  static constexpr std::uint32_t kReleased = 0x80000000;
  struct Chunk {
    std::span<std::atomic<Block*>> blocks;  // of the first chunk own_blocks, else a part of slot_memory_
    std::vector<std::atomic<Block*>> own_blocks;
    // Identifiers bound to each slot, and kReleased.
    std::array<std::atomic<std::uint32_t>, kChunkSlots> bindings;
    std::array<std::atomic<bool>, kChunkSlots> stale;
  };
  // The blocks of so many chunks fill one part of slot_memory_.
  static constexpr std::size_t kChunksAPage = kHugePageBytes / (kChunkSlots * sizeof(std::atomic<Block*>));

  [[nodiscard]] std::unique_ptr<Chunk> NewChunk(std::size_t number);
  [[nodiscard]] Chunk& ChunkOf(Slot slot) const;
  [[nodiscard]] std::atomic<Block*>& BlockOf(Slot slot) const;
  [[nodiscard]] std::atomic<std::uint32_t>& BindingsOf(Slot slot) const;
  void Replace(Slot slot, Block* block);
  bool CopyOut(Slot slot, std::vector<std::byte>& out) const;
  void DropBinding(Slot slot);
  void Recycle(Slot slot);
  static void FreeBlock(void* store, void* block);
  static void FreeSlot(void* store, void* slot);
  static void FreeAttachments(void* store, void* table);

  SipKey key_;
  std::array<std::atomic<Chunk*>, kChunks> chunks_{};
  std::atomic<AttachmentTable*> attachments_{nullptr};
  std::mutex slots_mutex_;
  std::vector<Slot> free_slots_;
  std::vector<std::byte*> slot_memory_;
  Slot next_slot_ = 0;
  std::atomic<std::size_t> chunk_bytes_{0};
  std::atomic<std::size_t> live_slots_{0};
  std::atomic<std::size_t> attachment_bytes_{0};
  std::function<void()> pause_;
  BlockPool pool_;
  mutable Epochs epochs_;  // after all that its retired objects refer to
  IdentifierIndex index_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
