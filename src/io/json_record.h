// One JSON object to the cells of a row; the only place that knows simdjson's names.
#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "io/event_assembler.h"

namespace journey {
inline namespace v0 {
namespace internal {

class JsonRecord {
 public:
  // `columns`: keys, or paths with dots; the slots of the cells. Lifetime: they outlive the record.
  JsonRecord(std::span<const std::string> columns, std::size_t max_bytes);
  ~JsonRecord();
  JsonRecord(const JsonRecord&) = delete;
  JsonRecord& operator=(const JsonRecord&) = delete;

  // Whether it is one JSON text, strictly as RFC 8259 has it; an empty text if it is, else what is wrong.
  // Requires: InputWindow::kPadding readable bytes behind the text.
  [[nodiscard]] std::string_view Parse(std::string_view text);

  // Of the text that was parsed: whether it is an object, and its values as cells.
  // Lifetime: the cells hold until the next Parse.
  [[nodiscard]] bool IsObject() const;
  void Fill(std::span<InputCell> cells);

  // Of an object: the paths of its values that are no objects, and the values as texts, for a guess.
  struct Leaf {
    std::string path;
    std::string text;
  };
  [[nodiscard]] std::vector<Leaf> Leaves() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
