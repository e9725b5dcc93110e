#include "io/byte_source.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

Status SystemError(const std::string& path, int error) {
  const std::string message = fmt::format("{}: {}", path, std::generic_category().message(error));
  if (error == ENOENT || error == ENOTDIR) return NotFound(message);
  if (error == EACCES || error == EPERM) return PermissionDenied(message);
  return DataLoss(message);
}

class FileSource : public ByteSource {
 public:
  FileSource(std::FILE* file, std::string name, std::uint64_t total)
      : file_(file), name_(std::move(name)), total_(total) {}
  ~FileSource() override {
    if (file_ != stdin) std::fclose(file_);
  }

  StatusOr<std::size_t> Read(char* out, std::size_t size) override {
    errno = 0;
    const std::size_t read = std::fread(out, 1, size, file_);
    done_ += read;
    if (read == 0 && std::ferror(file_) != 0) return SystemError(name_, errno);
    return read;
  }
  std::uint64_t done() const override { return done_; }
  std::uint64_t total() const override { return total_; }

 private:
  std::FILE* file_;
  std::string name_;
  std::uint64_t done_ = 0;
  std::uint64_t total_;
};

class MemorySource : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}

  StatusOr<std::size_t> Read(char* out, std::size_t size) override {
    const std::size_t read = std::min(size, bytes_.size() - done_);
    if (read != 0) std::memcpy(out, bytes_.data() + done_, read);
    done_ += read;
    return read;
  }
  std::uint64_t done() const override { return done_; }
  std::uint64_t total() const override { return bytes_.size(); }

 private:
  std::string_view bytes_;
  std::size_t done_ = 0;
};

class UnzippedSource : public ByteSource {
 public:
  UnzippedSource(std::unique_ptr<ByteSource> raw, bool must_be_gzip, std::string name)
      : raw_(std::move(raw)), must_be_gzip_(must_be_gzip), name_(std::move(name)), buffer_(64 << 10) {}
  ~UnzippedSource() override {
    if (mode_ == Mode::kGzip) inflateEnd(&stream_);
  }

  StatusOr<std::size_t> Read(char* out, std::size_t size) override {
    if (mode_ == Mode::kUnknown) {
      if (const Status status = Begin(); !status.ok()) return status;
    }
    if (mode_ == Mode::kPlain) {
      if (begin_ == end_) return raw_->Read(out, size);
      const std::size_t copied = std::min(size, end_ - begin_);
      std::memcpy(out, buffer_.data() + begin_, copied);
      begin_ += copied;
      return copied;
    }
    return Inflate(out, size);
  }
  std::uint64_t done() const override { return raw_->done() - (end_ - begin_); }
  std::uint64_t total() const override { return raw_->total(); }

 private:
  enum class Mode { kUnknown, kPlain, kGzip };

  [[nodiscard]] bool AtMagic() const {
    return end_ - begin_ >= 2 && buffer_[begin_] == '\x1f' && buffer_[begin_ + 1] == '\x8b';
  }
  // Reads more, behind what is there, until there are at least `least` bytes or no more come.
  Status Fill(std::size_t least) {
    if (begin_ == end_) begin_ = end_ = 0;
    if (begin_ != 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= std::exchange(begin_, 0);
    }
    while (end_ - begin_ < least) {
      const StatusOr<std::size_t> read = raw_->Read(buffer_.data() + end_, buffer_.size() - end_);
      if (!read.ok()) return read.status();
      if (*read == 0) break;
      end_ += *read;
    }
    return absl::OkStatus();
  }
  Status Begin() {
    if (const Status status = Fill(2); !status.ok()) return status;
    if (AtMagic()) {
      // 16: with a gzip header. It fails only for want of memory.
      if (inflateInit2(&stream_, 15 + 16) != Z_OK)
        return DataLoss(fmt::format("{}: cannot start to unzip", name_));
      mode_ = Mode::kGzip;
    } else {
      mode_ = Mode::kPlain;
      if (must_be_gzip_ && begin_ != end_) {
        return DataLoss(fmt::format("{}: the name ends in .gz, but the data is not gzip", name_));
      }
    }
    return absl::OkStatus();
  }

  Status Damaged(std::string_view what) const {
    return DataLoss(fmt::format("{}: {} at byte {}", name_, what, done()));
  }
  StatusOr<std::size_t> Inflate(char* out, std::size_t size) {
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(std::min(size, std::size_t{1} << 30));
    const uInt wanted = stream_.avail_out;
    while (stream_.avail_out == wanted) {
      if (begin_ == end_) {
        if (const Status status = Fill(1); !status.ok()) return status;
      }
      if (between_members_) {
        const StatusOr<bool> more = NextMember();
        if (!more.ok()) return more.status();
        if (!*more) return std::size_t{0};
      }
      if (begin_ == end_) return Damaged("the gzip data breaks off");
      stream_.next_in = reinterpret_cast<Bytef*>(buffer_.data() + begin_);
      stream_.avail_in = static_cast<uInt>(end_ - begin_);
      const int result = inflate(&stream_, Z_NO_FLUSH);
      begin_ = end_ - stream_.avail_in;
      if (result == Z_STREAM_END) {
        between_members_ = true;
      } else if (result != Z_OK && result != Z_BUF_ERROR) {
        if (stream_.avail_out != wanted) {
          // First what was unzipped; the same error comes back with the next call.
          break;
        }
        return Damaged("the gzip data is damaged");
      }
    }
    return std::size_t{wanted - stream_.avail_out};
  }
  // Zeros after the last member are padding; anything else but another member is damage.
  StatusOr<bool> NextMember() {
    while (true) {
      if (begin_ == end_) {
        if (const Status status = Fill(1); !status.ok()) return status;
        if (begin_ == end_) return false;
      }
      if (buffer_[begin_] != '\0') break;
      ++begin_;
    }
    if (const Status status = Fill(2); !status.ok()) return status;
    if (!AtMagic()) return Damaged("there is something else after the gzip data,");
    inflateReset(&stream_);
    between_members_ = false;
    return true;
  }

  std::unique_ptr<ByteSource> raw_;
  bool must_be_gzip_;
  std::string name_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  Mode mode_ = Mode::kUnknown;
  bool between_members_ = false;
  z_stream stream_ = {};
};

}  // namespace

StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path) {
  if (path == "-")
    return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(stdin, "standard input", 0));
  if (path.find('\0') != std::string::npos) return InvalidArgument("a path holds a NUL byte");
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(status)) {
    return InvalidArgument(fmt::format("{}: is a directory, expected a file", path));
  }
  std::uintmax_t total = 0;
  if (std::filesystem::is_regular_file(status)) {
    total = std::filesystem::file_size(path, error);
    if (error) total = 0;
  }
  std::FILE* const file = std::fopen(path.c_str(), "rb");
  if (file == nullptr) return SystemError(path, errno);
  return std::unique_ptr<ByteSource>(std::make_unique<FileSource>(file, path, total));
}

std::unique_ptr<ByteSource> OpenMemory(std::string_view bytes) {
  return std::make_unique<MemorySource>(bytes);
}

std::unique_ptr<ByteSource> Unzip(std::unique_ptr<ByteSource> raw, bool must_be_gzip, std::string name) {
  return std::make_unique<UnzippedSource>(std::move(raw), must_be_gzip, std::move(name));
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
