// The records of a JSON file to an EventAssembler: one object a line, or one array of objects.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "io/event_assembler.h"
#include "io/input_window.h"
#include "io/json_record.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace internal {

struct JsonSample {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows;
};

class JsonReader {
 public:
  // Lifetime: all arguments outlive the reader.
  JsonReader(InputWindow& window, const std::string& file);

  // To the first value. Errors: the file is empty or broken.
  [[nodiscard]] Status ReadStart();
  // The keys of the first records, for a guess; nothing is used up.
  [[nodiscard]] JsonSample Sample(std::size_t bytes, std::size_t rows);

  // Errors: the file broke off.
  [[nodiscard]] Status ReadRows(EventAssembler& assembler);

  // JSON Lines line by line: false when there is none left. Requires: the record has the assembler's columns.
  [[nodiscard]] StatusOr<bool> ReadLine(JsonRecord& record, EventAssembler& assembler);

  // The number of the line at the begin of the window, for who uses up lines that are no rows.
  [[nodiscard]] std::uint64_t line() const { return line_; }
  void set_line(std::uint64_t line) { line_ = line; }

 private:
  [[nodiscard]] Status ReadLines(EventAssembler& assembler);
  [[nodiscard]] Status ReadArray(EventAssembler& assembler);
  // Behind the array nothing may follow.
  [[nodiscard]] Status CheckEnd(EventAssembler& assembler);
  // Passes over blanks, and counts the lines; the character behind them, or 0 at the end.
  char SkipBlanks();
  // Where the value at the begin of the window ends: at the comma or bracket behind it.
  enum class Extent { kValue, kTooLong, kEnd };
  Extent FindValue(std::size_t& end);
  void Take(std::string_view text, JsonRecord& record, EventAssembler& assembler);

  InputWindow& window_;
  const std::string& file_;
  std::uint64_t line_ = 1;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
