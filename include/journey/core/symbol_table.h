// SymbolTable: text <-> dense id, in first-seen order.
//
//   Intern("web") -> 0   Intern("app") -> 1   Intern("web") -> 0   text(1) -> "app"
//
// A tag keeps apart what is spelt alike: the value "42" in the namespace "user_id" and in "device" are two
// entries. A text is known by a digest of 96 bits, SipHash-1-3 with a key drawn at random per table, so that crafted
// input cannot make entries collide: two texts are taken for one with a chance of 10^-15 in a table of 10^7, and of
// 10^-10 in one of 4 * 10^9. (To compare the texts themselves is to wait for another place in memory.) The digits of a
// number below 10^19 have a digest that is made from the number and is no other number's: 42 and "42" are the same entry,
// and neither is hashed as a text. Digests never reach a result.
//
// Lifetime: a view returned by text() lives as long as the table, or until its entry is forgotten; entries are
//           never moved or removed.
// Threads:  thread-compatible (concurrent reads are safe).
// Cost:     Intern and Find hash the text once and touch one slot of 16 bytes; about 60 bytes an entry plus its text.
//           A table of few texts, such as the names of events, remembers the last of them and most often does not hash
//           at all (2 ns instead of 20). In a table of millions the touch waits for memory; who has many texts at hand
//           asks for all of them at once.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace journey {
inline namespace v0 {
namespace internal {
class BatchNamer;
}

class SymbolTable {
 public:
  SymbolTable();
  ~SymbolTable();
  SymbolTable(SymbolTable&&) noexcept;
  SymbolTable& operator=(SymbolTable&&) noexcept;

  // Requires: !full(), and text shorter than 2^32 bytes.
  std::uint32_t Intern(std::string_view text, std::uint32_t tag = 0);
  [[nodiscard]] std::optional<std::uint32_t> Find(std::string_view text, std::uint32_t tag = 0) const;

  // What a text is known by in this table.
  struct Digest {
    std::uint64_t high = 0;
    std::uint32_t low = 0;
    friend bool operator==(const Digest&, const Digest&) = default;
  };
  [[nodiscard]] Digest DigestOf(std::string_view text, std::uint32_t tag = 0) const;
  // Asks memory for what Intern with this digest will look at.
  void Prefetch(const Digest& digest) const;
  // Requires: digest == DigestOf(text, tag).
  std::uint32_t Intern(std::string_view text, std::uint32_t tag, const Digest& digest);

  // Many at once: their digests, and their ids or kNotFound. A number stands for its decimal digits.
  // Requires: digests and ids are as long as the texts or numbers.
  static constexpr std::uint32_t kNotFound = UINT32_MAX;
  void FindAll(std::span<const std::string_view> texts, std::uint32_t tag, std::span<Digest> digests,
               std::span<std::uint32_t> ids) const;
  void FindAll(std::span<const std::uint64_t> numbers, std::uint32_t tag, std::span<Digest> digests,
               std::span<std::uint32_t> ids) const;

  // The id of a text of a small table if it was interned lately, or kNotRecent, which says nothing.
  static constexpr std::uint32_t kNotRecent = UINT32_MAX;
  [[nodiscard]] std::uint32_t FindRecent(std::string_view text, std::uint32_t tag = 0) const;

  // Requires: id < size().
  [[nodiscard]] std::string_view text(std::uint32_t id) const;
  [[nodiscard]] std::uint32_t tag(std::uint32_t id) const;

  // Overwrites the text of an entry. The id stays and is not given out again; its text is empty and not found,
  // so that the same text gets another id when it comes again. Requires: id < size(), not forgotten.
  void Forget(std::uint32_t id);
  [[nodiscard]] bool forgotten(std::uint32_t id) const;

  [[nodiscard]] std::size_t size() const;  // forgotten ones included
  [[nodiscard]] bool full() const;         // at about 64 GB of texts, or 32,767 of 16 kB and more
  // Whether texts surely have room together, beside those there are.
  struct Room {
    static constexpr std::size_t kLong = 16'000;  // may take memory to itself
    std::size_t bytes = 0;
    std::size_t longer = 0;
    void Add(std::string_view text) {
      bytes += text.size() + 32;
      longer += static_cast<std::size_t>(text.size() > kLong);
    }
  };
  [[nodiscard]] bool HasRoom(const Room& wanted) const;
  [[nodiscard]] std::size_t bytes() const;  // of memory held

  // Whether these bytes stand anywhere in the memory of the texts, whether an entry refers to it or not: what a
  // proof that something was forgotten asks. Cost: linear.
  [[nodiscard]] bool MemoryHolds(std::string_view bytes) const;

 private:
  friend class internal::BatchNamer;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0
}  // namespace journey
