#include "io/svg_canvas.h"

#include <fmt/format.h>

#include <iterator>

#include "io/escape.h"

namespace journey {
inline namespace v0 {
namespace internal {

void SvgCanvas::Rect(std::string_view css, int x, int y, int width, int height, int radius,
                     std::string_view tooltip) {
  fmt::format_to(std::back_inserter(body_),
                 R"(<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="{}")", css, x, y, width, height,
                 radius);
  CloseWithTooltip("rect", tooltip);
}

void SvgCanvas::Circle(std::string_view css, int x, int y, int radius, std::string_view tooltip) {
  fmt::format_to(std::back_inserter(body_), R"(<circle class="{}" cx="{}" cy="{}" r="{}")", css, x, y,
                 radius);
  CloseWithTooltip("circle", tooltip);
}

void SvgCanvas::Line(std::string_view css, int x1, int y1, int x2, int y2) {
  fmt::format_to(std::back_inserter(body_), R"(<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>)", css, x1,
                 y1, x2, y2);
}

void SvgCanvas::Path(std::string_view css, std::string_view d, std::string_view tooltip, int stroke_width) {
  fmt::format_to(std::back_inserter(body_), R"(<path class="{}" d="{}")", css, d);
  if (stroke_width > 0) fmt::format_to(std::back_inserter(body_), R"( stroke-width="{}")", stroke_width);
  CloseWithTooltip("path", tooltip);
}

void SvgCanvas::Text(std::string_view css, int x, int y, Anchor anchor, std::string_view text,
                     std::size_t columns) {
  const std::string visible = Visible(text);
  const std::string shown = Shortened(visible, columns);
  const std::string_view at = anchor == Anchor::kStart    ? "start"
                              : anchor == Anchor::kMiddle ? "middle"
                                                          : "end";
  fmt::format_to(std::back_inserter(body_), R"(<text class="{}" x="{}" y="{}" text-anchor="{}">)", css, x, y,
                 at);
  if (shown != visible) body_ += "<title>" + Xml(visible) + "</title>";
  body_ += Xml(shown) + "</text>";
}

std::string SvgCanvas::Finish(std::string_view css, int height, std::string_view title,
                              std::string_view description) const {
  const std::string name = Xml(Visible(title));
  return fmt::format(
      R"(<svg class="{}" viewBox="0 0 {} {}" width="{}" height="{}" role="img" aria-label="{}"><title>{}</title><desc>{}</desc>{}</svg>)",
      css, width_, height, width_, height, name, name, Xml(Visible(description)), body_);
}

void SvgCanvas::CloseWithTooltip(std::string_view element, std::string_view tooltip) {
  if (tooltip.empty()) {
    body_ += "/>";
    return;
  }
  body_ += "><title>";
  AppendXml(Visible(tooltip), body_);
  body_ += "</title></";
  body_ += element;
  body_ += '>';
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
