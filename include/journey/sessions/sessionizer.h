// Sessionize: a customer's ordered events into sessions.
//
// Consecutive events are in one session if and only if the gap between them is at most max_gap and the
// session would not become longer than max_length. A session that ends for the second reason alone is marked
// as cut.
//
//   events (min)  0  10       41     71            max_gap = 30 min
//   sessions      [0 .)       [2 .....)            gaps 10, 31, 30: a gap equal to max_gap does not split
//
// Every event is in exactly one session; midnight means nothing.
#pragma once
#include <span>

#include "journey/core/row_table.h"
#include "journey/core/status_fwd.h"
#include "journey/core/time.h"
#include "journey/identity/timelines.h"
#include "journey/sessions/session.h"

namespace journey {
inline namespace v0 {

struct SessionOptions {
  Duration max_gap = std::chrono::minutes{30};
  Duration max_length = std::chrono::hours{24};

  // InvalidArgument unless both are > 0 and at most kForever.
  [[nodiscard]] absl::Status Validate() const;
};

// Appends the sessions of one customer to `sessions`; `offset` is where `events` begin among all timelines.
// Requires: options.Validate().ok(); events in the order of events. Threads: safe. Cost: O(events).
void Sessionize(CustomerId customer, std::span<const EventRow> events, std::uint32_t offset,
                const SessionOptions& options, RowTable<SessionRow>& sessions);

}  // namespace v0
}  // namespace journey
