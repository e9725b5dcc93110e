// From arguments to a log and a pipeline: reads the files, says on stderr what a person should know of it.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "cli/commands.h"
#include "cli/progress.h"
#include "journey/events/event_log.h"
#include "journey/io/column_map.h"
#include "journey/io/config.h"
#include "journey/pipeline/pipeline.h"

namespace journey {
inline namespace v0 {
namespace cli {

struct Session {
  EventLog log;
  Config config;
  PipelineOptions options;
  bool rows_rejected = false;  // some row is neither accepted nor a duplicate
};

// The exit code, and a session if that is kDone: kRejectedRows if there are rows, and not one was accepted or all are
// later than --as-of.
int Open(const InputArguments& arguments, std::optional<Session>& session);
// The same for who goes on to tell how far it is.
int Open(const InputArguments& arguments, std::optional<Session>& session, Progress& progress);

// The same without the events: the configuration and the options. The map, if one is given.
int Configure(const InputArguments& arguments, Session& session, std::optional<ColumnMap>& map);

// A flag's value as a duration above 0. The exit code.
int ParseDurationFlag(const char* flag, const std::string& text, std::optional<Duration>& value);

// A flag's value as a time. The exit code.
int ParseTimeFlag(const char* flag, const std::string& text, std::optional<TimePoint>& value);

// A line on stderr, made harmless.
void Say(std::string_view message);
// The guess of a map, for the person who gave none.
void SayGuess(const std::string& file, const ColumnMap& map);

// "journey: ..." on stderr; the code comes back, to be returned.
int Fail(int code, std::string_view message);

// The same for input of which nothing can be used.
int FailNothingAccepted();

// Writes a file by way of a temporary one beside it, so that a failure leaves no half of a file; "-" is
// stdout.
int WriteFile(const std::string& path, const std::function<void(std::ostream&)>& write);
// The same for a file that was asked for, if it was: says on stderr that it is written.
int WriteAsked(const std::string& path, const std::function<void(std::ostream&)>& write);

}  // namespace cli
}  // namespace v0
}  // namespace journey
