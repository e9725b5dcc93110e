// Erasure: afterwards all is as if what was erased had never been offered, but that it cannot come again.
#include <set>

#include "journey/identity/identity_graph.h"
#include "journey/io/json_writer.h"
#include "live/live_worlds.h"
#include "support/catch.h"

namespace {

using journey::AdmissionStatus;
using journey::Engine;
using journey::EngineOptions;
using journey::EventIndex;
using journey::EventLog;
using journey::RecordKind;
using journey::TimePoint;
using test::Offer;
using test::Random;
using Named = std::pair<std::string, std::string>;

// What an erasure is to take out, by its contract, from a log that nobody works on.
struct Erasure {
  std::set<Named> own;         // identifiers, as compared
  std::set<std::string> keys;  // of offers
  std::uint64_t events = 0;
};

// Of each row of a log of these offers, the key of the offer that is in it.
std::vector<std::string> KeysOf(const std::vector<Offer>& offers, EventLog& log) {
  std::vector<std::string> keys;
  for (const Offer& offer : offers) {
    const std::size_t size = log.size();
    log.Append(AsEvent(offer));
    if (log.size() > size) keys.push_back(KeyOf(offer));
  }
  return keys;
}

Erasure WhatToErase(const std::vector<Offer>& offers, const EngineOptions& options, const Named& who,
                    TimePoint until) {
  Erasure erasure;
  const Named wanted = test::Compared(options.identity, who);
  if (wanted.first.empty()) return erasure;
  EventLog log;
  const std::vector<std::string> keys = KeysOf(offers, log);
  const std::vector<EventIndex> withheld = test::WithheldRows(log, options);
  std::set<std::uint32_t> withheld_rows;
  for (const EventIndex row : withheld) withheld_rows.insert(row.value);
  std::vector<std::uint32_t> row_of_used;
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    if (!withheld_rows.contains(row)) row_of_used.push_back(row);
  }
  const EventLog evidence = log.Without(withheld, AdmissionStatus::kNoConsent);
  const journey::IdentityGraph graph = journey::IdentityGraph::Build(evidence, options.identity);
  const auto& labels = graph.resolution().labels;
  std::optional<std::uint32_t> label;
  bool known = false, shared = false;
  for (std::uint32_t row = 0; row < evidence.size(); ++row) {
    const RecordKind kind = evidence.kind({row});
    if (kind != RecordKind::kEvent && kind != RecordKind::kLink && kind != RecordKind::kLogout) continue;
    const std::vector<Named> on_row = test::ComparedOf(evidence, options.identity, {row});
    if (std::ranges::find(on_row, wanted) == on_row.end()) continue;
    known = true;
    for (const auto& one : graph.IdentifiersOf(labels[row]))
      shared |= one.shared && Named{one.identifier.name_space, one.identifier.value} == wanted;
  }
  // A key that several share, or that was seen with too many, stands for nobody.
  for (const auto& key : graph.Keys()) {
    if (known && !shared && Named{key.name_space, key.value} == wanted) label = key.label;
  }
  if (!known) erasure.own = {wanted};
  if (label) {
    for (const auto& key : graph.Keys()) {
      if (key.label == *label) erasure.own.insert({std::string(key.name_space), std::string(key.value)});
    }
  }
  std::set<std::uint32_t> in_cell;
  for (std::uint32_t row = 0; row < evidence.size(); ++row) {
    if (label && evidence.kind({row}) == RecordKind::kEvent && labels[row] == *label)
      in_cell.insert(row_of_used[row]);
  }
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    if (log.time({row}) > until) continue;
    const std::vector<Named> on_row = test::ComparedOf(log, options.identity, {row});
    const bool is_own = std::ranges::any_of(
        on_row, [&](const Named& identifier) { return erasure.own.contains(identifier); });
    const bool loose = log.kind({row}) != RecordKind::kEvent || withheld_rows.contains(row);
    if (!in_cell.contains(row) && !(loose && is_own)) continue;
    erasure.keys.insert(keys[row]);
    erasure.events += log.kind({row}) == RecordKind::kEvent;
  }
  return erasure;
}

bool IsValid(const Offer& offer) {
  EventLog log;
  return log.Append(AsEvent(offer)).accepted();
}

// The engine's state against a batch run over what is left, and its counts.
void CheckState(const Engine& engine, test::Fold& fold, const std::vector<Offer>& left, std::uint64_t erased,
                const std::string& where) {
  const EventLog log = test::LogOf(left);
  const journey::Report live = engine.Report();
  const journey::Report batch = test::BatchOf(engine.options(), engine.as_of()).Run(log);
  const std::string a = test::DumpOfEvidence(live), b = test::DumpOfEvidence(batch);
  if (a != b) FAIL(where << ": " << test::FirstDifference(a, b));
  if (engine.Facts() != FactsOf(batch, log)) FAIL(where << ": other facts");
  if (!fold.Is(engine.Facts())) FAIL(where << ": the changes add up to other facts");
  journey::AdmissionCounts expected = batch.input.statuses;
  expected[AdmissionStatus::kErased] += erased;
  if (live.input.statuses != expected)
    FAIL(where << ": statuses" << test::TextOf(live.input.statuses) << " <>" << test::TextOf(expected));
}

struct Remembered {
  std::size_t erasures = 0, erased = 0, kept = 0, by_identifier = 0;
};

void EraseInWorld(std::uint64_t seed, std::size_t offers, Remembered& seen) {
  const std::vector<Offer> world = test::LiveWorld(seed, offers);
  EngineOptions options = test::LiveOptions(seed);
  const auto engine = test::MakeEngine(options);
  test::Fold fold;
  Random random(seed + 77);
  std::vector<Offer> left;
  std::uint64_t erased = 0;
  std::vector<Named> all;
  for (const Offer& offer : world) {
    left.push_back(offer);
    engine->Ingest(AsEvent(offer));
    all.insert(all.end(), offer.identifiers.begin(), offer.identifiers.end());
  }
  if (all.empty()) return;
  std::set<std::string> buried;
  std::map<Named, TimePoint> tombstones;
  for (int round = 0; round < 2; ++round) {
    const Named who = random.Pick(all);
    const TimePoint until =
        random.OneIn(3) ? test::At(random.Pick(world).time) : test::At(test::kStart + 400 * test::kDay);
    const Erasure erasure = WhatToErase(left, options, who, until);
    std::vector<Offer> remaining;
    for (const Offer& offer : left) {
      if (IsValid(offer) && erasure.keys.contains(KeyOf(offer)))
        ++erased;
      else
        remaining.push_back(offer);
    }
    const std::uint64_t events = engine->Erase(who.first, who.second, until);
    const std::string where =
        "world " + std::to_string(seed) + ", erasure " + std::to_string(round) + " of " + who.first;
    if (events != erasure.events) FAIL(where << ": " << events << " events erased, not " << erasure.events);
    fold.Add(engine->TakeChanges());
    CheckState(*engine, fold, remaining, erased, where);
    ++seen.erasures;
    seen.erased += erasure.keys.size();
    seen.kept += remaining.size();
    left = std::move(remaining);
    buried.insert(erasure.keys.begin(), erasure.keys.end());
    for (const Named& own : erasure.own) {
      const auto [entry, fresh] = tombstones.try_emplace(own, until);
      if (!fresh) entry->second = std::max(entry->second, until);
    }
  }
  // The whole log again: what was erased is refused, everything else is known.
  const std::string before = test::DumpOfEvidence(engine->Report());
  EventLog twin = test::LogOf(left);
  for (const Offer& offer : world) {
    const AdmissionStatus status = engine->Ingest(AsEvent(offer)).status;
    const bool same_id = buried.contains(KeyOf(offer));
    if (same_id && IsValid(offer)) REQUIRE(status == AdmissionStatus::kErased);
    if (same_id && status == AdmissionStatus::kErased) continue;
    if (status == AdmissionStatus::kErased) {
      // It is another customer's, but carries what was the erased one's.
      REQUIRE(std::ranges::any_of(offer.identifiers, [&](const Named& identifier) {
        return tombstones.contains(test::Compared(options.identity, identifier));
      }));
      ++seen.by_identifier;
      continue;
    }
    REQUIRE(status == twin.Append(AsEvent(offer)).status);
  }
  const std::string after = test::DumpOfEvidence(engine->Report());
  if (before != after)
    FAIL("world " << seed << ": the replay changed " << test::FirstDifference(before, after));
  REQUIRE(engine->statistics().statuses.offered() == 2 * world.size());
  // What nobody has offered before, of an erased identifier alone: up to its time it is refused, afterwards not.
  for (const auto& [identifier, until] : tombstones) {
    journey::Event event{.time = until,
                         .source = "another",
                         .channel = "web",
                         .name = "view",
                         .identifiers = {{identifier.first, identifier.second}}};
    REQUIRE(engine->Ingest(event).status == AdmissionStatus::kErased);
    event.time = until + std::chrono::microseconds{1};
    REQUIRE(engine->Ingest(event).status != AdmissionStatus::kErased);
  }
}

}  // namespace

TEST_CASE("after an erasure all is as if it had never been offered, and a replay answers erased") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  Remembered seen;
  for (std::uint64_t seed = 1; seed <= 250; ++seed) EraseInWorld(seed, 24, seen);
  WARN(seen.erasures << " erasures of " << seen.erased << " records, " << seen.kept << " kept, "
                     << seen.by_identifier << " copies refused by identifier alone");
  REQUIRE(seen.erased > seen.erasures);
}

// Whoever asks to be erased may have left nothing yet but what a source holds back.
TEST_CASE(
    "who is erased before the first of their events came is refused up to that time, alone and in spans") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  const bool spans = GENERATE(false, true);
  const auto engine = test::MakeEngine(EngineOptions{});
  const TimePoint until = test::At(test::kStart + 100 * test::kSecond);
  REQUIRE(engine->Erase("cookie", "nobody-yet", until) == 0);
  const auto event_of = [](const char* cookie, std::int64_t second) {
    return journey::Event{.time = test::At(test::kStart + second * test::kSecond),
                          .channel = "web",
                          .name = "view",
                          .identifiers = {{"cookie", cookie}}};
  };
  const std::vector<journey::Event> events = {event_of("nobody-yet", 0), event_of("nobody-yet", 100),
                                              event_of("nobody-yet", 101), event_of("somebody", 50)};
  std::vector<journey::Admission> answers;
  if (spans) {
    engine->Ingest(events, &answers);
  } else {
    for (const journey::Event& event : events) answers.push_back(engine->Ingest(event));
  }
  REQUIRE(answers[0].status == AdmissionStatus::kErased);
  REQUIRE(answers[1].status == AdmissionStatus::kErased);
  REQUIRE(answers[2].accepted());
  REQUIRE(answers[3].accepted());
  REQUIRE(engine->statistics().customers == 2);
}

TEST_CASE("erasures in thousands of worlds leave what was never theirs", "[.long]") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  Remembered seen;
  for (std::uint64_t seed = 10'000; seed < 14'000; ++seed) EraseInWorld(seed, 24 + seed % 40, seen);
}
