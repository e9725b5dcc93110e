// LiveSource: a file, a named pipe or standard input, from which bytes are handed on as soon as they are there.
//
// SIGINT and SIGTERM end the input at whatever it waits for, as its end would.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "io/byte_source.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace cli {

class LiveSource final : public internal::ByteSource {
 public:
  // "-" is standard input. on_wait is called before the source waits, and then each second until bytes come.
  // Opening a named pipe waits for its writer. Errors name the path.
  [[nodiscard]] static StatusOr<std::unique_ptr<LiveSource>> Open(const std::string& path,
                                                                  std::function<void()> on_wait);
  ~LiveSource() override;

  // Errors: Cancelled when a signal came, besides those of reading.
  [[nodiscard]] StatusOr<std::size_t> Read(char* out, std::size_t size) override;
  [[nodiscard]] std::uint64_t done() const override { return done_; }
  [[nodiscard]] std::uint64_t total() const override { return 0; }

  [[nodiscard]] bool is_file() const { return is_file_; }  // a regular one: all of it is there
  [[nodiscard]] static bool interrupted();                 // by one of the signals

 private:
  LiveSource(int file, bool is_file, std::string name, std::function<void()> on_wait);

  int file_;
  bool is_file_;
  std::string name_;
  std::function<void()> on_wait_;
  std::uint64_t done_ = 0;
};

// From now on SIGINT and SIGTERM end the input, and a closed pipe is an error of writing instead of a signal.
[[nodiscard]] Status CatchSignals();

}  // namespace cli
}  // namespace v0
}  // namespace journey
