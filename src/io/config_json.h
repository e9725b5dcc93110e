// Configuration files: JSON read strictly, with errors that say where.
//
//   map.json: line 3, column 14: not valid JSON: unexpected ','
//   map.json: time.format: found "iso", expected one of iso8601, unix_s
//   map.json: tiem: unknown key, expected one of time, name; did you mean "time"?
//
// A ConfigNode is a value and its path. The first error of a file is kept; after it, readers return empty
// values, so that the code that reads a configuration needs no branch per value.
#pragma once
#include <functional>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "journey/core/status.h"
#include "journey/core/time.h"

namespace journey {
inline namespace v0 {
namespace internal {

using ConfigJson = nlohmann::ordered_json;

// Errors: InvalidArgument when `text` is no JSON, gives a key of an object twice or nests deeper than 64.
[[nodiscard]] StatusOr<ConfigJson> ParseConfigJson(std::string_view text, std::string_view file);

// The first error of one file.
struct ConfigError {
  std::string file;
  Status status;

  void Set(std::string_view path, std::string_view message);
};

class ConfigNode {
 public:
  // Lifetime: `json` and `error` outlive the node.
  ConfigNode(const ConfigJson& json, ConfigError& error) : ConfigNode(json, error, "") {}

  [[nodiscard]] bool IsObject() const { return json_->is_object(); }
  [[nodiscard]] bool IsArray() const { return json_->is_array(); }
  [[nodiscard]] bool IsText() const { return json_->is_string(); }
  [[nodiscard]] bool IsNumber() const { return json_->is_number(); }
  [[nodiscard]] bool IsBoolean() const { return json_->is_boolean(); }
  [[nodiscard]] const std::string& path() const { return path_; }

  // An error unless this is an object that has no other keys than these.
  [[nodiscard]] bool ExpectObject(std::initializer_list<std::string_view> keys) const;

  [[nodiscard]] std::optional<ConfigNode> Member(std::string_view key) const;
  // An error when it is not there; `example` says what to write.
  [[nodiscard]] std::optional<ConfigNode> Required(std::string_view key, std::string_view example) const;

  // Calls visit(key, node) for each member, visit(node) for each item, in the file's order.
  void EachMember(std::string_view expected,
                  const std::function<void(const std::string&, const ConfigNode&)>& visit) const;
  void EachItem(std::string_view expected, const std::function<void(const ConfigNode&)>& visit) const;

  // An error, and an empty value, when it is something else. A text must not be empty.
  [[nodiscard]] std::string Text(std::string_view expected = "a text") const;
  [[nodiscard]] std::string TextOrEmpty() const;  // of a text; it may be empty
  [[nodiscard]] std::vector<std::string> Texts(std::string_view expected = "a list of texts") const;
  [[nodiscard]] bool Boolean() const;
  [[nodiscard]] double Number(std::string_view expected = "a number") const;
  [[nodiscard]] Duration Time() const;

  void Fail(std::string_view expected) const;  // "<file>: <path>: found <this>, expected <expected>"
  [[nodiscard]] std::string Found() const;     // `"iso"`, `3`, `an object`

 private:
  ConfigNode(const ConfigJson& json, ConfigError& error, std::string path)
      : json_(&json), error_(&error), path_(std::move(path)) {}
  [[nodiscard]] std::string PathOf(std::string_view key) const;

  const ConfigJson* json_;
  ConfigError* error_;
  std::string path_;
};

// The one of `known` that is spelt most like `word`, or nothing when none is near: at most one slip in three letters,
// and one in a shorter word.
[[nodiscard]] std::optional<std::string_view> NearestOf(std::string_view word,
                                                        std::span<const std::string_view> known);

}  // namespace internal
}  // namespace v0
}  // namespace journey
