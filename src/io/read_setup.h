// What is decided before the first row of an input is read: its format, its map and the name of its source.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "journey/core/status.h"
#include "journey/io/reader.h"

namespace journey {
inline namespace v0 {
namespace internal {

inline constexpr std::size_t kSampleBytes = 256 << 10;  // that a guess looks at
inline constexpr std::size_t kSampleRows = 1000;

[[nodiscard]] std::string BaseName(std::string_view path);
[[nodiscard]] bool EndsIn(std::string_view name, std::string_view ending);  // whatever the case

// What the name and the first bytes say about a file.
struct InputFormat {
  bool json = false;
  char separator = 0;  // of CSV; 0: the header decides
};
[[nodiscard]] InputFormat FormatOf(std::string_view name, std::string_view first);

// An error if it is UTF-16.
[[nodiscard]] Status CheckEncoding(const std::string& file, std::string_view first);

// Sets the map of the report: the given one, or a guess that must have found what is needed.
[[nodiscard]] Status ChooseMap(const ReadOptions& options, const std::vector<std::string>& columns,
                               const std::vector<std::vector<std::string>>& rows, ReadReport& report);

// Sets the source of the report.
void NameSource(const ReadOptions& options, ReadReport& report);

}  // namespace internal
}  // namespace v0
}  // namespace journey
