// A host of the core and io: a file in memory, with a row that cannot be read, becomes a report.
#include <journey/io/reader.h>
#include <journey/journey.h>

#include <cstdio>
#include <string_view>

int main() {
  constexpr std::string_view kFile =
      "timestamp,event,channel,user_id\n"
      "2024-03-01T10:00:00Z,view,web,u1\n"
      "2024-03-01T10:05:00Z,purchase,app,u1\n"
      "yesterday,view,web,u2\n";
  journey::EventLog log;
  const auto read = journey::ReadEventsFromMemory(kFile, "events.csv", {}, log);
  if (!read.ok()) {
    std::fprintf(stderr, "%s\n", journey::MessageOf(read.status()).c_str());
    return 1;
  }
  const auto pipeline = journey::Pipeline::Create({});
  if (!pipeline.ok()) return 1;
  const journey::Report report = pipeline->Run(log);
  const bool right = read->rows == 3 && log.size() == 2 && read->problems.size() == 1 &&
                     read->problems[0].line == 4 && report.customers.size() == 1 &&
                     report.sessions.size() == 1;
  if (!right) std::fprintf(stderr, "rows, problems or customers are not what the file says\n");
  return right ? 0 : 1;
}
