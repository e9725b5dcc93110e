#include "journey/friction/detector_catalogue.h"

#include "journey/friction/backtrack.h"
#include "journey/friction/channel_switch.h"
#include "journey/friction/contact_after_abandonment.h"
#include "journey/friction/drop_off.h"
#include "journey/friction/error_loop.h"
#include "journey/friction/error_met.h"
#include "journey/friction/loop.h"
#include "journey/friction/lost_progress.h"
#include "journey/friction/rapid_repeat.h"
#include "journey/friction/repeated_entry.h"
#include "journey/friction/repetition.h"
#include "journey/friction/stall.h"
#include "journey/friction/support_contact.h"

namespace journey {
inline namespace v0 {

DetectorList DefaultDetectors(const ChannelSwitchOptions& switches) {
  return {std::make_shared<DropOff>(),
          std::make_shared<Repetition>(),
          std::make_shared<ChannelSwitchDetector>(ChannelSwitchDetectorOptions{.rule = switches}),
          std::make_shared<Stall>(StallOptions{.limit = switches.stall}),
          std::make_shared<Backtrack>(),
          std::make_shared<Loop>(),
          std::make_shared<ErrorLoop>(),
          std::make_shared<RapidRepeat>(),
          std::make_shared<ContactAfterAbandonment>(),
          std::make_shared<LostProgress>(),
          std::make_shared<RepeatedEntry>(),
          std::make_shared<ErrorMet>(),
          std::make_shared<SupportContact>()};
}

}  // namespace v0
}  // namespace journey
