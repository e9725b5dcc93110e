#include "journey/insight/attribution_paths.h"

#include <charconv>
#include <chrono>
#include <fstream>
#include <map>
#include <sstream>

#include "journey/core/status.h"
#include "support/catch.h"

namespace journey {
namespace {

using Rows = std::vector<std::vector<std::string>>;

// A comma-separated file without quotes; nothing where it is not there.
Rows RowsOf(const std::string& name) {
  std::ifstream file(std::string(JOURNEY_SHARED_DATA "/attribution_paths/expected/snowplow_fractribution_") +
                     name + "_expected.csv");
  Rows rows;
  for (std::string line; std::getline(file, line);) {
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.pop_back();
    std::vector<std::string> row;
    std::stringstream cells(line + ",");
    for (std::string cell; std::getline(cells, cell, ',');) row.push_back(cell);
    rows.push_back(row);
  }
  if (!rows.empty()) rows.erase(rows.begin());
  return rows;
}

// "2022-06-08 21:18:32.000"
TimePoint TimeOf(const std::string& text) {
  const auto number = [&](std::size_t at, std::size_t size) {
    int value = 0;
    std::from_chars(text.data() + at, text.data() + at + size, value);
    return value;
  };
  const std::chrono::sys_days day = std::chrono::year{number(0, 4)} /
                                    std::chrono::month{static_cast<unsigned>(number(5, 2))} /
                                    std::chrono::day{static_cast<unsigned>(number(8, 2))};
  return day + std::chrono::hours{number(11, 2)} + std::chrono::minutes{number(14, 2)} +
         std::chrono::seconds{number(17, 2)};
}

// Customers and channels as numbers, by the order of their texts.
struct Published {
  std::map<std::string, std::uint32_t> customers;
  std::map<std::string, std::uint32_t> channels;
  std::vector<std::string> customer_names;
  std::vector<std::string> channel_names;
  std::vector<Touch> touches;
  std::vector<Conversion> conversions;

  [[nodiscard]] std::string TextOf(const AttributionPath& path) const {
    std::string text;
    for (const std::uint32_t channel : path.channels) {
      text += (text.empty() ? "" : " > ") + channel_names[channel];
    }
    return text;
  }
};

std::optional<Published> Load() {
  const Rows sessions = RowsOf("sessions_by_customer_id");
  if (sessions.empty()) {
    WARN("skipped: the shared attribution paths are not there");
    return std::nullopt;
  }
  Published data;
  for (const auto& row : sessions) {
    data.customers[row[0]];
    data.channels[row[2]];
  }
  for (auto& [name, number] : data.customers) {
    number = static_cast<std::uint32_t>(data.customer_names.size());
    data.customer_names.push_back(name);
  }
  for (auto& [name, number] : data.channels) {
    number = static_cast<std::uint32_t>(data.channel_names.size());
    data.channel_names.push_back(name);
  }
  for (const auto& row : sessions) {
    data.touches.push_back({{data.customers[row[0]]}, TimeOf(row[1]), data.channels[row[2]]});
  }
  for (const auto& row : RowsOf("conversions_by_customer_id")) {
    data.conversions.push_back({{data.customers[row[0]]}, TimeOf(row[1]), std::stod(row[2])});
  }
  const auto before = [](const auto& a, const auto& b) {
    return a.customer != b.customer ? a.customer < b.customer : a.time < b.time;
  };
  std::ranges::stable_sort(data.touches, before);
  std::ranges::stable_sort(data.conversions, before);
  return data;
}

void CheckPaths(const Published& data, PathTransform transform, std::size_t column) {
  const CustomerPaths built = BuildPaths(data.touches, data.conversions, {.transform = transform});
  std::map<std::string, std::string> converted;
  std::map<std::string, std::string> lost;
  for (const CustomerPath& path : built.paths) {
    auto& into = path.path.conversions == 1 ? converted : lost;
    into[data.customer_names[path.customer.value]] = data.TextOf(path.path);
  }
  std::map<std::string, std::string> expected_converted;
  std::map<std::string, std::string> expected_lost;
  for (const auto& row : RowsOf("paths_to_conversion")) expected_converted[row[0]] = row[2 + column];
  for (const auto& row : RowsOf("paths_to_non_conversion")) expected_lost[row[0]] = row[column];
  CHECK(converted.size() == 6);
  CHECK(lost.size() == 61);
  CHECK(converted == expected_converted);
  CHECK(lost == expected_lost);
  CHECK(built.touches_used + built.touches_before + built.touches_after == data.touches.size());
}

TEST_CASE("the published sessions become the published paths, and the transformed ones") {
  const auto data = Load();
  if (!data) return;
  CheckPaths(*data, PathTransform::kNone, 1);
  CheckPaths(*data, PathTransform::kCollapseRepeats, 2);
}

TEST_CASE("the published path summary comes out exactly, and the attribution to all digits that it has") {
  const auto data = Load();
  if (!data) return;
  const auto paths = SummarizePaths(
      BuildPaths(data->touches, data->conversions, {.transform = PathTransform::kCollapseRepeats}));
  std::map<std::string, std::vector<double>> ours;
  for (const AttributionPath& path : paths) {
    ours[data->TextOf(path)] = {static_cast<double>(path.conversions), static_cast<double>(path.losses),
                                path.revenue};
  }
  const Rows summary = RowsOf("path_summary");
  REQUIRE(ours.size() == summary.size());
  for (const auto& row : summary) {
    INFO(row[0]);
    REQUIRE(ours.contains(row[0]));
    CHECK(ours[row[0]][0] == std::stod(row[1]));
    CHECK(ours[row[0]][1] == std::stod(row[2]));
    CHECK(ours[row[0]][2] == Approx(row.size() > 3 && !row[3].empty() ? std::stod(row[3]) : 0.0));
  }
  // The published shares were computed from conversion rates rounded to nine decimals (those of "shapley" sum
  // to 6.00000000073 conversions); ours sum to 6.
  std::size_t compared = 0;
  for (const auto& [name, rule] :
       {std::pair<std::string, AttributionRule>("shapley", AttributionRule::kPathMarginal),
        std::pair<std::string, AttributionRule>("last_touch", AttributionRule::kLast)}) {
    const auto credits = CreditChannels(data->channel_names.size(), paths, {.rule = rule});
    REQUIRE(credits.ok());
    for (const auto& row : RowsOf("channel_attribution")) {
      if (row[5] != name) continue;
      INFO(name << " " << row[2]);
      const ChannelCredit& credit = (*credits)[data->channels.at(row[2])];
      CHECK(credit.conversions == Approx(std::stod(row[3])).margin(1e-9).epsilon(1e-11));
      CHECK(credit.revenue == Approx(std::stod(row[4])).margin(1e-9).epsilon(1e-11));
      ++compared;
    }
  }
  CHECK(compared == 12);
}

TEST_CASE(
    "the lookback is inclusive, a conversion takes touches once, and what follows the last is counted") {
  using std::chrono::days;
  const TimePoint t0 = TimePoint(days{19'000});
  const std::vector<Touch> touches{{{0}, t0, 1},
                                   {{0}, t0 + days{1}, 2},
                                   {{0}, t0 + days{30}, 3},
                                   {{0}, t0 + days{31}, 4},
                                   {{0}, t0 + days{40}, 5}};
  const std::vector<Conversion> conversions{{{0}, t0 + days{31}, 1.0}, {{0}, t0 + days{32}, 1.0}};
  const CustomerPaths built = BuildPaths(touches, conversions, {});
  REQUIRE(built.paths.size() == 1);
  CHECK(built.paths[0].path.channels == std::vector<std::uint32_t>{2, 3, 4});
  CHECK(built.touches_before == 1);
  CHECK(built.touches_after == 1);
  CHECK(built.conversions_without_touch == 1);
}

TEST_CASE("transformations and the longest path keep what they say") {
  const TimePoint t0 = TimePoint(std::chrono::days{19'000});
  std::vector<Touch> touches;
  for (const std::uint32_t channel : {1U, 1U, 2U, 1U, 3U}) {
    touches.push_back({{0}, t0 + std::chrono::hours{touches.size()}, channel});
  }
  const auto channels = [&](const AttributionPathOptions& options) {
    return BuildPaths(touches, {}, options).paths.front().path.channels;
  };
  using Channels = std::vector<std::uint32_t>;
  CHECK(channels({}) == Channels{1, 1, 2, 1, 3});
  CHECK(channels({.transform = PathTransform::kCollapseRepeats}) == Channels{1, 2, 1, 3});
  CHECK(channels({.transform = PathTransform::kFirstOfEach}) == Channels{1, 2, 3});
  CHECK(channels({.longest = 2}) == Channels{1, 3});
  CHECK(!AttributionPathOptions{.lookback = Duration{0}}.Validate().ok());
}

}  // namespace
}  // namespace journey
