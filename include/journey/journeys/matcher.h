// Matcher: which events are meant. By name, by channel and by attribute values; all that is given must hold.
//
//   Matcher{"purchase"}                                              every purchase
//   Matcher{.events = {"pay", "payment"}, .channels = {"app"}}       either name, in the app
//   Matcher{.where = {{"status", "error"}}}                          whatever has the attribute status =
//   error
//
// A matcher with nothing in it matches nothing.
#pragma once
#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journey/events/event.h"

namespace journey {
inline namespace v0 {

// Some texts, any of which will do: {"web", "app"}.
class AnyOf {
 public:
  AnyOf() = default;
  AnyOf(std::initializer_list<std::string> texts) : texts_(texts) {}
  explicit AnyOf(std::vector<std::string> texts) : texts_(std::move(texts)) {}

  [[nodiscard]] bool empty() const { return texts_.empty(); }
  [[nodiscard]] auto begin() const { return texts_.begin(); }
  [[nodiscard]] auto end() const { return texts_.end(); }

 private:
  std::vector<std::string> texts_;
};

// The same, where a single text may stand for a list of one: "pay" or {"pay", "payment"}. The names of a
// Matcher are one of these and its channels are not, so that Matcher{"a", "b"} does not compile, where it
// could only be meant to say Matcher{{"a", "b"}}.
class OneOrAnyOf : public AnyOf {
 public:
  using AnyOf::AnyOf;
  OneOrAnyOf(const char* text) : AnyOf{std::string(text)} {}  // NOLINT(google-explicit-constructor)
  OneOrAnyOf(std::string text) : AnyOf{std::move(text)} {}    // NOLINT(google-explicit-constructor)
};

// The attribute `key` has one of the values, or any value if none is given. Values compare as texts; where
// both can be read as numbers, as numbers ("7" and 7.0 are the same), so that it does not matter how a source
// spelt them. Booleans are "true" and "false".
struct AttributeCondition {
  std::string key = {};
  OneOrAnyOf values = {};
};

struct Matcher {
  OneOrAnyOf events = {};                      // empty: whatever the name
  AnyOf channels = {};                         // empty: whatever the channel
  std::vector<AttributeCondition> where = {};  // all of them

  [[nodiscard]] bool empty() const { return events.empty() && channels.empty() && where.empty(); }
};

}  // namespace v0
}  // namespace journey
