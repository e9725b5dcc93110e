// Dirty worlds for the live engine: events as in support/worlds.h with corrections of every kind among them.
#pragma once
#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "journey/core/status.h"
#include "journey/identity/graph_resolver.h"
#include "journey/live/engine.h"
#include "journey/pipeline/pipeline.h"
#include "support/dump.h"
#include "support/worlds.h"

namespace test {

// A correction about identifiers that the world's events carry.
inline Offer Correction(Random& random, const std::vector<Offer>& world, std::size_t number) {
  using enum journey::RecordKind;
  std::vector<std::pair<std::string, std::string>> known;
  for (const Offer& offer : world)
    known.insert(known.end(), offer.identifiers.begin(), offer.identifiers.end());
  if (known.empty()) known = {{"cookie", "c0"}, {"user_id", "1"}};
  static const std::vector<journey::RecordKind> kinds = {kLink,   kLink,    kUnlink,   kUnlink,  kRelink,
                                                         kLogout, kConsent, kWithdraw, kWithdraw};
  const Offer& near = random.Pick(world);
  Offer offer{.time = near.time + static_cast<std::int64_t>(random.Below(3)) * kMinute - kMinute,
              .id = "correction" + std::to_string(number),
              .source = "crm",
              .kind = random.Pick(kinds)};
  const bool pair = offer.kind == kLink || offer.kind == kUnlink || offer.kind == kRelink;
  offer.identifiers.push_back(random.Pick(known));
  if (pair) {
    // Two that differ.
    for (int i = 0; i < 20 && offer.identifiers.size() < 2; ++i) {
      const auto& other = random.Pick(known);
      if (other != offer.identifiers[0]) offer.identifiers.push_back(other);
    }
    if (offer.identifiers.size() < 2) offer.identifiers.emplace_back("device", "d" + std::to_string(number));
  } else if (random.OneIn(2) && offer.kind != kLogout) {
    offer.attributes.emplace_back("purpose", Value::Text(random.OneIn(3) ? "letters" : "analytics"));
  }
  return offer;
}

// An event of one customer on the web.
inline Offer Step(std::string id, std::int64_t minute, std::string name, std::string cookie = "a") {
  return {.time = kStart + minute * kMinute,
          .id = std::move(id),
          .source = "site",
          .channel = "web",
          .name = std::move(name),
          .identifiers = {{"cookie", std::move(cookie)}}};
}

inline std::vector<Offer> LiveWorld(std::uint64_t seed, std::size_t offers = 24) {
  Random random(seed * 6364136223846793005U + 11);
  std::vector<Offer> world = World(seed, {.offers = offers});
  if (world.empty()) return world;
  const std::size_t corrections = random.OneIn(3) ? 0 : random.Below(1 + world.size() / 3);
  for (std::size_t i = 0; i < corrections; ++i) {
    const Offer offer = Correction(random, world, i);
    world.insert(world.begin() + static_cast<std::ptrdiff_t>(random.Below(world.size() + 1)), offer);
  }
  return world;
}

inline journey::EngineOptions LiveOptions(std::uint64_t seed) {
  journey::EngineOptions options;
  options.pipeline = WorldOptions(seed);
  options.pipeline.as_of.reset();
  options.keep_changes = true;
  options.carried = {"plan", "status"};
  options.id_key = "0123456789abcdef";
  options.shards = 1 + static_cast<unsigned>(seed % 3);
  if (seed % 4 == 1) {
    options.identity.namespaces = {
        {.name_space = "cookie", .kind = journey::IdentifierKind::kDevice, .max_values = 1},
        {.name_space = "email", .exclusive = true}};
    options.identity.forget_after_logout = true;
  }
  if (seed % 4 == 2) options.identity.max_neighbours = 2;
  if (seed % 13 == 3) options.pipeline.consent.required = true;
  return options;
}

// The pipeline that the engine is to agree with.
inline journey::Pipeline BatchOf(const journey::EngineOptions& live, journey::TimePoint as_of) {
  journey::PipelineOptions options = live.pipeline;
  options.resolver = std::make_shared<journey::GraphResolver>(live.identity);
  options.as_of = as_of;
  return journey::Pipeline::Create(options).value();
}

// As long as it lives, MakeEngine makes engines that derive then. Every law holds in either mode:
//
//   const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
class InMode {
 public:
  explicit InMode(journey::Derive derive) { Current() = derive; }
  ~InMode() { Current() = journey::Derive::kAtIngest; }
  InMode(const InMode&) = delete;
  InMode& operator=(const InMode&) = delete;
  [[nodiscard]] static journey::Derive& Current() {
    static journey::Derive current = journey::Derive::kAtIngest;
    return current;
  }
};

inline std::unique_ptr<journey::Engine> MakeEngine(journey::EngineOptions options) {
  if (options.listener == nullptr) options.derive = InMode::Current();
  return journey::Engine::Create(std::move(options)).value();
}

inline journey::TimePoint At(std::int64_t micros) {
  return journey::TimePoint{journey::Duration{micros}};
}

// What the changes add up to: each fact with how often it was stated.
class Fold {
 public:
  void Add(const std::vector<journey::Change>& changes) {
    for (const journey::Change& change : changes) {
      int& count = facts_[change.fact];
      count += change.inserted ? 1 : -1;
      if (count == 0) facts_.erase(change.fact);
    }
  }
  [[nodiscard]] bool Is(const std::vector<journey::Fact>& facts) const {
    std::map<journey::Fact, int> wanted;
    for (const journey::Fact& fact : facts) ++wanted[fact];
    return wanted == facts_;
  }

 private:
  std::map<journey::Fact, int> facts_;
};

// A dump without the lines that count offers.
inline std::string DumpOfEvidence(const journey::Report& report) {
  PlainReport plain = PlainOf(report);
  plain.by_source.clear();
  plain.statuses = {};
  return TextOf(plain);
}

// What makes an offer the same event.
inline std::string KeyOf(const Offer& offer) {
  return offer.id.empty() ? offer.source + '\n' + std::to_string(*offer.sequence) : offer.id;
}

// As the policy compares it; empty where it is blocked.
inline std::pair<std::string, std::string> Compared(const journey::IdentityPolicy& policy,
                                                    const std::pair<std::string, std::string>& identifier) {
  const journey::NamespacePolicy of = policy.PolicyOf(identifier.first);
  const std::string normal = journey::Normalize(identifier.second, of.normalizer);
  if (journey::IsBlocked(normal, of)) return {};
  return {identifier.first, normal};
}

inline std::vector<std::pair<std::string, std::string>> ComparedOf(const journey::EventLog& log,
                                                                   const journey::IdentityPolicy& policy,
                                                                   journey::EventIndex row) {
  std::vector<std::pair<std::string, std::string>> list;
  for (const journey::IdentifierId id : log.identifiers(row)) {
    auto one = Compared(policy, {std::string(log.namespaces().text(log.identifier_values().tag(id.value))),
                                 std::string(log.identifier_values().text(id.value))});
    if (!one.first.empty() && std::ranges::find(list, one) == list.end()) list.push_back(std::move(one));
  }
  return list;
}

// The events that consent withholds, by the book: for each event and identifier, the latest record up to its time.
inline std::vector<journey::EventIndex> WithheldRows(const journey::EventLog& log,
                                                     const journey::EngineOptions& options) {
  using journey::EventIndex;
  using journey::RecordKind;
  const auto counts = [&](EventIndex row) {
    if (log.kind(row) != RecordKind::kConsent && log.kind(row) != RecordKind::kWithdraw) return false;
    const auto key = log.attribute_keys().Find(journey::kPurposeKey);
    const journey::AttributeRow* const purpose = key ? log.FindAttribute(row, {*key}) : nullptr;
    return purpose == nullptr || log.texts().text(purpose->text().value) == options.pipeline.consent.purpose;
  };
  std::vector<EventIndex> withheld;
  for (std::uint32_t event = 0; event < log.size(); ++event) {
    if (log.kind({event}) != RecordKind::kEvent) continue;
    bool refused = false, agreed = false;
    for (const auto& identifier : ComparedOf(log, options.identity, {event})) {
      EventIndex latest;
      for (std::uint32_t record = 0; record < log.size(); ++record) {
        if (!counts({record}) || log.time({record}) > log.time({event})) continue;
        const auto about = ComparedOf(log, options.identity, {record});
        if (std::ranges::find(about, identifier) == about.end()) continue;
        if (!latest.valid() || log.Before(latest, {record})) latest = {record};
      }
      if (!latest.valid()) continue;
      (log.kind(latest) == RecordKind::kWithdraw ? refused : agreed) = true;
    }
    if (refused || (options.pipeline.consent.required && !agreed)) withheld.push_back({event});
  }
  return withheld;
}

}  // namespace test
