// BatchNamer: ids for many texts that a SymbolTable most often does not know, by several threads.
//
//   namer.Name(wanted, texts)      -> texts.Take(i, id) for each i of wanted, the ids those of Intern for one after the other
//
// Three passes. The slots of the table are cut by threads, by the upper bits of the digests: each thread looks at all that
// is wanted, and finds or takes a slot for what is its own. Then one thread counts which of them are new, in their order;
// that is their ids. Last, cut by order, the texts are written down and the ids handed out. Which threads there are makes
// no difference to an id.
//
// Cost: linear, of which one thread alone does the counting.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "core/decimal.h"
#include "core/workers.h"
#include "journey/core/slot_table.h"
#include "journey/core/symbol_table.h"

namespace journey {
inline namespace v0 {
namespace internal {

class BatchNamer {
 public:
  // What it is known by; row and column are the caller's.
  struct Wanted {
    SymbolTable::Digest digest;
    std::uint32_t row = 0;
    std::uint32_t column = 0;
  };
  // Threads: all three are called by several at once, each i by one.
  class Texts {
   public:
    struct Text {
      std::string_view text;
      std::uint32_t tag;
    };
    virtual ~Texts() = default;
    // Asked only for what is new. The view holds as long as the digits, which are for numbers.
    [[nodiscard]] virtual Text Of(const Wanted& wanted, Digits& digits) const = 0;
    virtual void Take(const Wanted& wanted, std::uint32_t id) = 0;
  };

  // Both are used as long as the namer lives.
  BatchNamer(SymbolTable& table, Workers& workers);

  // Requires: nobody else uses the table meanwhile; each digest is that of its text. What Texts throws comes to the caller:
  // the table is as before then, but for ids that are not given out again.
  void Name(std::span<const Wanted> wanted, Texts& texts);

 private:
  template <typename Work>
  void OnAll(const Work& work);
  void FindOrPlace(unsigned part);
  void Settle(std::size_t i, bool alone);
  void Number();
  void Keep(unsigned part, Texts& texts);
  void KeepSome(std::span<const std::uint32_t> fresh, unsigned part, const Texts& texts);
  void TakeBack();
  [[nodiscard]] bool IsNew(std::size_t i) const { return found_[i] == base_ + i; }
  [[nodiscard]] std::uint32_t IdOf(std::uint32_t found) const {
    return found < base_ ? found : base_ + rank_[found - base_];
  }

  SymbolTable::Impl& impl_;
  Workers& workers_;
  std::span<const Wanted> wanted_;
  unsigned parts_ = 1;      // threads that work at this
  std::uint32_t base_ = 0;  // ids of before are smaller
  std::vector<std::uint32_t>
      found_;  // the id of before; or base_ and the first that wants the same; or kNotFound
  std::vector<DigestSlot*> slots_;   // of what is new
  std::vector<std::uint32_t> rank_;  // how many new ones come before
  std::vector<std::size_t> placed_;  // by part
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
