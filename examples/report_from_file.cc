// A report from a file: read events and a configuration, run the pipeline, write the report as text and as a
// page.
#include <journey/io/config.h>
#include <journey/io/reader.h>
#include <journey/io/text_writer.h>
#include <journey/journey.h>

#include <cstdio>
#include <iostream>

namespace {

int Fail(const journey::Status& status) {
  std::fprintf(stderr, "%s\n", journey::MessageOf(status).c_str());
  return 1;
}

}  // namespace

int main() {
  const auto text = journey::ReadTextFile("data/journeys.json");
  if (!text.ok()) return Fail(text.status());
  const auto config = journey::ParseConfig(*text, "data/journeys.json");
  if (!config.ok()) return Fail(config.status());

  journey::EventLog log;
  const auto read =
      journey::ReadEvents("data/events.csv", {}, log);  // the columns are guessed from the header
  if (!read.ok()) return Fail(read.status());
  for (const journey::ReadProblem& problem : read->problems) std::printf("%s\n", Describe(problem).c_str());

  const auto pipeline = journey::Pipeline::Create(
      {.journeys = config->journeys, .discovery = config->discovery, .classes = config->classes});
  if (!pipeline.ok()) return Fail(pipeline.status());
  journey::WriteText(pipeline->Run(log), std::cout, {.rows = 5});
}
