// Progress: how far a command is, in one line on stderr that is drawn over and over, for the person who waits.
//
//   reading events.csv ██████······  52%  5.2 M rows, 1.43 M rows/s
//
// It is there only if stderr is a terminal and the command takes longer than a second, and it goes without a trace.
// Whoever else writes to the terminal erases it first.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace journey {
inline namespace v0 {
namespace cli {

class Progress {
 public:
  Progress();
  ~Progress() { Erase(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // A file begins to be read.
  void BeginFile(std::string_view name);
  // Bytes of it that are done, and all of them or 0 when that is unknown; rows so far. Cost: a look at the clock, and
  // ten times a second a line.
  void Read(std::uint64_t done, std::uint64_t total, std::uint64_t rows);
  // What is worked on from now on.
  void Stage(std::string_view what);
  void Erase();

 private:
  using Clock = std::chrono::steady_clock;
  void Draw(const std::string& line);

  bool on_;
  bool drawn_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point file_start_ = start_;
  Clock::time_point next_;  // not drawn before
  std::string name_;
};

}  // namespace cli
}  // namespace v0
}  // namespace journey
