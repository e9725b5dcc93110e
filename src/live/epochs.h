// Epochs: when may memory that readers may still be looking at be given back? (Epoch-based reclamation.)
//
//   reader   Pin pin = epochs.Enter();  p = shared.load();  ... uses *p ...      ~Pin
//   writer   old = shared.exchange(fresh);  epochs.Retire({old, ...});           ... freed later, by a writer
//
// A pin writes the epoch of its start into a cell of its own. What was unlinked is retired under the epoch of
// that moment, and freed once every cell is empty or holds a later epoch: a reader that starts after the
// unlinking cannot find it, one that started before has then gone.
//
// Readers never wait: they take the cell that their thread took last, the next free one when that is in use,
// and a further chunk of cells when all are. Writers never wait for readers: what cannot be freed yet stays
// in a list and is counted. A reader that never ends holds up everything retired since it began;
// retired_bytes() shows it.
//
// Order: whoever unlinks, and whoever loads a shared pointer under a pin, does so with memory_order_seq_cst.
//        The proof needs the one total order: the unlinking, then the look at a cell that was empty, then the
//        reader's entry, then its load, which so sees the unlinking. No fences, which thread sanitizers do
//        not understand.
#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>

namespace journey {
inline namespace v0 {
namespace internal {

inline constexpr std::size_t kCacheLine = 64;

class Epochs {
 public:
  // What is to be done with `object` once no reader can see it: free(owner, object).
  struct Retired {
    void (*free)(void* owner, void* object) = nullptr;
    void* owner = nullptr;
    void* object = nullptr;
    std::size_t bytes = 0;
  };

  class Pin {
   public:
    ~Pin() { cell_.store(0, std::memory_order_release); }
    Pin(const Pin&) = delete;
    Pin& operator=(const Pin&) = delete;

   private:
    friend class Epochs;
    explicit Pin(std::atomic<std::uint64_t>& cell) : cell_(cell) {}
    std::atomic<std::uint64_t>& cell_;
  };

  Epochs() = default;
  // Frees everything that is left. Requires: no pin, no other call.
  ~Epochs();
  Epochs(const Epochs&) = delete;
  Epochs& operator=(const Epochs&) = delete;

  // Threads: any number, and several pins in one thread. Cost: one compare-and-swap on a cache line that is
  // as a rule the thread's own; allocates only when more pins exist than ever before, a chunk of 64 cells at
  // a time.
  [[nodiscard]] Pin Enter() const { return Pin(Claim()); }

  // Takes charge of an object that was unlinked before this call. Cost: amortised O(1) and a look at all
  // cells every kBatch calls. Threads: any number; threads share one of kBins lists only when there are many
  // of them. Requires: Retired::free calls nothing of this object.
  void Retire(const Retired& retired);
  // Frees what can be freed now, in all lists. Returns what is still held back, in bytes.
  std::size_t Collect();

  // Bytes retired and not freed yet, and the number of such objects.
  [[nodiscard]] std::size_t retired_bytes() const;
  [[nodiscard]] std::size_t retired() const;
  // Cells for pins; grows in chunks, never shrinks.
  [[nodiscard]] std::size_t reader_cells() const;

  static constexpr std::size_t kBatch = 32;

 private:
  struct alignas(kCacheLine) Cell {
    std::atomic<std::uint64_t> epoch{0};  // 0: free
  };
  static constexpr std::size_t kCells = 64;
  struct Chunk {
    std::array<Cell, kCells> cells;
    std::atomic<Chunk*> next{nullptr};
  };
  struct Waiting {
    Retired retired;
    std::uint64_t epoch;
  };
  struct alignas(kCacheLine) Bin {
    std::mutex mutex;
    std::deque<Waiting> waiting;  // epochs ascend
    std::size_t since_collection = 0;
    std::atomic<std::size_t> bytes{0};
    std::atomic<std::size_t> objects{0};
  };
  static constexpr std::size_t kBins = 16;

  std::atomic<std::uint64_t>& Claim() const;
  std::atomic<std::uint64_t>& ClaimAnywhere(std::uint64_t epoch) const;
  [[nodiscard]] std::uint64_t OldestPin() const;
  void CollectLocked(Bin& bin);

  alignas(kCacheLine) std::atomic<std::uint64_t> epoch_{1};
  mutable Chunk first_;
  std::array<Bin, kBins> bins_;
  std::atomic<std::size_t> next_bin_{0};
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
