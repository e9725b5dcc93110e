// A small reader of JSON for tests: objects, arrays, texts, whole numbers, true and false. Everything else,
// and anything behind the value, is a failure.
#pragma once
#include <cctype>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace journey::testing {

struct Json {
  enum class Kind { kObject, kArray, kText, kNumber, kBoolean } kind = Kind::kText;
  std::map<std::string, Json> members;
  std::vector<Json> items;
  std::string text;  // also of numbers and booleans, as written

  [[nodiscard]] const Json& at(const std::string& key) const { return members.at(key); }
  [[nodiscard]] long long number() const { return std::stoll(text); }
};

class TinyJson {
 public:
  static std::optional<Json> Parse(std::string_view text) {
    TinyJson reader(text);
    Json value;
    if (!reader.Value(value)) return std::nullopt;
    reader.Space();
    return reader.at_ == text.size() ? std::optional(value) : std::nullopt;
  }

 private:
  explicit TinyJson(std::string_view text) : text_(text) {}

  void Space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  bool Take(char c) {
    Space();
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool Value(Json& value) {
    if (Take('{')) return Object(value);
    if (Take('[')) return Array(value);
    if (Take('"')) return Text(value.text);
    return Word(value);
  }
  bool Object(Json& value) {
    value.kind = Json::Kind::kObject;
    if (Take('}')) return true;
    do {
      std::string key;
      if (!Take('"') || !Text(key) || !Take(':') || value.members.contains(key)) return false;
      if (!Value(value.members[key])) return false;
    } while (Take(','));
    return Take('}');
  }
  bool Array(Json& value) {
    value.kind = Json::Kind::kArray;
    if (Take(']')) return true;
    do {
      if (!Value(value.items.emplace_back())) return false;
    } while (Take(','));
    return Take(']');
  }
  bool Text(std::string& text) {
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (static_cast<unsigned char>(text_[at_]) < 0x20) return false;
      if (text_[at_] != '\\') {
        text += text_[at_];
        continue;
      }
      if (++at_ >= text_.size()) return false;
      if (text_[at_] == '"' || text_[at_] == '\\') {
        text += text_[at_];
      } else if (text_[at_] == 'u' && at_ + 4 < text_.size()) {
        text += static_cast<char>(std::stoi(std::string(text_.substr(at_ + 1, 4)), nullptr, 16));
        at_ += 4;
      } else {
        return false;
      }
    }
    return at_++ < text_.size();
  }
  bool Word(Json& value) {
    Space();
    const std::size_t begin = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0)) ++at_;
    value.text = text_.substr(begin, at_ - begin);
    if (value.text == "true" || value.text == "false") {
      value.kind = Json::Kind::kBoolean;
      return true;
    }
    value.kind = Json::Kind::kNumber;
    return !value.text.empty() && value.text.find_first_not_of("0123456789") == std::string::npos;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace journey::testing
