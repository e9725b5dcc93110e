#include "io/text_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "io/escape.h"
#include "io/writer_figures.h"

namespace journey {
inline namespace v0 {
namespace internal {

TextPage::TextPage(const Report& report, const TextOptions& options)
    : report_(report),
      width_(std::max<std::size_t>(options.width, 80)),
      whole_tables_(options.whole_tables),
      colour_(options.colour),
      rows_(options.rows) {}

void TextPage::Heading(std::string_view title, std::string_view note) {
  out_ += '\n';
  if (colour_) out_ += "\x1b[1m";
  out_ += title;
  if (colour_) out_ += "\x1b[0m";
  if (!note.empty()) out_ += fmt::format("   {}", note);
  out_ += '\n';
}

void TextPage::Rest(std::size_t all, std::size_t shown, std::string_view what) {
  if (all > shown) out_ += fmt::format("  … {} more {}\n", CountText(all - shown), what);
}

std::string TextPage::Place(TouchpointId touchpoint) const {
  return Visible(report_.touchpoints.channel_text(touchpoint)) + "/" +
         Visible(report_.touchpoints.name_text(touchpoint));
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
