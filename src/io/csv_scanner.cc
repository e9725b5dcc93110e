#include "io/csv_scanner.h"

#include <algorithm>
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

// Writes the places of the bits, counted from `first`, eight at a time: what is written behind the last means nothing. How many
// there are is as good as random, and mostly no more than eight.
inline std::uint32_t* PutPlaces(std::uint64_t bits, std::uint32_t first, std::uint32_t* to) {
  std::uint32_t* const end = to + std::popcount(bits);
  do {
    for (int i = 0; i < 8; ++i) {
      *to++ = first + static_cast<std::uint32_t>(std::countr_zero(bits | std::uint64_t{1} << 63));
      bits &= bits - 1;
    }
  } while (bits != 0);
  return end;
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

CsvScanner::CsvScanner(char separator, char line_end, std::size_t columns, std::size_t at_once)
    : separator_(separator), line_end_(line_end), at_once_(at_once), fields_(columns) {}

// Lists the marks of some bytes more behind those that are not passed yet.
void CsvScanner::FindMarks() {
  const std::size_t left = marks_end_ - mark_;
  const std::uint32_t moved = left != 0 ? marks_[mark_] : static_cast<std::uint32_t>(seen_ - base_);
  if (marks_.size() < left + at_once_ + 64) marks_.resize(left + at_once_ + 64);
  for (std::size_t i = 0; i < left; ++i) marks_[i] = marks_[mark_ + i] - moved;
  base_ += moved;
  mark_ = 0;
  const char wanted[4] = {separator_, '"', '\n', '\r'};
  std::uint32_t* to = marks_.data() + left;
  std::size_t here = static_cast<std::size_t>(end_ - seen_);
  const char* const until = seen_ + std::min(here, at_once_);
  for (; seen_ < until; seen_ += 64, here -= std::min<std::size_t>(here, 64)) {
    std::uint64_t bits = MarksNatively(seen_, wanted);
    if (here < 64) bits &= (std::uint64_t{1} << here) - 1;
    to = PutPlaces(bits, static_cast<std::uint32_t>(seen_ - base_), to);
  }
  seen_ = std::min(seen_, end_);
  marks_end_ = static_cast<std::size_t>(to - marks_.data());
}

// The next separator, quote or line end; nullptr if there is none before the end of the input.
inline const char* CsvScanner::Next() {
  while (mark_ == marks_end_) {
    if (seen_ == end_) return nullptr;
    FindMarks();
  }
  return base_ + marks_[mark_++];
}

// From behind the opening quote to the mark behind the closing one; no mark if it is no closing one, or not in this line.
CsvScanner::Quoted CsvScanner::PassQuoted() {
  Quoted quoted;
  while (true) {
    const char* mark = Next();
    if (mark == nullptr || *mark == line_end_) return quoted;
    if (*mark != '"') continue;
    quoted.closing = mark;
    mark = Next();
    if (mark != quoted.closing + 1) return quoted;
    if (*mark != '"') {
      quoted.mark = mark;
      return quoted;
    }
    quoted.doubled = true;
  }
}

// Ends the line at the mark that was found, if that is how lines of this file end.
inline bool CsvScanner::EndLine(const char* begin, const char* line_end) {
  const char* next = line_end + 1;
  if (*line_end != line_end_) {
    if (line_end_ != '\n' || *line_end != '\r' || Next() != next || *next != '\n') return false;
    ++next;
  }
  if (line_end == begin) return false;
  size_ = static_cast<std::size_t>(line_end - begin);
  next_ = static_cast<std::size_t>(next - begin);
  expected_ = next;
  return true;
}

// A line without quotes. False: it is not one, and none of its marks is passed.
inline bool CsvScanner::SplitPlain(const char* begin) {
  const std::size_t count = fields_.size();
  const std::uint32_t* const marks = marks_.data() + mark_;
  const char* const base = base_;
  const auto first = static_cast<std::uint32_t>(begin - base);
  CsvField* const fields = fields_.data();
  const char separator = separator_;
  std::uint32_t at = 0;
  int others = 0;
  for (std::size_t i = 0; i + 1 < count; ++i) {
    const std::uint32_t mark = marks[i];
    others |= base[mark] ^ separator;
    fields[i] = {at, mark - first, false};
    at = mark - first + 1;
  }
  const char last = base[marks[count - 1]];
  if (others != 0 || last == separator || last == '"') return false;
  fields[count - 1] = {at, marks[count - 1] - first, false};
  mark_ += count;
  return true;
}

bool CsvScanner::SplitAny(const char* begin) {
  const auto offset = [begin](const char* place) { return static_cast<std::uint32_t>(place - begin); };
  CsvField* field = fields_.data();
  CsvField* const fields_end = field + fields_.size();
  const char* at = begin;  // where the field begins
  while (field != fields_end) {
    const char* mark = Next();
    const char* text = at;
    const char* text_end = nullptr;
    bool doubled = false;
    if (mark == at && *mark == '"') {
      ++text;
      const Quoted quoted = PassQuoted();
      mark = quoted.mark;
      text_end = quoted.closing;
      doubled = quoted.doubled;
    } else {
      // A quote in a field that does not begin with one is a character like any other.
      while (mark != nullptr && *mark == '"') mark = Next();
      text_end = mark;
    }
    if (mark == nullptr) return false;
    *field++ = {offset(text), offset(text_end), doubled};
    if (*mark != separator_) return field == fields_end && EndLine(begin, mark);
    at = mark + 1;
  }
  return false;
}

// What is known of these bytes already is kept: who leaves lines to others comes back behind them.
void CsvScanner::StartAt(const char* begin, std::string_view input, std::uint64_t version) {
  end_ = begin + input.size();
  if (version == version_ && base_ != nullptr && begin >= base_ && begin <= seen_) {
    const auto place = static_cast<std::uint32_t>(begin - base_);
    const auto marks = std::span(marks_).first(marks_end_);
    mark_ = static_cast<std::size_t>(std::ranges::lower_bound(marks, place) - marks.begin());
    return;
  }
  version_ = version;
  base_ = seen_ = begin;
  mark_ = marks_end_ = 0;
}

bool CsvScanner::Split(std::string_view input, std::uint64_t version) {
  const char* const begin = input.data();
  if (begin != expected_ || version != version_) {
    if (input.empty()) return false;
    StartAt(begin, input, version);
  }
  expected_ = nullptr;
  while (marks_end_ - mark_ < fields_.size() && seen_ != end_) FindMarks();
  if (marks_end_ - mark_ < fields_.size()) return false;
  if (!SplitPlain(begin)) return SplitAny(begin);
  const CsvField& last = fields_.back();
  return EndLine(begin, begin + last.end);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
