// The files of csv-spectrum, record by record.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "io/csv_record.h"
#include "support/catch.h"

using namespace journey;  // NOLINT

TEST_CASE("the csv-spectrum files are read as their JSON says") {
  const std::filesystem::path folder = std::filesystem::path(JOURNEY_SHARED_DATA) / "csv_spectrum";
  if (!std::filesystem::exists(folder)) {
    WARN("csv_spectrum is not here; skipped");
    return;
  }
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "csvs")) {
    INFO(entry.path());
    std::ifstream in(entry.path(), std::ios::binary);
    std::string csv((std::istreambuf_iterator<char>(in)), {});
    std::ifstream expected_in(folder / "json" / (entry.path().stem().string() + ".json"));
    nlohmann::json expected = nlohmann::json::parse(expected_in, nullptr, false);
    if (expected.is_object()) expected = nlohmann::json::array({expected});
    REQUIRE(expected.is_array());
    nlohmann::json found = nlohmann::json::array();
    internal::CsvRecord record(',', '\n');
    std::vector<std::string> header;
    std::size_t begin = 0;
    while (begin < csv.size()) {
      std::size_t next = csv.find('\n', begin);
      next = next == std::string::npos ? csv.size() : next + 1;
      std::size_t end = next;
      while (end > begin && (csv[end - 1] == '\n' || csv[end - 1] == '\r')) --end;
      const auto state = record.Feed(std::string_view(csv).substr(begin, end - begin),
                                     std::string_view(csv).substr(end, next - end));
      begin = next;
      if (state == internal::CsvRecord::State::kOpen) continue;
      REQUIRE(state == internal::CsvRecord::State::kComplete);
      if (header.empty()) {
        header.assign(record.fields().begin(), record.fields().end());
        continue;
      }
      nlohmann::json row = nlohmann::json::object();
      REQUIRE(record.fields().size() == header.size());
      for (std::size_t c = 0; c < header.size(); ++c) row[header[c]] = std::string(record.fields()[c]);
      found.push_back(row);
    }
    ++files;
    // The JSON of this one has another telephone number than its CSV.
    if (entry.path().stem() == "location_coordinates") {
      CHECK(found[0]["Contact Phone Number"] == "2095257564");
      expected[0]["Contact Phone Number"] = "2095257564";
    }
    CHECK(found == expected);
  }
  CHECK(files == 12);
}
