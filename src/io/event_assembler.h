// From the cells of a row to an event of a batch. Both kinds of readers fill the same cells; what a column means is
// known only here.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/row_batch.h"
#include "journey/events/admission.h"
#include "journey/events/event.h"
#include "journey/io/column_map.h"

namespace journey {
inline namespace v0 {
namespace internal {

struct InputCell {
  enum class Kind : std::uint8_t { kAbsent, kText, kInteger, kUnsigned, kNumber, kBoolean, kStructure };

  Kind kind = Kind::kAbsent;
  std::string_view text;  // of a text; of a structure: its JSON
  std::int64_t integer = 0;
  std::uint64_t unsigned_integer = 0;
  double number = 0.0;  // also of integers
  bool boolean = false;
};

class EventAssembler {
 public:
  // source: of the events where the map has none. Requires: map.Validate().ok(). Lifetime: the source's text and the
  // outlet outlive the assembler.
  EventAssembler(const ColumnMap& map, std::size_t max_problems, std::string_view source, RowOutlet& outlet);

  // The columns that the map uses, each once: the slots of the cells.
  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  [[nodiscard]] std::span<InputCell> cells() { return cells_; }

  // Whether the texts of cells go when the next row comes; or they are from Keep(), and all cells are texts, those that are
  // absent being empty.
  enum class Texts : std::uint8_t { kPassing, kKept };
  [[nodiscard]] std::string_view Keep(std::string_view text) { return outlet_.batch().Keep(text); }
  [[nodiscard]] char* Room(std::size_t bytes) { return outlet_.batch().Room(bytes); }

  // Takes the cells as the next row.
  void Offer(std::uint64_t line, Texts texts = Texts::kPassing);
  // Counts a next row that could not be read.
  void Refuse(std::uint64_t line, AdmissionStatus status, std::string_view field, std::string_view found,
              std::string_view expected);
  // Nobody wants more rows.
  [[nodiscard]] bool stopped() const { return outlet_.stopped(); }

 private:
  static constexpr std::size_t kNoSlot = SIZE_MAX;
  struct Source {
    std::size_t slot = kNoSlot;
    std::string_view constant;
    std::string_view column;
  };

  std::size_t SlotOf(const std::string& column);
  Source Bind(const FieldSource& field);

  [[nodiscard]] std::string_view Kept(std::string_view text) {
    return texts_ == Texts::kKept ? text : Keep(text);
  }
  // An empty text when the cell cannot be one; it is `bad` then.
  [[nodiscard]] std::string_view TextOf(const InputCell& cell, bool& bad);
  [[nodiscard]] bool SetTime(RowBatch::Row& row, std::uint64_t line);
  [[nodiscard]] bool SetText(const Source& source, std::string_view& text, std::uint64_t line);
  [[nodiscard]] bool SetSequence(RowBatch::Row& row, std::uint64_t line);
  [[nodiscard]] bool SetRecord(RowBatch::Row& row, std::uint64_t line);
  [[nodiscard]] bool SetIdentifiers(std::uint64_t line);
  void SetAttributes();

  ColumnMap map_;
  std::size_t max_problems_;
  std::string_view source_name_;
  RowOutlet& outlet_;
  std::uint64_t rows_ = 0;  // up to now
  Texts texts_ = Texts::kPassing;
  std::vector<std::string> columns_;
  std::vector<InputCell> cells_;
  Source time_, name_, channel_, id_, sequence_, source_, record_;
  std::vector<std::size_t> identifiers_;  // their slots, as the lists of a batch
  std::vector<std::size_t> attributes_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
