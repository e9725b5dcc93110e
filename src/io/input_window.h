// InputWindow: the part of an input that a reader looks at, from the begin of a record on. It grows as far as
// the longest record allows, and holds on to the record until the reader advances, so that a record that
// cannot be read can be gone over again line by line.
//
// Offsets count from the begin of the window and stay valid until Advance; views only until the next Find.
// What is found does not depend on how much is read at once.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "io/byte_source.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace internal {

class InputWindow {
 public:
  // So many bytes behind the window may be read (their values mean nothing): what simdjson asks for.
  static constexpr std::size_t kPadding = 64;

  InputWindow(ByteSource& source, std::size_t buffer_bytes, std::size_t max_record_bytes);

  // Called from then on whenever more was read, with the source's done() and total().
  void set_on_fill(std::function<void(std::uint64_t done, std::uint64_t total)> on_fill) {
    on_fill_ = std::move(on_fill);
  }

  // At least the first `bytes` bytes, or all that there is.
  std::string_view Peek(std::size_t bytes);
  [[nodiscard]] std::string_view view(std::size_t begin, std::size_t end) const {
    return {buffer_.data() + begin_ + begin, end - begin};
  }
  // All that is there already, and how often it has changed otherwise than by Advance.
  [[nodiscard]] std::string_view bytes() const { return view(0, size()); }
  [[nodiscard]] std::uint64_t fills() const { return fills_; }
  // Makes byte `offset` part of the window; false at the end of the input or where it is broken.
  bool Reach(std::size_t offset) { return offset < size() || FillTo(offset + 1); }
  [[nodiscard]] char at(std::size_t offset) const { return buffer_[begin_ + offset]; }
  [[nodiscard]] std::size_t size() const { return end_ - begin_; }
  [[nodiscard]] std::size_t max_record_bytes() const { return max_record_bytes_; }

  enum class Find { kLine, kTooLong, kEnd, kBroken };
  struct Line {
    Find found = Find::kEnd;
    std::size_t begin = 0;
    std::size_t end = 0;   // without the line end
    std::size_t next = 0;  // where the next line begins
  };
  // The line that begins at `offset`. Too long: it does not end within max_record_bytes of the window's
  // begin. A last line without a line end is a line, unless the input broke off.
  [[nodiscard]] Line FindLine(std::size_t offset);

  // The character that ends lines: '\n' (and a '\r' before it belongs to it), or '\r'.
  void set_line_end(char line_end) { line_end_ = line_end; }
  [[nodiscard]] char line_end() const { return line_end_; }

  void Advance(std::size_t offset) { begin_ += offset; }
  // Past the line at the begin of the window, however long it is.
  void SkipLine();

  // Of the source.
  [[nodiscard]] std::uint64_t done() const { return source_.done(); }
  [[nodiscard]] std::uint64_t total() const { return source_.total(); }

  // Why the input is broken.
  [[nodiscard]] const Status& status() const { return status_; }

 private:
  bool FillTo(std::size_t bytes);
  bool Fill();  // reads once more; false at the end

  ByteSource& source_;
  std::size_t buffer_bytes_;
  std::size_t max_record_bytes_;
  std::function<void(std::uint64_t, std::uint64_t)> on_fill_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t fills_ = 0;
  bool at_end_ = false;
  char line_end_ = '\n';
  Status status_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
