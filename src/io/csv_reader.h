// The rows of a CSV file to an EventAssembler.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/csv_record.h"
#include "io/csv_scanner.h"
#include "io/event_assembler.h"
#include "io/input_window.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace internal {

class CsvReader {
 public:
  // `separator`: 0 if the header is to decide. Lifetime: all arguments outlive the reader.
  CsvReader(InputWindow& window, const std::string& file, char separator);

  // Reads the first record, which names the columns. The first bytes tell how lines end: so many are waited for.
  [[nodiscard]] Status ReadHeader(std::size_t first_bytes = 64 << 10);
  [[nodiscard]] std::span<const std::string> columns() const { return columns_; }

  // The first rows in the bytes that are there already, for a guess; nothing is used up.
  [[nodiscard]] std::vector<std::vector<std::string>> Sample(std::size_t bytes, std::size_t rows);

  // Reads all rows. Errors: a column of the map is missing or there twice; the input broke off.
  [[nodiscard]] Status ReadRows(EventAssembler& assembler);

  // The same row by row. Bind: the positions of columns in a row. ReadRow: false when there is none left.
  [[nodiscard]] StatusOr<std::vector<std::size_t>> Bind(const std::vector<std::string>& wanted) const;
  [[nodiscard]] StatusOr<bool> ReadRow(std::span<const std::size_t> positions, EventAssembler& assembler);

  // The number of the line at the begin of the window, for who uses up lines that are no rows.
  [[nodiscard]] std::uint64_t line() const { return line_; }
  void set_line(std::uint64_t line) { line_ = line; }

 private:
  enum class Outcome { kRecord, kBlank, kTooLong, kBad, kEnd, kBroken };
  struct Next {
    Outcome outcome = Outcome::kEnd;
    std::size_t next = 0;     // where reading goes on
    std::uint64_t lines = 1;  // that were used up
    std::string_view problem = {};
  };
  // Looks at the record at the begin of the window.
  Next Look();
  // Takes the record at the begin of the window if it is one for the scanner; else false, and nothing has happened.
  bool TakeScanned(std::span<const std::size_t> positions, EventAssembler& assembler);
  // Takes whatever is there; false at the end.
  StatusOr<bool> TakeLooked(std::span<const std::size_t> positions, EventAssembler& assembler);

  InputWindow& window_;
  const std::string& file_;
  char separator_;
  std::uint64_t line_ = 1;  // of the record at the begin of the window
  std::uint64_t header_line_ = 1;
  std::optional<CsvRecord> record_;
  std::optional<CsvScanner> scanner_;
  std::vector<std::string> columns_;
};

// For messages: "the columns are a, b, c", shortened where there are very many. If not all are like names, they are as good
// as surely the first row of a file without a header, and values are not to be shown: then only their number is.
[[nodiscard]] std::string SayColumns(std::span<const std::string> columns);

}  // namespace internal
}  // namespace v0
}  // namespace journey
