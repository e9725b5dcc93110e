// --truth: who did which event, from a file of its own.
//
// CSV with the columns event_id and person, or JSON Lines of objects with event_id and person, such as
// `journey simulate --truth` writes; lines about something else are passed over. Also with .gz.
#pragma once
#include <string>

#include "journey/events/event_log.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {
namespace cli {

// Sets report.identity.agreement. The answer is the exit code.
int CompareWithTruth(const std::string& path, const EventLog& log, Report& report);

}  // namespace cli
}  // namespace v0
}  // namespace journey
