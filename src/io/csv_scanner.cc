#include "io/csv_scanner.h"

#include <bit>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::uint64_t kOnes = 0x0101010101010101U;
constexpr std::uint64_t kLow = 0x7F7F7F7F7F7F7F7FU;

// The highest bit of each byte that is 0, and no other: nothing is carried from one byte to the next.
constexpr std::uint64_t ZeroBytes(std::uint64_t word) {
  return ~(((word & kLow) + kLow) | word | kLow);
}

inline std::uint64_t MarksWithWords(const char* block, const char (&wanted)[4]) {
  std::uint64_t marks = 0;
  if constexpr (std::endian::native == std::endian::little) {
    for (int i = 0; i < 8; ++i) {
      std::uint64_t word;
      std::memcpy(&word, block + 8 * i, 8);
      std::uint64_t found = 0;
      for (const char c : wanted) found |= ZeroBytes(word ^ kOnes * static_cast<unsigned char>(c));
      // Gathers the highest bits of the eight bytes in one byte.
      marks |= ((found >> 7) * 0x0102040810204080U >> 56) << (8 * i);
    }
  } else {
    for (int i = 0; i < 64; ++i) {
      bool found = false;
      for (const char c : wanted) found = found || block[i] == c;
      marks |= std::uint64_t{found} << i;
    }
  }
  return marks;
}

#if defined(__SSE2__)
inline std::uint64_t MarksNatively(const char* block, const char (&wanted)[4]) {
  const __m128i a = _mm_set1_epi8(wanted[0]);
  const __m128i b = _mm_set1_epi8(wanted[1]);
  const __m128i c = _mm_set1_epi8(wanted[2]);
  const __m128i d = _mm_set1_epi8(wanted[3]);
  std::uint64_t marks = 0;
  for (int i = 0; i < 4; ++i) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + 16 * i));
    const __m128i found = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, a), _mm_cmpeq_epi8(bytes, b)),
                                       _mm_or_si128(_mm_cmpeq_epi8(bytes, c), _mm_cmpeq_epi8(bytes, d)));
    marks |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(found))) << (16 * i);
  }
  return marks;
}
#else
inline std::uint64_t MarksNatively(const char* block, const char (&wanted)[4]) {
  return MarksWithWords(block, wanted);
}
#endif

// Those of them that lie before `end`. A call of its own, once for 64 bytes: inlined, the compiler spreads the wanted
// characters over registers anew for each mark.
[[gnu::noinline]] std::uint64_t MarksBefore(const char* end, const char* block, const char (&wanted)[4]) {
  const std::uint64_t marks = MarksNatively(block, wanted);
  return end - block >= 64 ? marks : marks & ((std::uint64_t{1} << (end - block)) - 1);
}

}  // namespace

std::uint64_t MarksOf(const char* block, const char (&wanted)[4]) {
  return MarksNatively(block, wanted);
}
std::uint64_t PortableMarksOf(const char* block, const char (&wanted)[4]) {
  return MarksWithWords(block, wanted);
}

char* CopyUndoubled(std::string_view text, char* to) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    *to++ = text[i];
    if (text[i] == '"') ++i;
  }
  return to;
}

CsvScanner::CsvScanner(char separator, char line_end, std::size_t columns)
    : separator_(separator), line_end_(line_end), fields_(columns) {}

// The next separator, quote or line end; nullptr if there is none before the end of the input.
inline const char* CsvScanner::Next(Cursor& cursor, const char (&wanted)[4]) {
  while (cursor.marks == 0) {
    cursor.block += 64;
    if (cursor.block >= cursor.end) return nullptr;
    cursor.marks = MarksBefore(cursor.end, cursor.block, wanted);
  }
  const char* const mark = cursor.block + std::countr_zero(cursor.marks);
  cursor.marks &= cursor.marks - 1;
  return mark;
}

// From behind the opening quote to the mark behind the closing one; no mark if it is no closing one, or not in this line.
// The cursor comes and goes by value, so that in Split it stays in registers.
CsvScanner::Quoted CsvScanner::PassQuoted(Cursor cursor, const char (&wanted)[4], char line_end) {
  Quoted quoted;
  while (true) {
    const char* mark = Next(cursor, wanted);
    if (mark == nullptr || *mark == line_end) return quoted;
    if (*mark != '"') continue;
    quoted.closing = mark;
    mark = Next(cursor, wanted);
    if (mark != quoted.closing + 1) return quoted;
    if (*mark != '"') {
      quoted.mark = mark;
      quoted.cursor = cursor;
      return quoted;
    }
    quoted.doubled = true;
  }
}

// Ends the line at the mark that was found, if that is how lines of this file end.
inline bool CsvScanner::EndLine(const char* begin, const char* line_end, Cursor& cursor) {
  const char* next = line_end + 1;
  if (*line_end != line_end_) {
    const char wanted[4] = {separator_, '"', '\n', '\r'};
    if (line_end_ != '\n' || Next(cursor, wanted) != next || *next != '\n') return false;
    ++next;
  }
  if (line_end == begin) return false;
  size_ = static_cast<std::size_t>(line_end - begin);
  next_ = static_cast<std::size_t>(next - begin);
  expected_ = next;
  cursor_ = cursor;
  return true;
}

bool CsvScanner::Split(std::string_view input, std::uint64_t version) {
  const char wanted[4] = {separator_, '"', '\n', '\r'};
  const char* const begin = input.data();
  const char* const end = begin + input.size();
  Cursor cursor = cursor_;
  if (begin != expected_ || version != version_) {
    if (input.empty()) return false;
    cursor = {begin, end, MarksBefore(end, begin, wanted)};
    version_ = version;
  }
  expected_ = nullptr;
  const auto offset = [begin](const char* place) { return static_cast<std::uint32_t>(place - begin); };
  CsvField* field = fields_.data();
  CsvField* const fields_end = field + fields_.size();
  const char* at = begin;  // where the field begins
  while (field != fields_end) {
    const char* mark = Next(cursor, wanted);
    const char* text = at;
    const char* text_end = nullptr;
    bool doubled = false;
    if (mark == at && *mark == '"') {
      ++text;
      const Quoted quoted = PassQuoted(cursor, wanted, line_end_);
      cursor = quoted.cursor;
      mark = quoted.mark;
      text_end = quoted.closing;
      doubled = quoted.doubled;
    } else {
      // A quote in a field that does not begin with one is a character like any other.
      while (mark != nullptr && *mark == '"') mark = Next(cursor, wanted);
      text_end = mark;
    }
    if (mark == nullptr) return false;
    *field++ = {offset(text), offset(text_end), doubled};
    if (*mark != separator_) return field == fields_end && EndLine(begin, mark, cursor);
    at = mark + 1;
  }
  return false;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
