// Facts and changes of a live engine (live/facts.h) as JSON, one line each without a line break, so that they make
// JSON Lines:
//
//   {"fact": "session", "id": "5b3c...", "customer_key": "90ae...", "first_event": "90ae...", "events": 3, ...}
//   {"change": "inserted", "fact": {"fact": "session", ...}}
//
// Times are ISO 8601 in UTC, durations whole microseconds (keys that end in _us), ids and keys 32 hexadecimal
// digits; what is not there is null. Keys may be added in later versions of the library. No value of an identifier or
// attribute is in it.
#pragma once
#include <span>
#include <string>

#include "journey/journeys/definition.h"
#include "journey/live/facts.h"

namespace journey {
inline namespace v0 {

// Append. `definitions`: those of the engine, for the names of journeys and steps; none where they are discovered.
void WriteFactJson(const Fact& fact, std::span<const JourneyDefinition> definitions, std::string& out);
void WriteChangeJson(const Change& change, std::span<const JourneyDefinition> definitions, std::string& out);

}  // namespace v0
}  // namespace journey
