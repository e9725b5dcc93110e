// TextTable: cells in aligned columns, for a terminal.
//
//   TextTable table({{"step"}, {"arrived", TextTable::kRight}});
//   table.Row({"view", "858"});  table.Row({"pay", "1"});  table.AppendTo(out, 80)
//     step  arrived
//     view      858
//     pay         1
//
// Where the table is too wide, the first column marked kFlexible gives way, its cells ending in "…", but not below
// kNameColumns: rows whose names read alike are worse than a line that is too long. Cells must be visible text
// (escape.h); the width of signs on the screen is what counts.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace journey {
inline namespace v0 {
namespace internal {

inline constexpr std::size_t kNameColumns = 40;  // of a name that is not cut

class TextTable {
 public:
  enum Align : std::uint8_t { kLeft, kRight, kFlexible };  // kFlexible: left, and the one to be cut
  struct Column {
    std::string title;
    Align align = kLeft;
  };

  explicit TextTable(std::vector<Column> columns) : columns_(std::move(columns)) {}

  // Requires: as many cells as columns.
  void Row(std::vector<std::string> cells);
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  // Lines of at most `width` columns as far as the other columns allow, indented by two; with `colour`, the
  // titles are dimmed.
  void AppendTo(std::string& out, std::size_t width, bool colour) const;

 private:
  void AppendLine(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                  std::string& out) const;

  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

// A bar of `width` columns for part of whole, in eighths of a column; blank where nothing is, at least an
// eighth where something is.
[[nodiscard]] std::string Bar(std::uint64_t part, std::uint64_t whole, std::size_t width);

// Breaks a text at its blanks into lines of at most `width` columns; the first line comes after `first`, the
// others after as many blanks.
void AppendWrapped(std::string_view first, std::string_view text, std::size_t width, std::string& out);

}  // namespace internal
}  // namespace v0
}  // namespace journey
