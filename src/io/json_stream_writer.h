// JsonStreamWriter: JSON as it is made, in the order of the calls, without a tree in memory.
//
//   json.Object(); json.Key("rows"); json.Array(); json.Row(); json.Member("n", 1); json.End(); ...
//   {
//     "rows": [
//       {"n": 1}
//     ]
//   }
//
// Objects and arrays are indented by two; what is opened inside a Row stays on the line of the row. The same
// calls make the same bytes. Cost: the text is handed on in pieces of 64 KiB.
#pragma once
#include <concepts>
#include <cstdint>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace journey {
inline namespace v0 {
namespace internal {

class JsonStreamWriter {
 public:
  explicit JsonStreamWriter(std::ostream& out) : out_(out) {}
  JsonStreamWriter(const JsonStreamWriter&) = delete;
  JsonStreamWriter& operator=(const JsonStreamWriter&) = delete;
  ~JsonStreamWriter() { Flush(); }

  void Object() { Open('{', '}', false); }
  void Array() { Open('[', ']', false); }
  void Row() { Open('{', '}', true); }
  void End();  // of what was opened last

  // Requires: inside an object, once before each value.
  void Key(std::string_view key);

  void Value(std::string_view text);
  void Value(std::uint64_t number);
  void Value(std::int64_t number);
  void Value(bool value);
  void Null();

  template <typename T>
  void Member(std::string_view key, const T& value) {
    Key(key);
    if constexpr (std::same_as<T, bool> || std::same_as<T, std::int64_t>) {
      Value(value);
    } else if constexpr (std::unsigned_integral<T>) {
      Value(std::uint64_t{value});
    } else {
      Value(std::string_view(value));
    }
  }

 private:
  struct Level {
    char close;
    bool on_one_line;
    bool empty = true;
  };
  void Open(char open, char close, bool on_one_line);
  void BeforeValue();
  void NewElement();  // the comma and the line
  void Flush();

  std::ostream& out_;
  std::string buffer_;
  std::vector<Level> levels_;
  bool after_key_ = false;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
