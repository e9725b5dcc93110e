// Maps and configurations: either an error that names the file, or something that validates and is written
// back.
#include <string_view>

#include "fuzz_target.h"
#include "journey/core/status.h"
#include "journey/io/column_map.h"
#include "journey/io/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace journey;  // NOLINT
  const std::string_view json(reinterpret_cast<const char*>(data), size);
  const StatusOr<ColumnMap> map = ParseColumnMap(json, "fuzz.json");
  if (map.ok()) {
    FUZZ_CHECK(map->Validate().ok());
    FUZZ_CHECK(!Describe(*map).empty());
    const StatusOr<ColumnMap> back = ParseColumnMap(ToJson(*map), "back.json");
    FUZZ_CHECK(back.ok() && *back == *map);
  } else {
    FUZZ_CHECK(MessageOf(map.status()).starts_with("fuzz.json: "));
  }
  const StatusOr<Config> config = ParseConfig(json, "fuzz.json");
  if (config.ok()) {
    for (const JourneyDefinition& journey : config->journeys) FUZZ_CHECK(journey.Validate().ok());
    EventLog log;
    static_cast<void>(UnknownNames(*config, log));
  } else {
    FUZZ_CHECK(MessageOf(config.status()).starts_with("fuzz.json: "));
  }
  return 0;
}
