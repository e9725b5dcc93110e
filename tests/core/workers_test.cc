#include "core/workers.h"

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include "support/catch.h"

using journey::internal::Workers;

TEST_CASE("every worker does its part once a round, round after round") {
  for (const unsigned count : {1U, 2U, 5U}) {
    Workers workers(count);
    std::vector<int> done(count);
    for (int round = 1; round <= 200; ++round) {
      workers.Run([&](unsigned part) { ++done[part]; });
      REQUIRE(done == std::vector<int>(count, round));
    }
  }
}

TEST_CASE("what a part throws comes to the caller when all are done, and the workers go on") {
  Workers workers(3);
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> done{0};
    std::string told;
    try {
      workers.Run([&](unsigned part) {
        ++done;
        if (part >= 1) throw std::runtime_error(std::to_string(part));
      });
    } catch (const std::runtime_error& error) {
      told = error.what();
    }
    REQUIRE(told == "1");
    REQUIRE(done == 3);
    workers.Run([&](unsigned) { ++done; });
    REQUIRE(done == 6);
  }
}

TEST_CASE("parts are cut at steps, and together they are all") {
  for (std::size_t size = 0; size < 200; size += 7) {
    for (const unsigned parts : {1U, 2U, 3U, 8U}) {
      std::size_t at = 0;
      for (unsigned part = 0; part < parts; ++part) {
        const auto range = Workers::PartOf(size, part, parts, 16);
        REQUIRE(range.begin == at);
        REQUIRE(range.end >= range.begin);
        if (part + 1 < parts) REQUIRE(range.end % 16 == 0);
        at = range.end;
      }
      REQUIRE(at == size);
    }
  }
}
