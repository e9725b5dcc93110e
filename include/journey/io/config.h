// JOURNEYS.json: what the journeys are, and what counts as an error, as support and as feedback.
//
//   {"journeys": [{"name": "purchase", "abandon_after": "7d", "window": "30d",
//                  "steps": [{"name": "view", "events": ["product_view"], "channels": ["web", "app"],
//                             "where": {"status": "ok"}, "optional": false, "within": "1h"}],
//                  "goal": {"events": ["purchase"]}, "exclude": {"events": ["cancelled"]},
//                  "scope": {"channels": ["web", "app"]}}],
//    "errors": {"where": {"status": "error"}}, "support": {"channels": ["chat"]},
//    "feedback": {"events": ["survey"], "score": "score", "scale": "csat"},
//    "discovery": {"gap": "30d", "goal": {"events": ["purchase"]}},
//    "identity": {"namespaces": {"card": {"kind": "contact", "max_values": 3, "within": "365d", "normalize":
//    "digits",
//                                         "blocked": ["9999"], "blocked_patterns": ["test*"]},
//                                "user_id": {"kind": "person", "exclusive": true, "allowed": ["nan"]}},
//                 "max_neighbours": 100, "logout_events": ["logout"], "forget_after_logout": false},
//    "consent": {"purpose": "analytics", "required": false}}
//
// What is left out has the default of the structure that it goes to. Steps, goal, exclude, scope, errors,
// support and feedback match by `events`, `channels` and `where`; all that is given must hold. Lists may be a
// single text. A value in `where` is a text, a number, true or false, a list of such, or an empty list for
// any value at all. Durations are a whole number and a unit (30m, 24h, 7d); `gap` may also be "none".
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/events/event_log.h"
#include "journey/identity/consent.h"
#include "journey/identity/policy.h"
#include "journey/journeys/definition.h"

namespace journey {
inline namespace v0 {

struct Config {
  std::vector<JourneyDefinition> journeys;  // none: journeys are discovered
  Discovery discovery;
  EventClasses classes;
  IdentityPolicy identity;
  ConsentOptions consent;
};

// Errors: InvalidArgument with the file's name, the place, what was found and what was expected:
//         journeys.json: journeys[0].steps[2].within: found "1 hour", expected a duration such as 30m, 24h,
//         7d
[[nodiscard]] absl::StatusOr<Config> ParseConfig(std::string_view json, std::string_view file_name);

// A sentence for each event name, channel and attribute that the journeys ask for and that no event of the
// log has, such as a channel that is misspelt:
//         journeys[0].steps[1].channels: no event has "phnoe"; did you mean "phone"?
[[nodiscard]] std::vector<std::string> UnknownNames(const Config& config, const EventLog& log);

}  // namespace v0
}  // namespace journey
