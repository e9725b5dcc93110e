// CsvScanner: splits most lines of a CSV file, and leaves the others to CsvRecord. First the places of all separators, quotes
// and line ends in some kilobytes are listed, 64 bytes at a time; then a line is its next places, without a branch if they are
// as many separators as it has to have and a line end.
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

  // Requires: columns > 0; at_once is a multiple of 64: so many bytes are looked at before the first of them are split.
  CsvScanner(char separator, char line_end, std::size_t columns, std::size_t at_once = std::size_t{16} << 10);

  // Splits the line at the begin of the input; false if it is left to others. `version` changes when bytes that were
  // given before have moved or changed: from call to call, what was seen already is not looked at again.
  // Requires: kPadding readable bytes behind the input, of less than 2^32 bytes.
  [[nodiscard]] bool Split(std::string_view input, std::uint64_t version);

  // Of the line that was split: its fields, the bytes before its end, and where the next line begins.
  [[nodiscard]] std::span<const CsvField> fields() const { return fields_; }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::size_t next() const { return next_; }

 private:
  void StartAt(const char* begin, std::string_view input, std::uint64_t version);
  void FindMarks();
  [[nodiscard]] bool SplitPlain(const char* begin);
  [[nodiscard]] bool SplitAny(const char* begin);
  const char* Next();
  struct Quoted {
    const char* mark = nullptr;  // behind the closing quote
    const char* closing = nullptr;
    bool doubled = false;
  };
  Quoted PassQuoted();
  [[nodiscard]] bool EndLine(const char* begin, const char* line_end);

  char separator_;
  char line_end_;
  std::size_t at_once_;
  std::vector<CsvField> fields_;
  std::size_t size_ = 0;
  std::size_t next_ = 0;
  const char* expected_ = nullptr;  // the begin of the next line, if the marks are those behind it
  std::uint64_t version_ = 0;

  // The places, from base_ on, of all separators, quotes and line ends before seen_, and the first that is not passed.
  std::vector<std::uint32_t> marks_;
  std::size_t mark_ = 0;
  std::size_t marks_end_ = 0;
  const char* base_ = nullptr;
  const char* seen_ = nullptr;
  const char* end_ = nullptr;  // of the input
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
