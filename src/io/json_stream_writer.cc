#include "io/json_stream_writer.h"

#include <fmt/format.h>

#include <iterator>

#include "io/escape.h"
#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace internal {

void JsonStreamWriter::Open(char open, char close, bool on_one_line) {
  BeforeValue();
  const bool inherited = !levels_.empty() && levels_.back().on_one_line;
  buffer_ += open;
  levels_.push_back({close, on_one_line || inherited});
}

void JsonStreamWriter::End() {
  JOURNEY_CHECK(!levels_.empty() && !after_key_);
  const Level level = levels_.back();
  levels_.pop_back();
  if (!level.empty && !level.on_one_line) {
    buffer_ += '\n';
    buffer_.append(2 * levels_.size(), ' ');
  }
  buffer_ += level.close;
  if (levels_.empty()) buffer_ += '\n';
  if (buffer_.size() >= (64U << 10)) Flush();
}

void JsonStreamWriter::Key(std::string_view key) {
  JOURNEY_CHECK(!levels_.empty() && levels_.back().close == '}' && !after_key_);
  NewElement();
  AppendJsonString(key, buffer_);
  buffer_ += ": ";
  after_key_ = true;
}

void JsonStreamWriter::Value(std::string_view text) {
  BeforeValue();
  AppendJsonString(text, buffer_);
}

void JsonStreamWriter::Value(std::uint64_t number) {
  BeforeValue();
  fmt::format_to(std::back_inserter(buffer_), "{}", number);
}

void JsonStreamWriter::Value(std::int64_t number) {
  BeforeValue();
  fmt::format_to(std::back_inserter(buffer_), "{}", number);
}

void JsonStreamWriter::Value(bool value) {
  BeforeValue();
  buffer_ += value ? "true" : "false";
}

void JsonStreamWriter::Null() {
  BeforeValue();
  buffer_ += "null";
}

void JsonStreamWriter::BeforeValue() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (levels_.empty()) return;
  JOURNEY_CHECK(levels_.back().close == ']');
  NewElement();
}

void JsonStreamWriter::NewElement() {
  Level& level = levels_.back();
  if (!level.empty) buffer_ += level.on_one_line ? ", " : ",";
  level.empty = false;
  if (level.on_one_line) return;
  buffer_ += '\n';
  buffer_.append(2 * levels_.size(), ' ');
}

void JsonStreamWriter::Flush() {
  out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
  buffer_.clear();
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
