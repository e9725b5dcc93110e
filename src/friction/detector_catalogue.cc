#include "journey/friction/detector_catalogue.h"

#include "journey/friction/channel_switch.h"
#include "journey/friction/drop_off.h"
#include "journey/friction/repetition.h"

namespace journey {
inline namespace v0 {

DetectorList DefaultDetectors(const ChannelSwitchOptions& switches) {
  return {std::make_shared<DropOff>(), std::make_shared<Repetition>(),
          std::make_shared<ChannelSwitchDetector>(ChannelSwitchDetectorOptions{.rule = switches})};
}

}  // namespace v0
}  // namespace journey
