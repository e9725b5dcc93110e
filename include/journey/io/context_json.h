// The customer's context as JSON, for services that want no binary record:
//
//   {"schema": "journey.context/1", "customer": "0c5f...", "as_of": "2024-03-13T10:21:14Z", "events": 41, ...
//    "open_journeys": [{"name": "application", "steps_reached": 3, "next": ["upload_id"], ...}], ...}
//
// One line without a line break, so that contexts make JSON Lines. Times are ISO 8601 in UTC; what is not there
// or not known is null. Keys may be added in later versions of the library, and a reader passes over those that
// it does not know; they are not renamed or removed while the schema says /1.
//
// Texts are escaped so that they read back as they were and printing them does nothing else; bytes that are not
// UTF-8 become U+FFFD. The output shows the values of identifiers and attributes: it is the hand-over itself.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/live/context.h"

namespace journey {
inline namespace v0 {

// Appends. The bytes are a function of the context. Cost: O(output).
void WriteContextJson(const CustomerContext& context, std::string& out);

// A context and the texts that it refers to.
class LoadedContext {
 public:
  LoadedContext() = default;
  LoadedContext(LoadedContext&&) = default;
  LoadedContext& operator=(LoadedContext&&) = default;

  // Lifetime: as long as this, wherever it is moved to.
  [[nodiscard]] const CustomerContext& context() const { return context_; }

 private:
  friend absl::StatusOr<LoadedContext> ParseContextJson(std::string_view json);
  std::vector<char> texts_;  // never grows once something refers to it
  CustomerContext context_;
};

// Reads back what WriteContextJson wrote.
// Errors: InvalidArgument that says where and what was expected, never what was found.
// Cost:   linear; memory in proportion to the text.
[[nodiscard]] absl::StatusOr<LoadedContext> ParseContextJson(std::string_view json);

}  // namespace v0
}  // namespace journey
