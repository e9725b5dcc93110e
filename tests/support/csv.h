// The plain lines of a CSV file without quotes, for the data that a developer may have beside the checkout.
#pragma once
#include <fstream>
#include <string>
#include <vector>

#include "journey/core/time.h"

namespace test {

using CsvRow = std::vector<std::string>;

// The rows behind the header; empty if there is no such file.
inline std::vector<CsvRow> ReadPlainCsv(const std::string& path) {
  std::ifstream in(path);
  std::vector<CsvRow> rows;
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    CsvRow row(1);
    for (const char c : line) {
      if (c == ',')
        row.emplace_back();
      else if (c != '\r')
        row.back() += c;
    }
    rows.push_back(row);
  }
  return rows;
}

// "2024-03-13 10:21:14" or with T and Z, in UTC.
inline journey::TimePoint TimeOf(const std::string& text) {
  const auto part = [&](std::size_t at, std::size_t size) { return std::stoi(text.substr(at, size)); };
  const std::chrono::year_month_day date{std::chrono::year{part(0, 4)},
                                         std::chrono::month{static_cast<unsigned>(part(5, 2))},
                                         std::chrono::day{static_cast<unsigned>(part(8, 2))}};
  return std::chrono::sys_days{date} + std::chrono::hours{part(11, 2)} + std::chrono::minutes{part(14, 2)} +
         std::chrono::seconds{part(17, 2)};
}

}  // namespace test
