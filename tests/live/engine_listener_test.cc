// The listener: told each new finding and each end of a journey once, outside of every lock.
#include <functional>
#include <set>
#include <stdexcept>

#include "live/live_worlds.h"
#include "support/catch.h"

namespace {

using journey::Engine;
using journey::EngineOptions;
using journey::Fact;
using journey::JourneyFact;
using journey::Outcome;
using journey::PublicId;
using test::Offer;
using test::Step;

class Ear final : public journey::EngineListener {
 public:
  void OnFinding(const Fact& finding, const PublicId& customer) override {
    REQUIRE(std::holds_alternative<journey::FindingFact>(finding.what));
    Hear(finding, customer);
  }
  void OnJourneyEnd(const Fact& journey, const PublicId& customer) override {
    REQUIRE(std::get<JourneyFact>(journey.what).outcome != Outcome::kOpen);
    Hear(journey, customer);
  }
  std::vector<std::pair<Fact, PublicId>> Take() { return std::exchange(heard, {}); }

  std::vector<std::pair<Fact, PublicId>> heard;
  std::function<void(const Fact&)> then;
  int depth = 0;

 private:
  void Hear(const Fact& fact, const PublicId& customer) {
    heard.emplace_back(fact, customer);
    ++depth;
    REQUIRE(depth == 1);  // one after the other
    struct Leave {
      int& depth;
      ~Leave() { --depth; }
    } const leave{depth};
    if (then) then(fact);
  }
};

// What one call has to tell: findings, and ended journeys, that the facts before it had not in any form.
std::multiset<journey::FactId> NewsBetween(const std::vector<Fact>& before, const std::vector<Fact>& after) {
  const auto is_news = [](const Fact& fact) {
    const auto* const journey = std::get_if<JourneyFact>(&fact.what);
    return std::holds_alternative<journey::FindingFact>(fact.what) ||
           (journey != nullptr && journey->outcome != Outcome::kOpen);
  };
  std::set<journey::FactId> known;
  for (const Fact& fact : before) {
    if (is_news(fact)) known.insert(fact.id);
  }
  std::multiset<journey::FactId> news;
  for (const Fact& fact : after) {
    if (is_news(fact) && !known.contains(fact.id)) news.insert(fact.id);
  }
  return news;
}

EngineOptions Listening(const std::shared_ptr<Ear>& ear) {
  EngineOptions options;
  options.pipeline.journeys = {test::Checkout()};
  options.listener = ear;
  options.id_key = "0123456789abcdef";
  return options;
}

std::vector<Offer> Bought(const std::string& cookie, std::int64_t minute) {
  return {Step(cookie + "1", minute, "view", cookie), Step(cookie + "2", minute + 1, "pay", cookie),
          Step(cookie + "3", minute + 2, "purchase", cookie)};
}

}  // namespace

TEST_CASE("the listener hears each new finding and each journey end exactly once, call by call") {
  std::size_t told = 0;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) {
    EngineOptions options = test::LiveOptions(seed);
    const auto ear = std::make_shared<Ear>();
    options.listener = ear;
    const auto engine = test::MakeEngine(options);
    std::vector<Fact> before;
    const auto check = [&](const char* call) {
      const std::vector<Fact> after = engine->Facts();
      std::multiset<journey::FactId> heard;
      for (const auto& [fact, customer] : ear->Take()) heard.insert(fact.id);
      if (heard != NewsBetween(before, after)) FAIL("world " << seed << ", " << call << ": other news");
      told += heard.size();
      before = after;
    };
    for (const Offer& offer : test::LiveWorld(seed)) {
      engine->Ingest(AsEvent(offer));
      check("event");
    }
    engine->AdvanceTo(test::At(test::kStart + 100 * test::kDay));
    check("silence");
    engine->Erase("cookie", "c0", journey::kMaxTime);
    check("erasure");
  }
  WARN(told << " told");
  REQUIRE(told > 500);
}

TEST_CASE(
    "a listener may read, report, ingest, advance and erase; what that finds comes after it has returned") {
  const auto ear = std::make_shared<Ear>();
  const auto engine = test::MakeEngine(Listening(ear));
  std::vector<std::string> order;
  ear->then = [&](const Fact& fact) {
    if (!std::holds_alternative<JourneyFact>(fact.what)) return;
    order.push_back("begin");
    if (order.size() == 1) {
      journey::ContextRecord record;
      REQUIRE(engine->Read("cookie", "a", record));
      REQUIRE(record.context().journeys[static_cast<std::size_t>(Outcome::kAchieved)] == 1);
      REQUIRE(engine->Report().journeys.rows.size() == 1);
      REQUIRE(engine->statistics().callbacks_running == 1);
      for (const Offer& offer : Bought("b", 10)) REQUIRE(engine->Ingest(AsEvent(offer)).accepted());
      engine->AdvanceTo(test::At(test::kStart + test::kDay));
      engine->Erase("cookie", "nobody", journey::kMaxTime);
    }
    order.push_back("end");
  };
  for (const Offer& offer : Bought("a", 1)) engine->Ingest(AsEvent(offer));
  REQUIRE(order == std::vector<std::string>{"begin", "end", "begin", "end"});
  const auto heard = ear->Take();
  REQUIRE(heard.size() >= 2);
  journey::ContextRecord record;
  REQUIRE(engine->Read(heard.back().second, record));
  REQUIRE(record.context().identifiers.at(0).value == "b");
}

TEST_CASE("what a listener throws is caught and counted, and the next call comes") {
  const auto ear = std::make_shared<Ear>();
  const auto engine = test::MakeEngine(Listening(ear));
  ear->then = [](const Fact&) { throw std::runtime_error("host"); };
  for (int i = 0; i < 3; ++i) {
    for (const Offer& offer : Bought("c" + std::to_string(i), 1))
      REQUIRE(engine->Ingest(AsEvent(offer)).accepted());
  }
  REQUIRE(ear->heard.size() >= 3);
  REQUIRE(engine->statistics().callbacks_failed == ear->heard.size());
  REQUIRE(engine->statistics().callbacks_running == 0);
  REQUIRE(engine->Report().journeys.rows.size() == 3);
}

TEST_CASE("a journey that ends by silence is told when its time has come, not before") {
  const auto ear = std::make_shared<Ear>();
  const auto engine = test::MakeEngine(Listening(ear));
  engine->Ingest(AsEvent(Step("1", 0, "view")));
  // Three days to get to the next step, the last moment included.
  engine->AdvanceTo(test::At(test::kStart + 3 * test::kDay));
  REQUIRE(ear->heard.empty());
  engine->AdvanceTo(test::At(test::kStart + 3 * test::kDay + 1));
  std::size_t ends = 0;
  for (const auto& [fact, customer] : ear->Take()) ends += std::holds_alternative<JourneyFact>(fact.what);
  REQUIRE(ends == 1);
  engine->AdvanceTo(test::At(test::kStart + 70 * test::kDay));
  REQUIRE(ear->heard.empty());
}
