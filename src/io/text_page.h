// TextPage: what the parts of a text report have in common: headings, sentences, tables, and where things are.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "io/text_table.h"
#include "journey/io/text_writer.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {
namespace internal {

class TextPage {
 public:
  // Lifetime: refers to the report.
  TextPage(const Report& report, const TextOptions& options);

  void Heading(std::string_view title, std::string_view note = {});
  void Line() { out_ += '\n'; }
  void Raw(std::string_view text) { out_ += text; }
  // Wrapped, indented by two, or after `first`.
  void Sentence(std::string_view text) { AppendWrapped("  ", text, width_, out_); }
  void Sentence(std::string_view first, std::string_view text) { AppendWrapped(first, text, width_, out_); }
  void Table(const TextTable& table) { table.AppendTo(out_, whole_tables_ ? SIZE_MAX : width_, colour_); }
  // Below a ranking: how many rows are not in it.
  void Rest(std::size_t all, std::string_view what) { Rest(all, rows_, what); }
  void Rest(std::size_t all, std::size_t shown, std::string_view what);

  [[nodiscard]] std::string Place(TouchpointId touchpoint) const;
  [[nodiscard]] const Report& report() const { return report_; }
  [[nodiscard]] std::size_t width() const { return width_; }
  [[nodiscard]] std::size_t rows() const { return rows_; }
  // Of a name in a column that does not give way, and of an owner behind it.
  [[nodiscard]] std::size_t name_columns() const { return whole_tables_ ? kWholeName : kNameColumns; }
  [[nodiscard]] std::size_t owner_columns() const { return whole_tables_ ? kWholeName : 20; }
  [[nodiscard]] bool colour() const { return colour_; }
  [[nodiscard]] std::string Take() { return std::move(out_); }

 private:
  static constexpr std::size_t kWholeName = 256;  // no name makes a table without end

  const Report& report_;
  const std::size_t width_;
  const bool whole_tables_;
  const bool colour_;
  const std::size_t rows_;
  std::string out_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
