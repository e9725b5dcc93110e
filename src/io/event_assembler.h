// From the cells of a row to an Event, handed to a log or an engine. Both kinds of readers fill the same cells;
// what a column means is known only here.
#pragma once
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "journey/events/admission.h"
#include "journey/events/event.h"
#include "journey/io/reader.h"

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

// Who takes the events: a log, or an engine.
class EventSink {
 public:
  virtual ~EventSink() = default;
  virtual Admission Take(const Event& event) = 0;
  virtual void Reject(std::string_view source, AdmissionStatus status) = 0;
};

class EventAssembler {
 public:
  // Requires: map.Validate().ok(). Lifetime: the sink and the report outlive the assembler.
  EventAssembler(const ColumnMap& map, std::size_t max_problems, EventSink& sink, ReadReport& report);

  // The columns that the map uses, each once: the slots of the cells.
  [[nodiscard]] const std::vector<std::string>& columns() const { return columns_; }
  [[nodiscard]] std::span<InputCell> cells() { return cells_; }

  // Takes the cells as the next row.
  void Offer(std::uint64_t line);
  // Counts a next row that could not be read.
  void Refuse(std::uint64_t line, AdmissionStatus status, std::string_view field, std::string_view found,
              std::string_view expected);

 private:
  static constexpr std::size_t kNoSlot = SIZE_MAX;
  struct Source {
    std::size_t slot = kNoSlot;
    std::string_view constant;
    std::string_view column;
  };
  struct Named {
    std::string_view name;
    std::size_t slot;
  };
  struct Digits {
    char text[40];
  };

  std::size_t SlotOf(const std::string& column);
  Source Bind(const FieldSource& field);

  // Each gives an empty text when the cell cannot be one; `bad` is then the kind of what was found.
  [[nodiscard]] std::string_view TextOf(const InputCell& cell, std::size_t scratch, bool& bad);
  [[nodiscard]] bool SetTime(std::uint64_t line);
  [[nodiscard]] bool SetText(const Source& source, std::size_t scratch, std::string_view& text,
                             std::uint64_t line);
  [[nodiscard]] bool SetSequence(std::uint64_t line);
  [[nodiscard]] bool SetRecord(std::uint64_t line);
  [[nodiscard]] bool SetIdentifiers(std::uint64_t line);
  void SetAttributes();
  void Note(std::uint64_t line, AdmissionStatus status, std::string_view field, std::string_view found,
            std::string_view expected);
  void NoteAdmission(std::uint64_t line, const Admission& admission);

  ColumnMap map_;
  std::size_t max_problems_;
  EventSink& sink_;
  ReadReport& report_;
  std::vector<std::string> columns_;
  std::vector<InputCell> cells_;
  Source time_, name_, channel_, id_, sequence_, source_, record_;
  std::vector<Named> identifiers_;
  std::vector<Named> attributes_;
  std::vector<Digits> digits_;  // of numbers that stand for texts: one for each field that is a text
  Event event_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
