// SvgCanvas: the few shapes that the pictures of a page are made of. Coordinates are whole pixels, so that a
// picture is the same on every machine; colours and fonts come from the page's styles, by class.
//
// Texts are made visible and escaped here; classes are the library's own and are not.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace journey {
inline namespace v0 {
namespace internal {

class SvgCanvas {
 public:
  enum class Anchor : std::uint8_t { kStart, kMiddle, kEnd };

  explicit SvgCanvas(int width) : width_(width) {}
  [[nodiscard]] int width() const { return width_; }

  // `tooltip` (may be empty) is what a pointer, or a screen reader, is told about the shape.
  void Rect(std::string_view css, int x, int y, int width, int height, int radius = 0,
            std::string_view tooltip = {});
  void Circle(std::string_view css, int x, int y, int radius, std::string_view tooltip = {});
  void Line(std::string_view css, int x1, int y1, int x2, int y2);
  void Path(std::string_view css, std::string_view d, std::string_view tooltip = {}, int stroke_width = 0);
  // At most `columns` columns of the text; the whole of it is the tooltip if it had to be cut.
  void Text(std::string_view css, int x, int y, Anchor anchor, std::string_view text,
            std::size_t columns = 200);
  // Ready markup, such as definitions.
  void Raw(std::string_view markup) { body_ += markup; }

  // The picture, `height` high, with its title and description for those who cannot see it.
  [[nodiscard]] std::string Finish(std::string_view css, int height, std::string_view title,
                                   std::string_view description) const;

 private:
  void CloseWithTooltip(std::string_view element, std::string_view tooltip);

  int width_;
  std::string body_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
