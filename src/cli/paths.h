// What is read and what is written are different files: seen to before anything is.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "cli/commands.h"

namespace journey {
inline namespace v0 {
namespace cli {

// A file, and where on the command line it is named. An empty path: not given.
struct NamedPath {
  std::string_view flag;
  std::string_view path;
};

// The files that are named in the arguments, and others. Lifetime: they refer to the arguments.
[[nodiscard]] std::vector<NamedPath> InputsOf(const InputArguments& arguments,
                                              std::initializer_list<NamedPath> others = {});

// Whether two paths lead to one file: also by way of links, and where neither is there yet. Not so for devices and pipes.
[[nodiscard]] bool IsSameFile(std::string_view a, std::string_view b);

// kWrongUsage, and a message with both, if an output would overwrite an input or another output, or if two would mix
// on standard output. Devices and pipes may be written to twice. kUnreadable if an output can be told not to be writable:
// it is a directory, or there is none that it could be written to.
[[nodiscard]] int CheckPaths(const std::vector<NamedPath>& inputs, const std::vector<NamedPath>& outputs);

}  // namespace cli
}  // namespace v0
}  // namespace journey
