// One record of a CSV file, fed line by line.
//
//   Feed("a,\"b", "\n") -> kOpen      Feed("c\",d", "\n") -> kComplete, fields: a | b\nc | d
#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace journey {
inline namespace v0 {
namespace internal {

class CsvRecord {
 public:
  CsvRecord(char separator, char line_end);
  ~CsvRecord();
  CsvRecord(const CsvRecord&) = delete;
  CsvRecord& operator=(const CsvRecord&) = delete;

  enum class State { kComplete, kOpen, kStrayQuote, kStrayLineEnd };

  // The next line of a record: its text and the bytes that end it ("" at the end of the input). Open: a quote
  // is open, and the record goes on with the next line. After anything but kOpen the next line begins a new
  // record. Lifetime: the fields hold until the next Feed, and only as long as `line` does.
  [[nodiscard]] State Feed(std::string_view line, std::string_view line_end);
  [[nodiscard]] std::span<const std::string_view> fields() const { return fields_; }

  // Forgets an open record.
  void Reset();

 private:
  struct Impl;
  [[nodiscard]] State FeedQuoted(std::string_view line, std::string_view line_end);

  std::unique_ptr<Impl> impl_;
  std::vector<std::string_view> fields_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
