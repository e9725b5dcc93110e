// PipelineOptions: all that a run is told, as data.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/core/time.h"
#include "journey/friction/detector.h"
#include "journey/identity/consent.h"
#include "journey/identity/resolver.h"
#include "journey/journeys/channel_switches.h"
#include "journey/journeys/definition.h"
#include "journey/sessions/sessionizer.h"

namespace journey {
inline namespace v0 {

struct PipelineOptions {
  std::vector<JourneyDefinition> journeys = {};  // none: journeys are discovered
  Discovery discovery = {};
  EventClasses classes = {};  // what an error, support and feedback is
  SessionOptions sessions = {};
  ChannelSwitchOptions switches = {};                     // when a switch of channel counts as forced
  ConsentOptions consent = {};                            // which events may be used at all
  std::shared_ptr<const IdentityResolver> resolver = {};  // none: a GraphResolver with its defaults
  std::optional<DetectorList> detectors = {};             // none: DefaultDetectors(switches)
  std::optional<TimePoint> as_of = {};                    // none: the time of the last accepted event
  unsigned threads = 1;                                   // 1 to 256; the result does not depend on it

  // InvalidArgument that names field, value and what is allowed.
  [[nodiscard]] absl::Status Validate() const;
};

}  // namespace v0
}  // namespace journey
