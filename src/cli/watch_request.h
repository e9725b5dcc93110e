// What can be asked of `journey watch` in between the events: a line that is an object with one of these keys and
// none beside.
//
//   {"context": {"user_id": "42"}}   the context of the customer who has this identifier
//   {"context": "0c5f..."}           the same by the id under which findings are printed
//   {"erase": {"user_id": "42"}, "until": "2024-03-13T10:00:00Z"}   forget the customer; without `until`, all up to now
//   {"advance_to": "2024-03-20T00:00:00Z"}   it is that time now, at least
//   {"report": true}                 the totals
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "journey/core/time.h"
#include "journey/identity/customer_ids.h"

namespace journey {
inline namespace v0 {
namespace cli {

struct WatchRequest {
  enum class Kind : std::uint8_t { kContext, kErase, kAdvanceTo, kReport, kBad };

  Kind kind = Kind::kBad;
  std::string name_space;  // of the customer's identifier; empty: by `customer`
  std::string value;
  PublicId customer;
  std::optional<TimePoint> time;  // until, or advance_to
  std::string problem;            // of a bad one: what was expected where; never what was found
};

// Nothing, if the line is none: then it is an event. Cost: the first bytes alone, mostly.
[[nodiscard]] std::optional<WatchRequest> ParseRequest(std::string_view line);

// Of a line that is no request: what is wrong with it if it was meant as one, as a bad request. That is an object with a
// key that is almost one of these, or any object among the rows of CSV. Nothing, if it is to be read as an event.
// Cost: as ParseRequest.
[[nodiscard]] std::optional<WatchRequest> MistakenRequest(std::string_view line, bool among_csv);

}  // namespace cli
}  // namespace v0
}  // namespace journey
