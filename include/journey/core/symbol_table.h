// SymbolTable: text <-> dense id, in first-seen order.
//
//   Intern("web") -> 0   Intern("app") -> 1   Intern("web") -> 0   text(1) -> "app"
//
// A tag keeps apart what is spelt alike: the value "42" in the namespace "user_id" and in "device" are two
// entries. Hashing is SipHash-1-3 with a key drawn at random per table, so that crafted input cannot make its
// entries collide; the hash decides nothing but the place of a slot and never reaches a result.
//
// Lifetime: a view returned by text() lives as long as the table, or until its entry is forgotten; entries are
//           never moved or removed.
// Threads:  thread-compatible (concurrent reads are safe).
// Cost:     Intern and Find hash the text once and touch one slot and one record; about 40 bytes an entry plus its text.
//           A table of few texts, such as the names of events, remembers the last of them and most often does not hash
//           at all (2 ns instead of 20). In a table of millions each of the two touches waits for memory; who has many
//           texts at hand hashes them first and looks ahead.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace journey {
inline namespace v0 {

class SymbolTable {
 public:
  SymbolTable();
  ~SymbolTable();
  SymbolTable(SymbolTable&&) noexcept;
  SymbolTable& operator=(SymbolTable&&) noexcept;

  // Requires: !full(), and text shorter than 2^32 bytes.
  std::uint32_t Intern(std::string_view text, std::uint32_t tag = 0);
  [[nodiscard]] std::optional<std::uint32_t> Find(std::string_view text, std::uint32_t tag = 0) const;

  // Many at once:  hash each text, LookAhead over all hashes, then Intern each with its hash.
  [[nodiscard]] std::uint64_t HashOf(std::string_view text, std::uint32_t tag = 0) const;
  void LookAhead(std::span<const std::uint64_t> hashes) const { LookAhead(hashes, {}); }
  // The same, and says where FindHashed will begin. Requires: as many candidates as hashes, or none.
  using Candidate = std::uint32_t;
  void LookAhead(std::span<const std::uint64_t> hashes, std::span<Candidate> candidates) const;
  void Prefetch(std::uint64_t hash) const;  // the first stage of it, for one
  // The id, or kNotFound. Requires: hash == HashOf(text, tag).
  static constexpr std::uint32_t kNotFound = UINT32_MAX;
  [[nodiscard]] std::uint32_t FindHashed(std::string_view text, std::uint32_t tag, std::uint64_t hash,
                                         Candidate candidate) const;
  // Requires: hash == HashOf(text, tag).
  std::uint32_t Intern(std::string_view text, std::uint32_t tag, std::uint64_t hash);

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

  [[nodiscard]] std::size_t size() const;   // forgotten ones included
  [[nodiscard]] bool full() const;          // at about 64 GB of texts
  [[nodiscard]] std::size_t bytes() const;  // of memory held

  // Whether these bytes stand anywhere in the memory of the texts, whether an entry refers to it or not: what a
  // proof that something was forgotten asks. Cost: linear.
  [[nodiscard]] bool MemoryHolds(std::string_view bytes) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0
}  // namespace journey
