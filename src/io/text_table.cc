#include "io/text_table.h"

#include <algorithm>
#include <array>

#include "io/escape.h"
#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace internal {

void TextTable::Row(std::vector<std::string> cells) {
  JOURNEY_CHECK(cells.size() == columns_.size());
  rows_.push_back(std::move(cells));
}

void TextTable::AppendTo(std::string& out, std::size_t width, bool colour) const {
  std::vector<std::size_t> widths;
  std::vector<std::string> titles;
  for (const Column& column : columns_) {
    widths.push_back(DisplayWidth(column.title));
    titles.push_back(column.title);
  }
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], DisplayWidth(row[i]));
  }
  std::size_t total = 0;
  for (const std::size_t column : widths) total += column + 2;
  const auto flexible = std::ranges::find(columns_, kFlexible, &Column::align);
  if (total > width && flexible != columns_.end()) {
    std::size_t& gives_way = widths[static_cast<std::size_t>(flexible - columns_.begin())];
    if (gives_way > kNameColumns)
      gives_way = std::max(kNameColumns, gives_way - std::min(gives_way, total - width));
  }
  if (std::ranges::any_of(titles, [](const std::string& title) { return !title.empty(); })) {
    if (colour) out += "\x1b[2m";
    AppendLine(titles, widths, out);
    if (colour) out.insert(out.size() - 1, "\x1b[0m");
  }
  for (const auto& row : rows_) AppendLine(row, widths, out);
}

void TextTable::AppendLine(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
                           std::string& out) const {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string cell = widths[i] == 0 ? std::string() : Shortened(cells[i], widths[i]);
    const std::size_t blanks = widths[i] - DisplayWidth(cell);
    out += "  ";
    if (columns_[i].align == kRight) out.append(blanks, ' ');
    out += cell;
    if (columns_[i].align != kRight) out.append(blanks, ' ');
  }
  out.erase(out.find_last_not_of(' ') + 1);
  out += '\n';
}

std::string Bar(std::uint64_t part, std::uint64_t whole, std::size_t width) {
  static constexpr std::array<std::string_view, 8> kEighths{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  if (whole == 0) return {};
  const std::uint64_t all = 8 * std::uint64_t{width};
  std::uint64_t eighths = part >= whole ? all : part / whole * all + part % whole * all / whole;
  if (eighths == 0 && part != 0) eighths = 1;
  std::string bar;
  for (std::uint64_t i = 0; i < eighths / 8; ++i) bar += "█";
  return bar += kEighths[eighths % 8];
}

void AppendWrapped(std::string_view first, std::string_view text, std::size_t width, std::string& out) {
  const std::size_t indent = DisplayWidth(first);
  std::size_t column = indent;
  out += first;
  bool fresh = true;  // nothing on this line yet
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const std::string_view word = text.substr(at, end - at);
    const std::size_t wide = DisplayWidth(word);
    if (!fresh && column + 1 + wide > width) {
      out += '\n';
      out.append(indent, ' ');
      column = indent;
      fresh = true;
    }
    if (!fresh) {
      out += ' ';
      ++column;
    }
    out += word;
    column += wide;
    fresh = false;
    at = end + 1;
  }
  out += '\n';
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
