#include "io/input_window.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace journey {
inline namespace v0 {
namespace internal {

InputWindow::InputWindow(ByteSource& source, std::size_t buffer_bytes, std::size_t max_record_bytes)
    : source_(source),
      buffer_bytes_(buffer_bytes),
      max_record_bytes_(max_record_bytes),
      buffer_(2 * buffer_bytes + kPadding) {}

bool InputWindow::Fill() {
  if (at_end_) return false;
  ++fills_;
  if (buffer_.size() - kPadding - end_ < buffer_bytes_) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, size());
    end_ -= std::exchange(begin_, 0);
    if (buffer_.size() - kPadding - end_ < buffer_bytes_) {
      buffer_.resize(2 * (buffer_.size() - kPadding) + kPadding);
    }
  }
  const StatusOr<std::size_t> read = source_.Read(buffer_.data() + end_, buffer_bytes_);
  if (!read.ok()) status_ = read.status();
  at_end_ = !read.ok() || *read == 0;
  if (!at_end_) end_ += *read;
  if (on_fill_) on_fill_(source_.done(), source_.total());
  return !at_end_;
}

bool InputWindow::FillTo(std::size_t bytes) {
  while (size() < bytes) {
    if (!Fill()) return false;
  }
  return true;
}

std::string_view InputWindow::Peek(std::size_t bytes) {
  FillTo(bytes);
  return view(0, std::min(bytes, size()));
}

InputWindow::Line InputWindow::FindLine(std::size_t offset) {
  std::size_t scanned = offset;
  const char* found = nullptr;
  while (true) {
    // No further than the limit, so that what is found does not depend on what happens to be in the buffer.
    const std::size_t until = std::min(size(), max_record_bytes_ + 1);
    if (until > scanned) {
      const char* const from = buffer_.data() + begin_ + scanned;
      found = static_cast<const char*>(std::memchr(from, line_end_, until - scanned));
      scanned = until;
    }
    if (found != nullptr) break;
    if (scanned > max_record_bytes_) return {Find::kTooLong, offset, scanned, scanned};
    if (!Fill()) {
      if (!status_.ok()) return {Find::kBroken, offset, size(), size()};
      if (offset >= size()) return {Find::kEnd, offset, offset, offset};
      break;
    }
  }
  Line line{Find::kLine, offset, size(), size()};
  if (found != nullptr) {
    line.end = static_cast<std::size_t>(found - buffer_.data()) - begin_;
    line.next = line.end + 1;
  }
  if (line_end_ == '\n' && line.end > offset && at(line.end - 1) == '\r') --line.end;
  return line;
}

void InputWindow::SkipLine() {
  while (true) {
    const void* const found = std::memchr(buffer_.data() + begin_, line_end_, size());
    if (found != nullptr) {
      begin_ = static_cast<std::size_t>(static_cast<const char*>(found) - buffer_.data()) + 1;
      return;
    }
    begin_ = end_;
    if (!Fill()) return;
  }
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
