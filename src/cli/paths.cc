#include "cli/paths.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "cli/session.h"

namespace journey {
inline namespace v0 {
namespace cli {
namespace {

namespace fs = std::filesystem;

std::string TextOf(const NamedPath& named) {
  return fmt::format("{} {}", named.flag, named.path);
}

// As far as can be told without writing. A file is written beside its place first, so that its folder counts.
bool CanBeWritten(const fs::path& path) {
  std::error_code error;
  const fs::file_type kind = fs::status(path, error).type();
  if (kind == fs::file_type::directory) return false;
  if (kind != fs::file_type::regular && kind != fs::file_type::not_found)
    return access(path.c_str(), W_OK) == 0;
  const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
  return fs::is_directory(parent, error) && access(parent.c_str(), W_OK) == 0;
}

}  // namespace

bool IsSameFile(std::string_view a, std::string_view b) {
  std::error_code error;
  const fs::file_type kinds[] = {fs::status(a, error).type(), fs::status(b, error).type()};
  for (const fs::file_type kind : kinds) {
    if (kind != fs::file_type::regular && kind != fs::file_type::not_found) return false;
  }
  if (kinds[0] != kinds[1]) return false;
  if (kinds[0] == fs::file_type::regular) return fs::equivalent(a, b, error);
  const fs::path whole_a = fs::weakly_canonical(fs::absolute(a, error), error);
  const fs::path whole_b = fs::weakly_canonical(fs::absolute(b, error), error);
  return !whole_a.empty() && whole_a == whole_b;
}

std::vector<NamedPath> InputsOf(const InputArguments& arguments, std::initializer_list<NamedPath> others) {
  std::vector<NamedPath> inputs;
  for (const std::string& path : arguments.events) inputs.push_back({"EVENTS", path});
  inputs.push_back({"--map", arguments.map});
  inputs.push_back({"--journeys", arguments.journeys});
  inputs.insert(inputs.end(), others.begin(), others.end());
  return inputs;
}

int CheckPaths(const std::vector<NamedPath>& inputs, const std::vector<NamedPath>& outputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const NamedPath& output = outputs[i];
    if (output.path.empty()) continue;
    for (std::size_t j = 0; j < i; ++j) {
      const NamedPath& other = outputs[j];
      if (output.path == "-" && other.path == "-") {
        return Fail(kWrongUsage, fmt::format("{} and {} would mix on standard output; write one to a file",
                                             TextOf(other), TextOf(output)));
      }
      if (other.path.empty() || other.path == "-" || output.path == "-" ||
          !IsSameFile(output.path, other.path))
        continue;
      return Fail(kWrongUsage, fmt::format("{} and {} are the same file: one would overwrite the other",
                                           TextOf(other), TextOf(output)));
    }
    if (output.path == "-") continue;
    for (const NamedPath& input : inputs) {
      if (input.path.empty() || input.path == "-" || !IsSameFile(output.path, input.path)) continue;
      return Fail(kWrongUsage,
                  fmt::format("{} would overwrite what is read, {}", TextOf(output), TextOf(input)));
    }
    if (!CanBeWritten(output.path))
      return Fail(kUnreadable, fmt::format("{}: cannot be written", output.path));
  }
  return kDone;
}

}  // namespace cli
}  // namespace v0
}  // namespace journey
