// Small dirty worlds: lists of offers with everything that real feeds do wrong, from a seed. What a world
// holds depends on the seed alone, on every platform.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "journey/pipeline/options.h"
#include "support/offer.h"

namespace test {

// SplitMix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t Next() {
    std::uint64_t z = state_ += 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
  }
  // Below `bound`, which is more than 0.
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(Next() % bound); }
  bool OneIn(std::size_t n) { return Below(n) == 0; }
  template <typename T>
  const T& Pick(const std::vector<T>& from) {
    return from[Below(from.size())];
  }
  template <typename T>
  void Shuffle(std::vector<T>& items) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[Below(i)]);
  }

 private:
  std::uint64_t state_;
};

inline constexpr std::int64_t kSecond = 1'000'000;
inline constexpr std::int64_t kMinute = 60 * kSecond;
inline constexpr std::int64_t kHour = 60 * kMinute;
inline constexpr std::int64_t kDay = 24 * kHour;
inline constexpr std::int64_t kStart = 19'700 * kDay;  // a day in 2023

// How worlds differ from one another.
struct WorldShape {
  std::size_t offers = 24;  // at most
  bool dirt = true;         // offers that are rejected
  bool numbered = true;     // an offer without an id has a sequence of its own, so that arrival says nothing
};

class WorldMaker {
 public:
  WorldMaker(std::uint64_t seed, WorldShape shape) : random_(seed), shape_(shape) {}

  std::vector<Offer> Make() {
    std::vector<Offer> world;
    const std::size_t size = random_.Below(shape_.offers + 1);
    while (world.size() < size) {
      if (!world.empty() && random_.OneIn(4)) {
        world.push_back(Variation(random_.Pick(world)));
      } else {
        world.push_back(Fresh());
      }
      if (shape_.dirt && random_.OneIn(12)) Spoil(world.back());
    }
    return world;
  }

 private:
  std::int64_t SomeTime() {
    // Few distinct gaps, many of them at a limit, so that ties and exact limits are common.
    static const std::vector<std::int64_t> gaps = {
        0,     0,          0,    kSecond,  kSecond,  kMinute,      kMinute,  30 * kMinute, 30 * kMinute + 1,
        kHour, 23 * kHour, kDay, kDay + 1, 3 * kDay, 3 * kDay + 1, 7 * kDay, 7 * kDay + 1};
    if (random_.OneIn(25)) now_ = kStart + static_cast<std::int64_t>(random_.Below(40)) * kDay;
    now_ += random_.Pick(gaps);
    return now_;
  }
  Value SomeValue() {
    static const std::vector<Value> values = {
        Value::Text("error"), Value::Text("ok"),      Value::Text(""),     Value::Text("7"),
        Value::Text("7.0"),   Value::Number(7),       Value::Number(0),    Value::Number(0.5),
        Value::Boolean(true), Value::Boolean(false),  Value::Text("true"), Value::Text("\xC3\xA9"),
        Value::Number(1e300), Value::Text("<script>")};
    return random_.Pick(values);
  }
  std::pair<std::string, std::string> SomeIdentifier() {
    static const std::vector<std::string> namespaces = {"cookie", "device", "user_id", "customer_id",
                                                        "email",  "phone",  "loyalty"};
    static const std::vector<std::string> values = {"1",    "2", "3", "a@b",        "x",
                                                    "null", "",  "0", " Anonymous "};
    return {random_.Pick(namespaces), random_.Pick(values)};
  }
  Offer Fresh() {
    static const std::vector<std::string> channels = {"web", "app", "phone", "chat"};
    static const std::vector<std::string> names = {"view",     "view",   "cart", "pay",
                                                   "purchase", "cancel", "help", "=1+1"};
    static const std::vector<std::string> sources = {"", "crm", "site"};
    Offer offer{.time = SomeTime(),
                .source = random_.Pick(sources),
                .channel = random_.Pick(channels),
                .name = random_.Pick(names),
                .identifiers = {},
                .attributes = {}};
    if (random_.OneIn(2)) offer.id = "e" + std::to_string(random_.Below(300));
    if (offer.id.empty() ? shape_.numbered : random_.OneIn(2)) offer.sequence = random_.Below(100);
    if (!random_.OneIn(8))
      offer.identifiers.emplace_back("cookie", "c" + std::to_string(random_.Below(people_)));
    if (random_.OneIn(3)) {
      for (std::size_t n = random_.Below(4); n > 0; --n) offer.identifiers.push_back(SomeIdentifier());
    }
    static const std::vector<std::string> keys = {"status", "score", "plan"};
    for (std::size_t n = random_.Below(3); n > 0; --n) {
      offer.attributes.emplace_back(random_.Pick(keys), SomeValue());
    }
    return offer;
  }
  // The same again, or with the same id and something else in it.
  Offer Variation(Offer offer) {
    if (offer.id.empty() && !offer.sequence) return offer;
    switch (random_.Below(8)) {
      case 0:
        offer.time = SomeTime();
        break;
      case 1:
        offer.channel = "app";
        break;
      case 2:
        offer.name = "view";
        break;
      case 3:
        offer.identifiers.push_back(SomeIdentifier());
        break;
      case 4:
        offer.attributes.emplace_back("status", SomeValue());
        break;
      case 5:
        if (!offer.id.empty()) offer.source = "site";
        break;
      case 6:
        if (!offer.id.empty()) offer.sequence = random_.Below(12);
        break;
      default:
        break;
    }
    if (offer.identifiers.size() > journey::kMaxIdentifiers)
      offer.identifiers.resize(journey::kMaxIdentifiers);
    return offer;
  }
  // One thing that gets an offer rejected, whatever else is offered.
  void Spoil(Offer& offer) {
    switch (random_.Below(10)) {
      case 0:
        offer.time = -1;
        break;
      case 1:
        offer.time = journey::kMaxTime.time_since_epoch().count();
        break;
      case 2:
        offer.channel = "\xFF";
        break;
      case 3:
        offer.name = "";
        break;
      case 4:
        offer.name = std::string("nul\0byte", 8);
        break;
      case 5:
        offer.identifiers.assign(journey::kMaxIdentifiers + 1, {"device", "d"});
        break;
      case 6:
        offer.id = std::string(257, 'i');
        break;
      case 7:
        offer.identifiers = {{"device", std::string(513, 'd')}};
        break;
      case 8:
        offer.attributes = {{"k", Value::Number(1e308 * 10)}};
        break;
      default:
        offer.attributes = {{"", Value::Text("v")}};
        break;
    }
  }

  Random random_;
  WorldShape shape_;
  std::size_t people_ = 1 + random_.Below(3);
  std::int64_t now_ = kStart;
};

inline std::vector<Offer> World(std::uint64_t seed, WorldShape shape = {}) {
  return WorldMaker(seed, shape).Make();
}

// The definitions and options that go with the worlds.
inline journey::JourneyDefinition Checkout() {
  return {.name = "checkout",
          .steps = {{"view", {"view"}},
                    {.name = "cart", .match = {"cart"}, .optional = true},
                    {.name = "pay", .match = {"pay"}, .within = std::chrono::days{3}}},
          .goal = {"purchase"},
          .abandon_after = std::chrono::days{7},
          .window = std::chrono::days{20},
          .exclude = {"cancel"}};
}

inline journey::JourneyDefinition HelpInTheApp() {
  return {.name = "help",
          .steps = {{"ask", {.events = {"help", "view"}, .channels = {"chat", "app"}}},
                    {"answer", {.where = {{"status", {"ok", "7"}}}}}},
          .abandon_after = std::chrono::hours{24},
          .scope = {.channels = {"chat", "app"}}};
}

inline journey::PipelineOptions WorldOptions(std::uint64_t seed) {
  journey::PipelineOptions options;
  switch (seed % 5) {
    case 0:
      options.journeys = {Checkout(), HelpInTheApp()};
      break;
    case 1:
      options.journeys = {Checkout()};
      options.sessions.max_length = std::chrono::minutes{20};
      break;
    case 2:
      options.discovery.gap = std::chrono::hours{24};
      break;
    case 3:
      options.discovery.goal = {"purchase"};
      options.discovery.gap = std::chrono::days{3};
      break;
    default:
      options.discovery.gap = std::nullopt;
      options.switches.stall = std::chrono::hours{1};
      break;
  }
  if (seed % 7 == 0) options.as_of = journey::TimePoint{journey::Duration{kStart + 10 * kDay}};
  if (seed % 11 == 0) options.as_of = journey::TimePoint{journey::Duration{kStart + 400 * kDay}};
  return options;
}

}  // namespace test
