#include "cli/screen.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace journey {
inline namespace v0 {
namespace cli {

Screen StandardOutput() {
  Screen screen;
  if (isatty(STDOUT_FILENO) != 1) return screen;
  screen.whole_tables = false;
  screen.colour = std::getenv("NO_COLOR") == nullptr;  // https://no-color.org
  constexpr std::size_t kReadable = 160;               // a longer line is hard to follow
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
    screen.width = std::clamp<std::size_t>(size.ws_col, screen.width, kReadable);
  return screen;
}

}  // namespace cli
}  // namespace v0
}  // namespace journey
