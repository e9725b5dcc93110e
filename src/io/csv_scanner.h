// CsvScanner: splits most lines of a CSV file in one pass over their bytes, 64 at a time, and leaves the others to
// CsvRecord.
//
//   a,"b ""c""",d\n  ->  [0, 1)  [3, 10) doubled  [12, 13)
//
// Left to others are records of several lines, lines with a stray quote or line end, blank lines, the last line if no
// line end is there yet, and lines with another number of fields than is asked for. A line that is split has the fields
// that CsvRecord finds.
#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace journey {
inline namespace v0 {
namespace internal {

struct CsvField {
  std::uint32_t begin = 0;  // in the line, without the quotes around it
  std::uint32_t end = 0;
  bool doubled = false;  // every quote inside is there twice
};

class CsvScanner {
 public:
  // So many bytes behind the input may be read, whatever their values.
  static constexpr std::size_t kPadding = 64;

  // Requires: columns > 0.
  CsvScanner(char separator, char line_end, std::size_t columns);

  // Splits the line at the begin of the input; false if it is left to others. `version` changes when bytes that were
  // given before have moved or changed: from call to call, what was seen already is not looked at again.
  // Requires: kPadding readable bytes behind the input; less than 2^32 bytes a line.
  [[nodiscard]] bool Split(std::string_view input, std::uint64_t version);

  // Of the line that was split: its fields, the bytes before its end, and where the next line begins.
  [[nodiscard]] std::span<const CsvField> fields() const { return fields_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t next() const { return next_; }

 private:
  // The block that is looked at, and a bit for each character in it that was found and not yet passed.
  struct Cursor {
    const char* block = nullptr;
    const char* end = nullptr;  // of the input
    std::uint64_t marks = 0;
  };
  static const char* Next(Cursor& cursor, const char (&wanted)[4]);
  struct Quoted {
    Cursor cursor;
    const char* mark = nullptr;  // behind the closing quote
    const char* closing = nullptr;
    bool doubled = false;
  };
  static Quoted PassQuoted(Cursor cursor, const char (&wanted)[4], char line_end);
  [[nodiscard]] bool EndLine(const char* begin, const char* line_end, Cursor& cursor);

  char separator_;
  char line_end_;
  std::vector<CsvField> fields_;
  std::size_t size_ = 0;
  std::size_t next_ = 0;
  Cursor cursor_;                   // at the end of the line that was split
  const char* expected_ = nullptr;  // the begin of the next line, if the cursor is good there
  std::uint64_t version_ = 0;
};

// A bit for each of the 64 bytes at `block` that is one of the four; the lowest bit is the first byte.
[[nodiscard]] std::uint64_t MarksOf(const char* block, const char (&wanted)[4]);
// The same without the instructions of a particular processor.
[[nodiscard]] std::uint64_t PortableMarksOf(const char* block, const char (&wanted)[4]);

// Copies the inside of a quoted field with single quotes for doubled ones; the end of the copy. The copy may be where
// the text is.
char* CopyUndoubled(std::string_view text, char* to);

}  // namespace internal
}  // namespace v0
}  // namespace journey
