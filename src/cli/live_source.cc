#include "cli/live_source.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

namespace journey {
inline namespace v0 {
namespace cli {
namespace {

constexpr int kSecond = 1000;  // ms

volatile std::sig_atomic_t g_interrupted = 0;
int g_wake[2] = {-1, -1};  // a pipe: written to by a signal, so that whoever waits wakes up

extern "C" void OnSignal(int) {
  const int error = errno;
  g_interrupted = 1;
  const char byte = 0;
  if (write(g_wake[1], &byte, 1) < 0) {  // full: it wakes up anyway
  }
  errno = error;
}

Status SystemError(const std::string& name, int error) {
  const std::string message = fmt::format("{}: {}", name, std::generic_category().message(error));
  if (error == ENOENT || error == ENOTDIR) return NotFound(message);
  if (error == EACCES || error == EPERM) return PermissionDenied(message);
  return DataLoss(message);
}

Status Interrupted() {
  return absl::CancelledError("interrupted");
}

}  // namespace

Status CatchSignals() {
  if (pipe2(g_wake, O_CLOEXEC | O_NONBLOCK) != 0) return SystemError("pipe", errno);
  struct sigaction action = {};
  action.sa_handler = OnSignal;  // without SA_RESTART: opening a named pipe ends, too
  if (sigaction(SIGINT, &action, nullptr) != 0 || sigaction(SIGTERM, &action, nullptr) != 0)
    return SystemError("signals", errno);
  action.sa_handler = SIG_IGN;
  if (sigaction(SIGPIPE, &action, nullptr) != 0) return SystemError("signals", errno);
  return absl::OkStatus();
}

bool LiveSource::interrupted() {
  return g_interrupted != 0;
}

LiveSource::LiveSource(int file, bool is_file, std::string name, std::function<void()> on_wait)
    : file_(file), is_file_(is_file), name_(std::move(name)), on_wait_(std::move(on_wait)) {}

LiveSource::~LiveSource() {
  if (file_ != STDIN_FILENO) close(file_);
}

StatusOr<std::unique_ptr<LiveSource>> LiveSource::Open(const std::string& path,
                                                       std::function<void()> on_wait) {
  const int file = path == "-" ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const std::string name = path == "-" ? "standard input" : path;
  if (file < 0) return errno == EINTR ? Interrupted() : SystemError(name, errno);
  struct stat status = {};
  const bool known = fstat(file, &status) == 0;
  std::unique_ptr<LiveSource> source(
      new LiveSource(file, known && S_ISREG(status.st_mode), name, std::move(on_wait)));
  if (known && S_ISDIR(status.st_mode)) {
    return InvalidArgument(fmt::format("{}: is a directory, expected a file or a pipe", name));
  }
  return source;
}

StatusOr<std::size_t> LiveSource::Read(char* out, std::size_t size) {
  while (true) {
    on_wait_();
    if (interrupted()) return Interrupted();
    std::array<pollfd, 2> waiting{{{file_, POLLIN, 0}, {g_wake[0], POLLIN, 0}}};
    const int ready = poll(waiting.data(), waiting.size(), kSecond);
    if (interrupted()) return Interrupted();
    if (ready < 0 && errno != EINTR) return SystemError(name_, errno);
    if (ready <= 0 || waiting[0].revents == 0) continue;
    const ssize_t got = read(file_, out, size);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) return SystemError(name_, errno);
    done_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  }
}

}  // namespace cli
}  // namespace v0
}  // namespace journey
