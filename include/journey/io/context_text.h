// Describe: a customer's context in a few plain sentences, for the person who takes over:
//
//   In the middle of "application": 3 of 5 steps (60 %), last in app 25 min ago, paused twice. Next: upload_id.
//   Already given: post code 1010 (web, 2 h ago).
//   Just now: payment_error twice in app.
//
// Shows what the customer has given, but no identifier's value. Texts are made visible: none can do anything to
// a terminal.
#pragma once
#include <string>

#include "journey/core/time.h"
#include "journey/live/context.h"

namespace journey {
inline namespace v0 {

// Lines, each with its line break; never empty. Ages are from `now`; what is later than `now` counts as just now.
[[nodiscard]] std::string Describe(const CustomerContext& context, TimePoint now);

}  // namespace v0
}  // namespace journey
