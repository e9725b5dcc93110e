// Where bytes come from: a file, standard input, memory, and any of these unzipped. Read in pieces, once.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace internal {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  // Fills up to `size` bytes; 0 only at the end. What was read before an error has been returned before it.
  [[nodiscard]] virtual StatusOr<std::size_t> Read(char* out, std::size_t size) = 0;

  [[nodiscard]] virtual std::uint64_t done() const = 0;   // bytes of the stored input that were used up
  [[nodiscard]] virtual std::uint64_t total() const = 0;  // all of them, or 0 when unknown
};

// "-" is standard input. Errors name the path.
[[nodiscard]] StatusOr<std::unique_ptr<ByteSource>> OpenFile(const std::string& path);

// Lifetime: the bytes outlive the source.
[[nodiscard]] std::unique_ptr<ByteSource> OpenMemory(std::string_view bytes);

// Unzips what begins as gzip data (several members in a row are one stream) and passes on everything else;
// with `must_be_gzip` everything else is an error. `name` is for messages.
[[nodiscard]] std::unique_ptr<ByteSource> Unzip(std::unique_ptr<ByteSource> raw, bool must_be_gzip,
                                                std::string name);

}  // namespace internal
}  // namespace v0
}  // namespace journey
