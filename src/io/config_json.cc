#include "io/config_json.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <utility>

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr std::size_t kDeepest = 64;
constexpr std::size_t kMaxMembers = 10'000;  // of one object

// Builds the tree and refuses what the library's own builder lets pass: a key given twice, endless nesting.
class TreeBuilder : public nlohmann::json_sax<ConfigJson> {
 public:
  TreeBuilder(std::string_view text, std::string_view file) : text_(text), file_(file) {}

  [[nodiscard]] const Status& status() const { return status_; }
  [[nodiscard]] ConfigJson& root() { return root_; }

  bool null() override { return Add(nullptr); }
  bool boolean(bool value) override { return Add(value); }
  bool number_integer(number_integer_t value) override { return Add(value); }
  bool number_unsigned(number_unsigned_t value) override { return Add(value); }
  bool number_float(number_float_t value, const string_t& /*digits*/) override { return Add(value); }
  bool string(string_t& value) override { return Add(std::move(value)); }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*elements*/) override { return Open(ConfigJson::object()); }
  bool start_array(std::size_t /*elements*/) override { return Open(ConfigJson::array()); }
  bool end_object() override { return Close(); }
  bool end_array() override { return Close(); }

  bool key(string_t& key) override {
    if (open_.back()->contains(key)) {
      status_ = InvalidArgument(fmt::format("{}: {}: the key is given twice", file_, Path(key)));
      return false;
    }
    if (open_.back()->size() == kMaxMembers) {
      status_ = InvalidArgument(fmt::format("{}: an object has more than {} keys", file_, kMaxMembers));
      return false;
    }
    keys_.back() = std::move(key);
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    if (!status_.ok()) return false;
    // The library's text begins with its own name and position; what went wrong follows the last of these.
    std::string_view reason = error.what();
    for (const std::string_view mark : {"syntax error ", "parse error ", "] "}) {
      if (const std::size_t at = reason.find(mark); at != std::string_view::npos) {
        reason.remove_prefix(at + (mark == "] " ? mark.size() : 0));
        break;
      }
    }
    // The position counts from 1 and is that of the last character that was read.
    const std::size_t offset = std::min(position > 0 ? position - 1 : 0, text_.size());
    const std::string_view before = text_.substr(0, offset);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t newline = before.rfind('\n');
    const std::size_t column = newline == std::string_view::npos ? offset + 1 : offset - newline;
    status_ = InvalidArgument(
        fmt::format("{}: line {}, column {}: not valid JSON: {}", file_, line, column, reason));
    return false;
  }

 private:
  template <typename T>
  bool Add(T&& value) {
    Place(ConfigJson(std::forward<T>(value)));
    return true;
  }
  ConfigJson* Place(ConfigJson value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    ConfigJson& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    return &(parent[keys_.back()] = std::move(value));
  }
  bool Open(ConfigJson value) {
    if (open_.size() == kDeepest) {
      status_ = InvalidArgument(fmt::format("{}: nested deeper than {} levels", file_, kDeepest));
      return false;
    }
    open_.push_back(Place(std::move(value)));
    keys_.emplace_back();
    return true;
  }
  bool Close() {
    open_.pop_back();
    keys_.pop_back();
    return true;
  }
  [[nodiscard]] std::string Path(std::string_view last) const {
    std::string path;
    for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
      if (open_[i]->is_array()) {
        path += fmt::format("[{}]", open_[i]->size() - 1);
      } else {
        path += fmt::format("{}{}", path.empty() ? "" : ".", keys_[i]);
      }
    }
    return fmt::format("{}{}{}", path, path.empty() ? "" : ".", last);
  }

  std::string_view text_;
  std::string_view file_;
  Status status_;
  ConfigJson root_;
  // A child stays where it is until its parent gets the next one, and by then it is closed.
  std::vector<ConfigJson*> open_;
  std::vector<std::string> keys_;
};

// How many slips make the one text of the other: a character too many, one missing, another one, or two changed over.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::swap(before, above);
    std::swap(above, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1), above[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::string_view> NearestOf(std::string_view word, std::span<const std::string_view> known) {
  if (word.size() > 64) return std::nullopt;
  std::optional<std::string_view> nearest;
  std::size_t least = std::max<std::size_t>(1, word.size() / 3) + 1;  // more slips than one may make
  for (const std::string_view candidate : known) {
    const std::size_t distance = EditDistance(word, candidate);
    if (distance < least && distance < candidate.size() && distance < word.size()) {
      least = distance;
      nearest = candidate;
    }
  }
  return nearest;
}

StatusOr<ConfigJson> ParseConfigJson(std::string_view text, std::string_view file) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  TreeBuilder builder(text, file);
  const bool parsed = ConfigJson::sax_parse(text.begin(), text.end(), &builder);
  if (!builder.status().ok()) return builder.status();
  if (!parsed) return InvalidArgument(fmt::format("{}: not valid JSON", file));
  return std::move(builder.root());
}

void ConfigError::Set(std::string_view path, std::string_view message) {
  if (!status.ok()) return;
  status = InvalidArgument(fmt::format("{}: {}{}{}", file, path, path.empty() ? "" : ": ", message));
}

std::string ConfigNode::PathOf(std::string_view key) const {
  return fmt::format("{}{}{}", path_, path_.empty() ? "" : ".", key);
}

bool ConfigNode::ExpectObject(std::initializer_list<std::string_view> keys) const {
  if (!IsObject()) {
    Fail(fmt::format("an object with {}", fmt::join(keys, ", ")));
    return false;
  }
  for (const auto& [key, value] : json_->items()) {
    if (std::find(keys.begin(), keys.end(), key) != keys.end()) continue;
    const std::optional<std::string_view> nearest = NearestOf(key, {keys.begin(), keys.size()});
    error_->Set(PathOf(key), fmt::format("unknown key, expected one of {}{}", fmt::join(keys, ", "),
                                         nearest ? fmt::format("; did you mean \"{}\"?", *nearest) : ""));
    return false;
  }
  return true;
}

std::optional<ConfigNode> ConfigNode::Member(std::string_view key) const {
  if (!IsObject()) return std::nullopt;
  const auto found = json_->find(std::string(key));
  if (found == json_->end()) return std::nullopt;
  return ConfigNode(*found, *error_, PathOf(key));
}

std::optional<ConfigNode> ConfigNode::Required(std::string_view key, std::string_view example) const {
  std::optional<ConfigNode> member = Member(key);
  if (!member) error_->Set(PathOf(key), fmt::format("missing, expected {}", example));
  return member;
}

void ConfigNode::EachMember(std::string_view expected,
                            const std::function<void(const std::string&, const ConfigNode&)>& visit) const {
  if (!IsObject()) return Fail(expected);
  for (const auto& [key, value] : json_->items()) visit(key, ConfigNode(value, *error_, PathOf(key)));
}

void ConfigNode::EachItem(std::string_view expected,
                          const std::function<void(const ConfigNode&)>& visit) const {
  if (!IsArray()) return Fail(expected);
  for (std::size_t i = 0; i < json_->size(); ++i) {
    visit(ConfigNode((*json_)[i], *error_, fmt::format("{}[{}]", path_, i)));
  }
}

std::string ConfigNode::Text(std::string_view expected) const {
  const auto* text = json_->get_ptr<const std::string*>();
  if (text != nullptr && !text->empty()) return *text;
  Fail(expected);
  return {};
}

std::string ConfigNode::TextOrEmpty() const {
  const auto* text = json_->get_ptr<const std::string*>();
  return text == nullptr ? std::string() : *text;
}

std::vector<std::string> ConfigNode::Texts(std::string_view expected) const {
  std::vector<std::string> texts;
  EachItem(expected, [&](const ConfigNode& item) { texts.push_back(item.Text()); });
  return texts;
}

bool ConfigNode::Boolean() const {
  if (const auto* value = json_->get_ptr<const bool*>()) return *value;
  Fail("true or false");
  return false;
}

double ConfigNode::Number(std::string_view expected) const {
  if (const auto* value = json_->get_ptr<const double*>()) return *value;
  if (const auto* value = json_->get_ptr<const std::uint64_t*>()) return static_cast<double>(*value);
  if (const auto* value = json_->get_ptr<const std::int64_t*>()) return static_cast<double>(*value);
  Fail(expected);
  return 0.0;
}

Duration ConfigNode::Time() const {
  if (const auto* text = json_->get_ptr<const std::string*>()) {
    if (const std::optional<Duration> duration = ParseDuration(*text)) return *duration;
  }
  Fail("a duration such as 30m, 24h, 7d");
  return {};
}

void ConfigNode::Fail(std::string_view expected) const {
  error_->Set(path_, fmt::format("found {}, expected {}", Found(), expected));
}

std::string ConfigNode::Found() const {
  if (json_->is_object()) return json_->empty() ? "an empty object" : "an object";
  if (json_->is_array()) return json_->empty() ? "an empty list" : "a list";
  std::string text = json_->dump(-1, ' ', true, ConfigJson::error_handler_t::replace);
  constexpr std::size_t kMost = 60;
  if (text.size() > kMost) text = text.substr(0, kMost) + "...";
  return text;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
