// What a reader finds, and by what: against contexts made naively from the batch report.
#include <charconv>
#include <cmath>
#include <set>

#include "journey/identity/customer_ids.h"
#include "journey/identity/identity_graph.h"
#include "live/live_worlds.h"
#include "support/catch.h"

namespace {

using journey::ContextRecord;
using journey::CustomerContext;
using journey::CustomerId;
using journey::Engine;
using journey::EngineOptions;
using journey::EventIndex;
using journey::EventLog;
using journey::EventRow;
using journey::JourneyRow;
using journey::Outcome;
using journey::Report;
using test::Offer;
using Named = std::pair<std::string, std::string>;

// All that is known of the evidence, by the batch.
struct Batch {
  Batch(const EngineOptions& options, const EventLog& all, journey::TimePoint as_of)
      : log(all),
        report(test::BatchOf(options, as_of).Run(log)),
        evidence(log.Without(test::WithheldRows(log, options), journey::AdmissionStatus::kNoConsent)),
        graph(journey::IdentityGraph::Build(evidence, options.identity)),
        ids(journey::CustomerIds::Build(graph, options.id_key).value()) {
    for (std::uint32_t c = 0; c < report.timeline.customers(); ++c) {
      for (const EventRow& row : report.timeline.of({c})) customer_of[row.event.value] = c;
    }
    std::map<journey::EventKey, std::uint32_t> customer_of_key;
    for (const auto& [row, customer] : customer_of) customer_of_key[log.key({row})] = customer;
    for (std::uint32_t row = 0; row < evidence.size(); ++row) {
      const auto found = customer_of_key.find(evidence.key({row}));
      if (found != customer_of_key.end()) customer_of_label[graph.resolution().labels[row]] = found->second;
    }
    for (const auto& [label, customer] : customer_of_label) label_of_customer[customer] = label;
  }

  const EventLog& log;
  Report report;
  EventLog evidence;
  journey::IdentityGraph graph;
  journey::CustomerIds ids;
  std::map<std::uint32_t, std::uint32_t> customer_of;        // by row of the log
  std::map<std::uint32_t, std::uint32_t> customer_of_label;  // of the graph
  std::map<std::uint32_t, std::uint32_t> label_of_customer;
};

// Whom an identifier is to find: its customer, or of one that several share the last event's.
std::optional<std::uint32_t> Wanted(const Batch& batch, const EngineOptions& options, const Named& compared) {
  for (const auto& key : batch.graph.Keys()) {
    if (Named{key.name_space, key.value} != compared) continue;
    if (const auto found = batch.customer_of_label.find(key.label); found != batch.customer_of_label.end())
      return found->second;
  }
  EventIndex last;
  for (const auto& [row, customer] : batch.customer_of) {
    const auto on_row = test::ComparedOf(batch.log, options.identity, {row});
    if (std::ranges::find(on_row, compared) == on_row.end()) continue;
    if (!last.valid() || batch.log.Before(last, {row})) last = {row};
  }
  if (!last.valid()) return std::nullopt;
  // One that is not shared, but was refused to be this customer's, is nobody's.
  const std::uint32_t customer = batch.customer_of.at(last.value);
  for (const auto& one : batch.graph.IdentifiersOf(batch.label_of_customer.at(customer))) {
    if (one.shared && Named{one.identifier.name_space, one.identifier.value} == compared) return customer;
  }
  return std::nullopt;
}

std::string Said(const EventLog& log, EventIndex row, std::string_view key) {
  const auto id = log.attribute_keys().Find(key);
  const journey::AttributeRow* const found = id ? log.FindAttribute(row, {*id}) : nullptr;
  if (found == nullptr) return "\x01none";
  std::array<char, 32> room;
  switch (found->kind) {
    case journey::AttributeValue::Kind::kText:
      return std::string(log.texts().text(found->text().value));
    case journey::AttributeValue::Kind::kNumber:
      return std::string(TextOf(journey::AttributeValue(found->number()), room));
    case journey::AttributeValue::Kind::kBoolean:
      return found->boolean() ? "true" : "false";
  }
  return {};
}

void CheckLists(const Batch& batch, const EngineOptions& options, CustomerId id,
                const CustomerContext& context) {
  const auto events = batch.report.timeline.of(id);
  const journey::TouchpointCatalog& catalog = batch.report.touchpoints;
  std::map<std::string, std::tuple<journey::TimePoint, std::string, std::uint64_t>> channels;
  std::set<Named> identifiers;
  std::map<std::string, std::pair<std::string, journey::TimePoint>> given;
  std::uint64_t scores = 0;
  double score = 0;
  const journey::EventClassifier classifier(batch.log, catalog, options.pipeline.journeys,
                                            options.pipeline.discovery, options.pipeline.classes);
  for (const EventRow& row : events) {  // the last one counts
    auto& [time, name, count] = channels[std::string(catalog.channel_text(row.touchpoint))];
    time = row.time;
    name = catalog.name_text(row.touchpoint);
    ++count;
    for (Named& one : test::ComparedOf(batch.log, options.identity, row.event))
      identifiers.insert(std::move(one));
    for (const std::string& key : options.carried) {
      if (const std::string value = Said(batch.log, row.event, key); value != "\x01none")
        given[key] = {value, row.time};
    }
    if (!classifier.IsFeedback(row)) continue;
    const std::string value = Said(batch.log, row.event, options.pipeline.classes.feedback_score);
    double number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc{} || end != value.data() + value.size() || !std::isfinite(number)) continue;
    ++scores;
    score = number;
  }
  REQUIRE(context.channels.size() == channels.size());
  for (const journey::ContextChannel& channel : context.channels) {
    const auto& [time, name, count] = channels.at(std::string(channel.channel));
    REQUIRE(channel.last == time);
    REQUIRE(channel.name == name);
    REQUIRE(channel.events == count);
  }
  REQUIRE(context.preferred_channel == PreferredChannelOf(context.channels));
  REQUIRE(context.identifiers_total == identifiers.size());
  for (const journey::ContextIdentifier& one : context.identifiers)
    REQUIRE(identifiers.contains({std::string(one.name_space), std::string(one.value)}));
  REQUIRE(context.given_total == given.size());
  for (const journey::ContextGiven& one : context.given) {
    REQUIRE(given.at(std::string(one.key)).first == one.value);
    REQUIRE(given.at(std::string(one.key)).second == one.time);
  }
  REQUIRE(context.scores == scores);
  if (scores != 0) REQUIRE(context.score.value == score);
}

void CheckJourneys(const Batch& batch, const EngineOptions& options, CustomerId id,
                   const CustomerContext& context) {
  const Report& report = batch.report;
  std::array<std::uint64_t, journey::kOutcomes> outcomes{};
  std::vector<std::pair<journey::TimePoint, std::string>> open, found;
  for (const JourneyRow& row : report.journeys_of(id)) {
    ++outcomes[static_cast<std::size_t>(row.outcome)];
    if (row.outcome != Outcome::kOpen) continue;
    std::string text =
        report.journey_summaries[row.definition.value].definition + " steps " +
        std::to_string(row.steps_reached) + " pauses " + std::to_string(row.pauses) + " in " +
        std::string(report.touchpoints.channel_text(report.event_of(row, row.events() - 1).touchpoint));
    if (!options.pipeline.journeys.empty()) {
      const journey::JourneyDefinition& definition = options.pipeline.journeys[row.definition.value];
      std::uint32_t required = 0, reached = 0;
      std::string done, next;
      bool looking = true;
      for (std::size_t k = 0; k < definition.steps.size(); ++k) {
        const bool here = report.journeys.steps[row.steps_begin + k] != journey::kNotReached;
        if (here) done += definition.steps[k].name + ",";
        required += !definition.steps[k].optional;
        reached += here && !definition.steps[k].optional;
        if (k <= row.last_step || !looking) continue;
        next += definition.steps[k].name + ",";
        looking = definition.steps[k].optional;
      }
      text += " done " + done + " next " + next + " " +
              std::to_string(100 * reached / (required + !definition.goal.empty())) + "%";
    }
    open.emplace_back(row.last, text);
  }
  REQUIRE(context.journeys == outcomes);
  REQUIRE(context.open_journeys_total == open.size());
  for (const journey::ContextJourney& one : context.open_journeys) {
    std::string text = std::string(one.definition) + " steps " + std::to_string(one.steps_reached) +
                       " pauses " + std::to_string(one.pauses) + " in " + std::string(one.channel);
    if (!options.pipeline.journeys.empty()) {
      text += " done ";
      for (const std::string_view name : one.done.names()) text += std::string(name) + ",";
      text += " next ";
      for (const std::string_view name : one.next.names()) text += std::string(name) + ",";
      text += " " + std::to_string(one.percent) + "%";
    }
    found.emplace_back(one.last, text);
  }
  std::ranges::sort(open);
  std::ranges::sort(found);
  if (open.size() <= journey::kMaxContextJourneys) REQUIRE(found == open);
  std::uint64_t findings = 0;
  std::array<std::uint64_t, 3> past{};
  std::multiset<std::string> texts;
  for (const journey::Finding& finding : report.findings) {
    if (finding.customer != id) continue;
    const bool is_open = report.journeys.rows[finding.journey.value].outcome == Outcome::kOpen;
    findings += is_open;
    past[static_cast<std::size_t>(finding.severity)] += !is_open;
    if (is_open) {
      texts.insert(report.detectors[finding.detector.value].name + "/" +
                   std::string(report.label(finding.kind)) + "/" + std::string(report.label(finding.reason)) +
                   "/" + std::string(report.touchpoints.name_text(finding.touchpoint)));
    }
  }
  REQUIRE(context.findings_total == findings);
  REQUIRE(context.past_findings == past);
  for (const journey::ContextFinding& one : context.findings) {
    REQUIRE(texts.contains(std::string(one.detector) + "/" + std::string(one.kind) + "/" +
                           std::string(one.reason) + "/" + std::string(one.name)));
  }
}

void CheckContext(const Batch& batch, const EngineOptions& options, std::uint32_t customer,
                  ContextRecord& record) {
  const CustomerId id{customer};
  const CustomerContext& context = record.context();
  const auto events = batch.report.timeline.of(id);
  REQUIRE(context.customer == batch.ids.Of(batch.label_of_customer.at(customer)).value());
  REQUIRE(context.first == events.front().time);
  REQUIRE(context.last == events.back().time);
  REQUIRE(context.events == events.size());
  REQUIRE(context.sessions == batch.report.sessions_of(id).size());
  REQUIRE_FALSE(context.truncated);
  REQUIRE(record.bytes().size() <= journey::kMaxContextBytes);
  CheckLists(batch, options, id, context);
  CheckJourneys(batch, options, id, context);
}

// The same identifier as another channel may spell it.
std::string Respelt(const EngineOptions& options, const Named& named, std::size_t how) {
  std::string value = named.second;
  const journey::Normalizer normalizer = options.identity.PolicyOf(named.first).normalizer;
  if (normalizer == journey::Normalizer::kNone) return value;
  if (normalizer == journey::Normalizer::kLower && how % 2 == 0) {
    for (char& c : value) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  if (normalizer == journey::Normalizer::kDigits) return "+" + value;
  return " " + value + "\t";
}

}  // namespace

TEST_CASE("after every record every identifier finds its customer's context, as made from the batch report") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  std::size_t read = 0, nobody = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const EngineOptions options = test::LiveOptions(seed);
    const auto engine = test::MakeEngine(options);
    EventLog log;
    std::set<Named> known;
    ContextRecord record;
    std::size_t number = 0;
    // Longer where a few neighbours make a hub.
    for (const Offer& offer : test::LiveWorld(seed, seed % 4 == 2 ? 40 : 16)) {
      log.Append(AsEvent(offer));
      engine->Ingest(AsEvent(offer));
      const Batch batch(options, log, engine->as_of());
      for (const Named& identifier : offer.identifiers) known.insert(identifier);
      ++number;
      for (const Named& identifier : known) {
        INFO("world " << seed << ", record " << number << ", " << identifier.first << " "
                      << identifier.second);
        const Named compared = test::Compared(options.identity, identifier);
        const auto wanted = compared.first.empty() ? std::nullopt : Wanted(batch, options, compared);
        const bool found = engine->Read(identifier.first, Respelt(options, identifier, number), record);
        if (!found && wanted && options.identity.max_neighbours == 2) continue;  // a hub may find nobody
        if (found != wanted.has_value()) FAIL("found " << found << " wanted " << wanted.has_value());
        if (!found) {
          ++nobody;
          continue;
        }
        CheckContext(batch, options, *wanted, record);
        ++read;
        const journey::PublicId id = record.context().customer;
        REQUIRE(engine->Read(id, record));
        REQUIRE(record.context().customer == id);
      }
    }
  }
  WARN(read << " contexts compared, " << nobody << " times nobody");
  REQUIRE(read > 1500);
  REQUIRE(nobody > 50);
}

namespace {

Offer On(std::string id, std::int64_t minute, std::string name, std::vector<Named> identifiers) {
  return {.time = test::kStart + minute * test::kMinute,
          .id = std::move(id),
          .source = "site",
          .channel = "web",
          .name = std::move(name),
          .identifiers = std::move(identifiers)};
}

EngineOptions Named16() {
  EngineOptions options;
  options.id_key = "0123456789abcdef";
  options.pipeline.journeys = {test::Checkout()};
  return options;
}

}  // namespace

TEST_CASE("an id that a customer had before a merge still finds it; without a key no id finds anybody") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  const auto engine = test::MakeEngine(Named16());
  ContextRecord record;
  engine->Ingest(AsEvent(On("1", 0, "view", {{"cookie", "a"}})));
  REQUIRE(engine->Read("cookie", "a", record));
  const journey::PublicId by_cookie = record.context().customer;
  engine->Ingest(AsEvent(On("2", 1, "view", {{"email", "x@y.org"}})));
  REQUIRE(engine->Read("email", "X@Y.org ", record));
  const journey::PublicId by_email = record.context().customer;
  REQUIRE(by_cookie != by_email);
  engine->Ingest(AsEvent(On("3", 2, "pay", {{"cookie", "a"}, {"email", "x@y.org"}, {"user_id", "7"}})));
  REQUIRE(engine->Read("user_id", "7", record));
  const journey::PublicId now = record.context().customer;
  for (const journey::PublicId& id : {by_cookie, by_email, now}) {
    REQUIRE(engine->Read(id, record));
    REQUIRE(record.context().customer == now);
    REQUIRE(record.context().events == 3);
  }
  REQUIRE(engine->Erase("user_id", "7", journey::kMaxTime) == 3);
  for (const journey::PublicId& id : {by_cookie, by_email, now}) REQUIRE_FALSE(engine->Read(id, record));
  REQUIRE(record.bytes().empty());

  EngineOptions without = Named16();
  without.id_key.clear();
  const auto nameless = test::MakeEngine(without);
  nameless->Ingest(AsEvent(On("1", 0, "view", {{"cookie", "a"}})));
  REQUIRE(nameless->Read("cookie", "a", record));
  REQUIRE(record.context().customer == journey::PublicId{});
  REQUIRE_FALSE(nameless->Read(journey::PublicId{}, record));
}

TEST_CASE(
    "a shared device finds the customer of its last event; an unlinked or unknown identifier finds nobody") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  const auto engine = test::MakeEngine(Named16());
  ContextRecord record;
  engine->Ingest(AsEvent(On("1", 0, "view", {{"device", "tv"}, {"user_id", "ann"}})));
  engine->Ingest(AsEvent(On("2", 5, "view", {{"device", "tv"}, {"user_id", "bob"}})));
  REQUIRE(engine->Read("device", "tv", record));
  REQUIRE(record.context().identifiers.at(0).value == "bob");
  engine->Ingest(AsEvent(On("3", 9, "view", {{"device", "tv"}, {"user_id", "ann"}})));
  REQUIRE(engine->Read("device", "tv", record));
  REQUIRE(record.context().identifiers.at(0).value == "ann");
  // One that arrives late is not the last.
  engine->Ingest(AsEvent(On("4", 7, "view", {{"device", "tv"}, {"user_id", "bob"}})));
  REQUIRE(engine->Read("device", "tv", record));
  REQUIRE(record.context().identifiers.at(0).value == "ann");
  engine->Erase("user_id", "ann", journey::kMaxTime);
  REQUIRE(engine->Read("device", "tv", record));
  REQUIRE(record.context().identifiers.at(0).value == "bob");
  REQUIRE_FALSE(engine->Read("user_id", "ann", record));
  REQUIRE_FALSE(engine->Read("user_id", "cleo", record));
  REQUIRE_FALSE(engine->Read("user_id", "null", record));
}

TEST_CASE("the risk of drop-off and the likely next touchpoint are the counts of the batch report") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  EngineOptions options = Named16();
  options.pipeline.journeys = {test::Checkout()};
  const auto engine = test::MakeEngine(options);
  EventLog log;
  test::Random random(5);
  static const std::vector<std::string> names = {"view", "cart", "pay", "purchase", "view", "pay", "help"};
  std::vector<Offer> offers;
  for (int i = 0; i < 600; ++i) {
    offers.push_back(On("e" + std::to_string(i), 60 * i, random.Pick(names),
                        {{"cookie", "c" + std::to_string(random.Below(40))}}));
    engine->Ingest(AsEvent(offers.back()));
    log.Append(AsEvent(offers.back()));
  }
  // Offers that change nothing bring the refresh about.
  for (int i = 0; i < 100; ++i) engine->Ingest(AsEvent(offers.back()));
  // And where customers are derived when somebody asks, asking for all of them.
  if (engine->options().derive == journey::Derive::kWhenAsked) static_cast<void>(engine->Facts());
  const Report report = test::BatchOf(options, engine->as_of()).Run(log);
  const journey::StepCounts& counts = report.journey_summaries[0].counts;
  ContextRecord record;
  std::size_t risks = 0, nexts = 0;
  for (int c = 0; c < 40; ++c) {
    if (!engine->Read("cookie", "c" + std::to_string(c), record)) continue;
    for (const journey::ContextJourney& open : record.context().open_journeys) {
      // Who reached the step, and has ended since: here or later.
      std::size_t step = 0;
      const auto& steps = options.pipeline.journeys[0].steps;
      while (steps[step].name != open.done.names().back()) ++step;
      std::uint64_t lost = 0;
      for (std::size_t k = step; k < steps.size(); ++k) lost += counts.steps()[k].dropped;
      std::uint64_t achieved = 0;
      for (const JourneyRow& row : report.journeys.rows)
        achieved += row.outcome == Outcome::kAchieved && row.last_step >= step;
      REQUIRE(open.risk.lost == lost);
      REQUIRE(open.risk.of == lost + achieved);
      risks += open.risk.of > 0;
    }
    const CustomerContext& context = record.context();
    const auto& channel = context.channels.at(0);
    std::map<std::string, std::uint64_t> after;
    std::uint64_t all = 0;
    for (const journey::Transition& transition : report.transitions) {
      if (report.touchpoints.name_text(transition.from) != channel.name) continue;
      after[std::string(report.touchpoints.name_text(transition.to))] += transition.count;
      all += transition.count;
    }
    REQUIRE(context.likely_next.size() == std::min<std::size_t>(after.size(), journey::kMaxContextNext));
    for (const journey::ContextNext& next : context.likely_next) {
      REQUIRE(next.count == after.at(std::string(next.name)));
      REQUIRE(next.of == all);
      ++nexts;
    }
    if (!context.likely_next.empty()) {
      std::uint64_t most = 0;
      for (const auto& [name, count] : after) most = std::max(most, count);
      REQUIRE(context.likely_next[0].count == most);
    }
  }
  REQUIRE(risks > 5);
  REQUIRE(nexts > 20);
}

TEST_CASE("customers whom a device held together until too many shared it have each an id of their own") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  const bool nameless = GENERATE(false, true);  // one has nothing but the device
  EngineOptions options = Named16();
  options.identity.max_neighbours = 10;
  const auto engine = test::MakeEngine(options);
  std::vector<Named> people;
  for (std::int64_t i = 0; i < 11; ++i) people.emplace_back("loyalty", "l" + std::to_string(i));
  people.emplace_back("user_id", "ann");
  if (nameless) engine->Ingest(AsEvent(On("first", 0, "view", {{"cookie", "kiosk"}})));
  engine->Ingest(AsEvent(On("second", 1, "view", {{"cookie", "kiosk"}, people[0]})));
  engine->Ingest(AsEvent(On("user", 2, "view", {{"cookie", "kiosk"}, people.back()})));
  for (std::size_t i = 1; i < 11; ++i) {
    engine->Ingest(AsEvent(On("e" + std::to_string(i), 2 + static_cast<std::int64_t>(i), "view",
                              {{"cookie", "kiosk"}, people[i]})));
  }
  std::set<std::array<std::uint8_t, 16>> ids;
  ContextRecord record;
  for (const Named& who : people) {
    REQUIRE(engine->Read(who.first, who.second, record));
    const journey::PublicId id = record.context().customer;
    REQUIRE(ids.insert(id.bytes).second);
    REQUIRE(engine->Read(id, record));
    const auto theirs =
        std::ranges::find(record.context().identifiers, who.second, &journey::ContextIdentifier::value);
    REQUIRE(theirs != record.context().identifiers.end());
  }
}

TEST_CASE("a customer is found by an identifier that only a record before the first event had") {
  const test::InMode mode(GENERATE(journey::Derive::kAtIngest, journey::Derive::kWhenAsked));
  const bool together = GENERATE(false, true);
  Offer link = test::Step("1", 0, "");
  link.channel.clear();
  link.kind = journey::RecordKind::kLink;
  link.identifiers = {{"cookie", "a"}, {"cookie", "b"}};
  // The second and the third come to a customer who is new with them, one of them as a repeat.
  const std::vector<Offer> offers{link, test::Step("2", 1, "view"), test::Step("3", 2, "view")};
  std::vector<journey::Event> events;
  for (const Offer& offer : offers) events.push_back(AsEvent(offer));
  const auto engine = test::MakeEngine(test::LiveOptions(4));
  if (together) {
    engine->Ingest(events);
  } else {
    for (const journey::Event& event : events) engine->Ingest(event);
  }
  for (const char* cookie : {"a", "b"}) {
    ContextRecord record;
    REQUIRE(engine->Read("cookie", cookie, record));
    REQUIRE(record.context().events == 2);
  }
}
