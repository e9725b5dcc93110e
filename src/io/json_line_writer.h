// JsonLineWriter: one line of JSON, appended to a string in the order of the calls.
//
//   json.Open('{'); json.Member("n", 1); json.Names("of", names); json.Close('}');   {"n": 1, "of": ["a", "b"]}
#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>

#include "io/escape.h"
#include "journey/core/time.h"

namespace journey {
inline namespace v0 {
namespace internal {

class JsonLineWriter {
 public:
  explicit JsonLineWriter(std::string& out) : out_(out) {}

  void Open(char bracket) {
    Comma();
    out_ += bracket;
    first_ = true;
  }
  void Close(char bracket) {
    out_ += bracket;
    first_ = false;
  }
  void Key(std::string_view key) {
    Comma();
    fmt::format_to(std::back_inserter(out_), "\"{}\": ", key);
    first_ = true;  // a value follows
  }
  void Text(std::string_view text) {
    Comma();
    AppendJsonString(text, out_);
  }
  void Plain(std::string_view word) {
    Comma();
    out_ += word;
  }

  void Member(std::string_view key, std::string_view text) {
    Key(key);
    Text(text);
  }
  void Member(std::string_view key, std::uint64_t number) {
    Key(key);
    Plain(fmt::format("{}", number));
  }
  void Flag(std::string_view key, bool value) {
    Key(key);
    Plain(value ? "true" : "false");
  }
  void Null(std::string_view key) {
    Key(key);
    Plain("null");
  }
  void Member(std::string_view key, TimePoint time) { Member(key, std::string_view(FormatTime(time))); }

  template <typename T, typename Write>
  void List(std::string_view key, const T& list, const Write& write) {
    Key(key);
    Open('[');
    for (const auto& entry : list) {
      Open('{');
      write(entry);
      Close('}');
    }
    Close(']');
  }
  void Names(std::string_view key, std::span<const std::string_view> names) {
    Key(key);
    Open('[');
    for (const std::string_view name : names) Text(name);
    Close(']');
  }

 private:
  void Comma() {
    if (!first_) out_ += ", ";
    first_ = false;
  }

  std::string& out_;
  bool first_ = true;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
