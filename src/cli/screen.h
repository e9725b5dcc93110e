// What standard output is: a terminal with its width and, unless it is not wanted, colour; or a file or a pipe, where
// nothing has to be cut.
#pragma once
#include <cstddef>

namespace journey {
inline namespace v0 {
namespace cli {

struct Screen {
  bool colour = false;
  bool whole_tables = true;  // no terminal: tables are as wide as their cells
  std::size_t width = 80;
};

[[nodiscard]] Screen StandardOutput();

}  // namespace cli
}  // namespace v0
}  // namespace journey
