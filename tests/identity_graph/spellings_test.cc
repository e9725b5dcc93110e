// Values that sources spell differently: normalised, they are one identifier, whichever spelling came first.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "identity/evidence.h"
#include "identity_graph/support.h"
#include "journey/identity/incremental_graph.h"
#include "support/catch.h"
#include "support/worlds.h"

namespace {

using journey::EventLog;
using journey::IdentityGraph;
using journey::IdentityPolicy;
using Named = std::pair<std::string, std::string>;

void Add(EventLog& log, std::uint32_t number, const Named& identifier) {
  journey::Event event{.time = journey::TimePoint{std::chrono::seconds{1'700'000'000 + number}},
                       .sequence = number,
                       .source = "test",
                       .channel = "web",
                       .name = "view",
                       .identifiers = {},
                       .attributes = {}};
  event.identifiers.push_back({identifier.first, identifier.second});
  log.Append(event);
}

}  // namespace

TEST_CASE("a value needs no other spelling exactly where normalising leaves it as it is") {
  test::Random random(5);
  constexpr std::string_view kLetters = " \taZ09+";
  for (int round = 0; round < 20'000; ++round) {
    std::string value;
    for (std::size_t size = random.Below(6); size > 0; --size)
      value += kLetters[random.Below(kLetters.size())];
    for (const auto normalizer : {journey::Normalizer::kNone, journey::Normalizer::kTrim,
                                  journey::Normalizer::kLower, journey::Normalizer::kDigits}) {
      const bool same = journey::Normalize(value, normalizer) == value;
      if (journey::internal::IsNormal(value, normalizer) != same) FAIL("\"" << value << "\"");
    }
  }
}

TEST_CASE("spellings of one value are one identifier in any order, whichever of them are there") {
  // Of digits, 000049 is 0049, which is not the value that is spelt so: that is 49.
  const std::vector<Named> spellings{{"email", "a@x"},    {"email", "A@x "},   {"email", " a@X"},
                                     {"phone", "49"},     {"phone", "+49"},    {"phone", "0049"},
                                     {"phone", "000049"}, {"phone", "00 0049"}};
  const std::vector<int> same{0, 0, 0, 1, 1, 1, 2, 2};
  test::Random random(6);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<std::size_t> order;
    for (std::size_t i = 0; i < spellings.size(); ++i) {
      if (random.Below(4) != 0) order.push_back(i);
    }
    random.Shuffle(order);
    EventLog log;
    journey::IncrementalGraph incremental(log, IdentityPolicy{});
    for (std::uint32_t place = 0; place < order.size(); ++place) {
      Add(log, place, spellings[order[place]]);
      incremental.Add({place});
    }
    const auto graph = IdentityGraph::Build(log, {});
    const auto& labels = graph.resolution().labels;
    for (std::uint32_t a = 0; a < order.size(); ++a) {
      for (std::uint32_t b = 0; b < order.size(); ++b) {
        const bool one = same[order[a]] == same[order[b]];
        REQUIRE((labels[a] == labels[b]) == one);
        REQUIRE((incremental.LabelOf({a}) == incremental.LabelOf({b})) == one);
      }
    }
  }
}
