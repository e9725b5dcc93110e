#include "io/csv_record.h"

#include <csv.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <string>

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

int IsNeverSpace(unsigned char /*c*/) {
  return 0;
}

}  // namespace

struct CsvRecord::Impl {
  csv_parser parser = {};
  char separator = ',';
  char other_line_end = '\r';  // the one that no line of this file ends in
  bool open = false;           // the record goes on in the next line
  bool in_field = false;       // what was parsed last did not end a field
  bool row_done = false;
  std::string text;               // of all fields, one after the other
  std::vector<std::size_t> ends;  // of each field in `text`

  static void OnField(void* field, std::size_t size, void* self) {
    auto& impl = *static_cast<Impl*>(self);
    impl.text.append(static_cast<const char*>(field), size);
    impl.ends.push_back(impl.text.size());
  }
  static void OnRow(int /*line_end*/, void* self) { static_cast<Impl*>(self)->row_done = true; }

  // False when strict reading refuses it.
  bool Parse(std::string_view bytes) {
    const std::size_t parsed = csv_parse(&parser, bytes.data(), bytes.size(), &OnField, &OnRow, this);
    if (parsed == bytes.size()) return true;
    if (csv_error(&parser) != CSV_EPARSE) throw std::bad_alloc();
    return false;
  }
  // Field by field, because strictness is for fields that begin with a quote: in others a quote is a
  // character like any other.
  bool ParseLine(std::string_view line) {
    while (!line.empty()) {
      const std::string_view piece = line.substr(0, std::min(line.find(separator), line.size() - 1) + 1);
      csv_set_opts(&parser, in_field || piece.front() == '"' ? CSV_STRICT : 0);
      const std::size_t fields = ends.size();
      if (!Parse(piece)) return false;
      in_field = ends.size() == fields;
      line.remove_prefix(piece.size());
    }
    return true;
  }
};

CsvRecord::CsvRecord(char separator, char line_end) : impl_(std::make_unique<Impl>()) {
  impl_->separator = separator;
  impl_->other_line_end = line_end == '\n' ? '\r' : '\n';
  csv_init(&impl_->parser, CSV_STRICT);
  csv_set_delim(&impl_->parser, static_cast<unsigned char>(separator));
  // Blanks belong to the field; a field may well hold megabytes.
  csv_set_space_func(&impl_->parser, &IsNeverSpace);
  csv_set_blk_size(&impl_->parser, 64 << 10);
}

CsvRecord::~CsvRecord() {
  csv_free(&impl_->parser);
}

void CsvRecord::Reset() {
  // Without callbacks it hands out nothing and begins anew.
  csv_fini(&impl_->parser, nullptr, nullptr, nullptr);
  impl_->open = false;
  impl_->in_field = false;
  impl_->row_done = false;
  impl_->text.clear();
  impl_->ends.clear();
}

CsvRecord::State CsvRecord::Feed(std::string_view line, std::string_view line_end) {
  if (impl_->open || std::memchr(line.data(), '"', line.size()) != nullptr) return FeedQuoted(line, line_end);
  // Without a quote there is nothing to a line but its separators.
  fields_.clear();
  if (std::memchr(line.data(), impl_->other_line_end, line.size()) != nullptr) return State::kStrayLineEnd;
  const char* at = line.data();
  const char* const end = at + line.size();
  while (const void* found = std::memchr(at, impl_->separator, static_cast<std::size_t>(end - at))) {
    const char* const separator = static_cast<const char*>(found);
    fields_.emplace_back(at, static_cast<std::size_t>(separator - at));
    at = separator + 1;
  }
  fields_.emplace_back(at, static_cast<std::size_t>(end - at));
  return State::kComplete;
}

CsvRecord::State CsvRecord::FeedQuoted(std::string_view line, std::string_view line_end) {
  if (!impl_->open) Reset();
  fields_.clear();
  // Whether the record is complete shows in what becomes of the line's end: the row ends, or the field takes
  // it in.
  State state = State::kComplete;
  if (!impl_->ParseLine(line)) {
    state = State::kStrayQuote;
  } else if (impl_->row_done) {
    state = State::kStrayLineEnd;
  } else if (!impl_->Parse(line_end.empty() ? "\n" : line_end)) {
    state = State::kStrayQuote;
  } else if (!impl_->row_done) {
    impl_->open = true;
    impl_->in_field = true;
    return State::kOpen;
  }
  if (state == State::kComplete) {
    std::size_t begin = 0;
    for (const std::size_t end : impl_->ends) {
      fields_.emplace_back(impl_->text.data() + begin, end - begin);
      begin = end;
    }
  }
  impl_->open = false;
  return state;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
