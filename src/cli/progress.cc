#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "io/escape.h"

namespace journey {
inline namespace v0 {
namespace cli {
namespace {

constexpr std::chrono::seconds kPatience{1};
constexpr std::chrono::milliseconds kPause{100};

// A terminal that can go back to the begin of a line and clear it.
bool IsTerminal() {
  const char* const kind = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && (kind == nullptr || std::string_view(kind) != "dumb");
}

// The end of a long name, which tells more of a file than its beginning.
std::string Shortened(std::string name) {
  constexpr std::size_t kMost = 20;
  if (name.size() <= kMost) return name;
  std::size_t begin = name.size() - kMost;
  // Not inside of a character.
  while (begin < name.size() && (static_cast<unsigned char>(name[begin]) & 0xC0) == 0x80) ++begin;
  return "…" + name.substr(begin);
}

std::string Short(double count) {
  if (count < 10'000) return fmt::format("{:.0f}", count);
  if (count < 1e6) return fmt::format("{:.0f} k", count / 1e3);
  return fmt::format("{:.3g} M", count / 1e6);
}

}  // namespace

Progress::Progress() : on_(IsTerminal()), next_(start_ + kPatience) {}

void Progress::BeginFile(std::string_view name) {
  name_ = Shortened(internal::Visible(name));
  file_start_ = Clock::now();
}

void Progress::Read(std::uint64_t done, std::uint64_t total, std::uint64_t rows) {
  if (!on_) return;
  const Clock::time_point now = Clock::now();
  if (now < next_) return;
  next_ = now + kPause;
  std::string how_far = fmt::format("{} MiB", done >> 20);
  if (total != 0) {
    constexpr std::uint64_t kCells = 12;
    const std::uint64_t part = std::min(done, total);  // the file may have grown meanwhile
    how_far.clear();
    for (std::uint64_t i = 0; i < kCells; ++i) how_far += i < part * kCells / total ? "█" : "·";
    how_far += fmt::format(" {:3}%", part * 100 / total);
  }
  const double seconds = std::chrono::duration<double>(now - file_start_).count();
  const auto count = static_cast<double>(rows);
  Draw(fmt::format("reading {} {}  {} rows, {} rows/s", name_, how_far, Short(count),
                   Short(seconds > 0 ? count / seconds : 0)));
}

void Progress::Stage(std::string_view what) {
  if (on_ && Clock::now() - start_ >= kPatience) Draw(std::string(what));
}

void Progress::Draw(const std::string& line) {
  std::fputs(("\r\x1b[K" + line).c_str(), stderr);
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::Erase() {
  if (!drawn_) return;
  std::fputs("\r\x1b[K", stderr);
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace cli
}  // namespace v0
}  // namespace journey
