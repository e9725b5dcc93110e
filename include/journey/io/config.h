// JOURNEYS.json: what the journeys are, and what counts as an error, as support and as feedback.
//
//   {"journeys": [{"name": "purchase", "abandon_after": "7d", "window": "30d",
//                  "steps": [{"name": "view", "events": ["product_view"], "channels": ["web", "app"],
//                             "where": {"status": "ok"}, "optional": false, "within": "1h", "repeatable": false}],
//                  "goal": {"events": ["purchase"]}, "exclude": {"events": ["cancelled"]},
//                  "scope": {"channels": ["web", "app"]}}],
//    "errors": {"where": {"status": "error"}}, "support": {"channels": ["chat"]},
//    "feedback": {"events": ["survey"], "score": "score", "scale": "csat", "window": "7d", "verbatim": "comment",
//                 "scale_key": "scale"},
//    "discovery": {"gap": "30d", "goal": {"events": ["purchase"]}},
//    "identity": {"namespaces": {"card": {"kind": "contact", "max_values": 3, "within": "365d", "normalize":
//    "digits",
//                                         "blocked": ["9999"], "blocked_patterns": ["test*"]},
//                                "user_id": {"kind": "person", "exclusive": true, "allowed": ["nan"]}},
//                 "max_neighbours": 100, "logout_events": ["logout"], "forget_after_logout": false},
//    "consent": {"purpose": "analytics", "required": false},
//    "detectors": ["drop_off", "backtrack",
//                  {"name": "repetition", "discovered": false},
//                  {"name": "channel_switch", "stall": "24h", "voluntary": false},
//                  {"name": "stall", "limit": "24h", "learn": 0.99, "least": 50},
//                  {"name": "loop", "returns": 2, "discovered_returns": 4},
//                  {"name": "error_loop", "count": 3, "within": "24h"},
//                  {"name": "rapid_repeat", "count": 4, "within": "1s", "attributes": ["target"]},
//                  {"name": "contact_after_abandonment", "within": "24h", "away": "30m"},
//                  {"name": "lost_progress", "early": 1, "lost": 2},
//                  {"name": "repeated_entry", "keys": ["address", "phone_number"]},
//                  {"name": "excess_effort", "events": 40, "time": "1h", "learn": 0.9, "learn_time": true,
//                   "factor": 2, "least": 50}],
//    "touchpoints": [{"channels": ["web", "app"], "events": ["payment"], "owner": "Payments", "stage": "checkout",
//                     "expected": "2m"}],
//    "funnels": [{"name": "buy", "policy": "mixpanel_totals", "window": "1h",
//                 "steps": [{"name": "view", "events": ["product_view"]},
//                           {"name": "cart", "events": ["add_to_cart"], "within": "30m", "optional": true},
//                           {"name": "pay", "events": ["payment"]}],
//                 "exclusions": [{"events": ["logout"], "after": "view", "before": "pay",
//                                 "effect": "drops_customer"}],
//                 "hold": "cart_id", "scope": {"channels": ["web"]}, "order": "ordered", "anchor": "best_start",
//                 "reentry": "after_end", "counting": "attempts", "tie_tolerance": "2s", "reuse_events": false,
//                 "stops": []}]}
//
// `funnels` are counted beside the journeys (measures/funnel_definition.h says what each word means); `policy` is one
// of measures/funnel_policies.h, and the rules beside it override it.
//
// `touchpoints` is the catalogue of who owns what (insight/owners.h); the first entry that matches says everything.
//
// What is left out has the default of the structure that it goes to. Steps, goal, exclude, scope, errors,
// support and feedback match by `events`, `channels` and `where`; all that is given must hold. Lists may be a
// single text. A value in `where` is a text, a number, true or false, a list of such, or an empty list for
// any value at all. Durations are a whole number and a unit (30m, 24h, 7d); `gap` may also be "none".
//
// `detectors` replaces the default list (detector_catalogue.h); an empty one looks for nothing. Each is a name, or an
// object with a name and thresholds, which are those of the options in the detector's header; the limit of a stall may
// also be "none". Those that `learn` do so from the log of a batch run, and are refused by a live engine. An
// excess_effort with a limit of its own learns only if told to.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/events/event_log.h"
#include "journey/friction/detector.h"
#include "journey/identity/consent.h"
#include "journey/identity/policy.h"
#include "journey/insight/feedback.h"
#include "journey/insight/owners.h"
#include "journey/journeys/definition.h"
#include "journey/measures/funnel_definition.h"

namespace journey {
inline namespace v0 {

struct Config {
  std::vector<JourneyDefinition> journeys;  // none: journeys are discovered
  Discovery discovery;
  EventClasses classes;
  IdentityPolicy identity;
  ConsentOptions consent;
  FeedbackOptions feedback;               // how answers are joined; what they are is in classes
  std::optional<DetectorList> detectors;  // none: DefaultDetectors
  std::vector<TouchpointEntry> touchpoints;
  std::vector<FunnelDefinition> funnels;
};

// Errors: InvalidArgument with the file's name, the place, what was found and what was expected:
//         journeys.json: journeys[0].steps[2].within: found "1 hour", expected a duration such as 30m, 24h,
//         7d
[[nodiscard]] absl::StatusOr<Config> ParseConfig(std::string_view json, std::string_view file_name);

// A sentence for each event name, channel and attribute that journeys and funnels ask for and that no event of the
// log has, such as a channel that is misspelt, for those of errors, support and feedback that are not looked for
// by default, and for those of touchpoints where one that some event has is close:
//         journeys[0].steps[1].channels: no event has "phnoe"; did you mean "phone"?
[[nodiscard]] std::vector<std::string> UnknownNames(const Config& config, const EventLog& log);
// The same of one event name: `no event has "pey"; did you mean "pay"?`, or nothing if some event has it.
[[nodiscard]] std::optional<std::string> UnknownEvent(std::string_view name, const EventLog& log);

}  // namespace v0
}  // namespace journey
