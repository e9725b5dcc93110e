// Contexts for tests: the usual one, and random ones with texts that hurt.
#pragma once
#include <rapidcheck.h>

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "io_writers/utf8_texts.h"
#include "journey/live/context.h"

namespace journey::internal::testing {

inline constexpr TimePoint kContextNow =
    std::chrono::sys_days{std::chrono::year{2024} / 3 / 13} + std::chrono::hours{10};

inline std::vector<std::byte> Encoded(const CustomerContext& context, const ContextLimits& limits = {}) {
  std::vector<std::byte> bytes;
  EncodeContext(context, bytes, limits);
  return bytes;
}

// A customer on two journeys, one of them in trouble.
inline CustomerContext TypicalContext() {
  using std::chrono::days;
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  const TimePoint now = kContextNow;
  const TimePoint web = now - minutes{25}, app = now - seconds{40}, call = now - days{3};
  CustomerContext c;
  for (std::size_t i = 0; i < 16; ++i) c.customer.bytes[i] = static_cast<std::uint8_t>(i * 17);
  c.as_of = now;
  c.first = now - days{200};
  c.last = app;
  c.events = 184;
  c.sessions = 23;
  c.journeys = {2, 5, 1, 1, 0, 0};
  c.identifiers = {{IdentifierKind::kPerson, "user_id", "10042317", app},
                   {IdentifierKind::kPerson, "customer_id", "K-883120", call},
                   {IdentifierKind::kContact, "email", "ann@example.org", web},
                   {IdentifierKind::kContact, "phone", "436601234567", call},
                   {IdentifierKind::kDevice, "device", "a9f27c1e", app},
                   {IdentifierKind::kDevice, "cookie", "c-58120931", web},
                   {IdentifierKind::kDevice, "cookie", "c-11870345", now - days{40}},
                   {IdentifierKind::kSession, "session_id", "s-7719002", web}};
  c.identifiers_total = 9;
  c.channels = {{"app", "payment_error", app, 97},
                {"web", "personal_data", web, 64},
                {"phone", "call_start", call, 3},
                {"chat", "chat_message", now - days{12}, 20}};
  c.channels_total = 4;
  c.preferred_channel = PreferredChannelOf(c.channels);
  ContextJourney application{.definition = "application",
                             .first = now - hours{26},
                             .last = app,
                             .steps_reached = 3,
                             .steps_required = 5,
                             .percent = 60,
                             .pauses = 2,
                             .channel = "app"};
  for (const char* step : {"start", "personal_data", "income"}) application.done.Add(step);
  for (const char* step : {"insurance", "upload_id"}) application.next.Add(step);
  ContextJourney claim{.definition = "claim",
                       .first = now - days{3},
                       .last = call,
                       .steps_reached = 1,
                       .steps_required = 4,
                       .percent = 25,
                       .channel = "phone"};
  claim.done.Add("claim_start");
  claim.next.Add("documents");
  c.open_journeys = {application, claim};
  c.open_journeys_total = 2;
  using Kind = AttributeValue::Kind;
  c.given = {
      {"post_code", "1010", Kind::kText, web, "web"},   {"birth_date", "1990-02-11", Kind::kText, web, "web"},
      {"income", "3200", Kind::kNumber, web, "web"},    {"employed", "true", Kind::kBoolean, web, "web"},
      {"policy", "P-4711", Kind::kText, call, "phone"}, {"language", "de", Kind::kText, call, "phone"}};
  c.given_total = 6;
  c.findings = {
      {"error_loop", "error", "", "app", "payment_error", app, Severity::kHigh},
      {"error_loop", "error", "", "app", "payment_error", app - seconds{30}, Severity::kHigh},
      {"repetition", "redo", "between", "app", "personal_data", now - minutes{5}, Severity::kMedium}};
  c.findings_total = 3;
  c.past_findings = {4, 2, 1};
  c.score = {.value = 2.0, .scale = "ces", .time = now - days{9}, .channel = "email", .name = "survey"};
  c.scores = 3;
  return c;
}

// A random context and the texts it refers to.
struct RandomContext {
  std::deque<std::string> texts;
  CustomerContext context;

  std::string_view Text() {
    return texts.emplace_back(*(*rc::gen::element(0, 1, 2) == 0
                                    ? rc::gen::element<std::string>("web", "app", "", "email", "x")
                                    : Utf8Text()));
  }
  static TimePoint Time() {
    const std::int64_t unit = *rc::gen::element<std::int64_t>(1, 1'000, 1'000'000, 86'400'000'000);
    return kMinTime + Duration{*rc::gen::inRange<std::int64_t>(0, kForever.count() / unit + 1) * unit};
  }
  static std::uint64_t Count() {
    return *rc::gen::oneOf(rc::gen::inRange<std::uint64_t>(0, 300), rc::gen::arbitrary<std::uint64_t>(),
                           rc::gen::element<std::uint64_t>(0, UINT64_MAX));
  }
  static std::uint32_t Count32() { return static_cast<std::uint32_t>(Count()); }
  static std::size_t Few(std::size_t most) { return *rc::gen::inRange<std::size_t>(0, most + 1); }
  static std::uint64_t Total(std::size_t listed) { return listed + Count() % 1000; }
  static bool Coin() { return *rc::gen::arbitrary<bool>(); }
};

inline void FillLists(RandomContext& random, std::size_t scale) {
  CustomerContext& c = random.context;
  using R = RandomContext;
  for (std::size_t i = R::Few(kMaxContextIdentifiers * scale); i > 0; --i) {
    c.identifiers.push_back(
        {static_cast<IdentifierKind>(R::Few(3)), random.Text(), random.Text(), R::Time()});
  }
  c.identifiers_total = R::Total(c.identifiers.size());
  for (std::size_t i = R::Few(kMaxContextChannels * scale); i > 0; --i) {
    c.channels.push_back({random.Text(), random.Text(), R::Time(), R::Count()});
  }
  c.channels_total = R::Total(c.channels.size());
  c.preferred_channel = random.Text();
  for (std::size_t i = R::Few(kMaxContextJourneys * scale); i > 0; --i) {
    ContextJourney journey{.definition = random.Text(),
                           .first = R::Time(),
                           .last = R::Time(),
                           .steps_reached = R::Count32(),
                           .steps_required = R::Count32(),
                           .percent = R::Count32() % 101,
                           .pauses = R::Count32(),
                           .channel = random.Text()};
    for (std::size_t n = R::Few(kMaxContextSteps); n > 0; --n) journey.done.Add(random.Text());
    for (std::size_t n = R::Few(kMaxContextSteps); n > 0; --n) journey.next.Add(random.Text());
    journey.risk.of = R::Coin() ? 0 : R::Count();
    journey.risk.lost = journey.risk.of / 3;
    c.open_journeys.push_back(journey);
  }
  c.open_journeys_total = R::Total(c.open_journeys.size());
  for (std::size_t i = R::Few(kMaxContextGiven * scale); i > 0; --i) {
    c.given.push_back({random.Text(), random.Text(), static_cast<AttributeValue::Kind>(R::Few(2)), R::Time(),
                       random.Text()});
  }
  c.given_total = R::Total(c.given.size());
  for (std::size_t i = R::Few(kMaxContextFindings * scale); i > 0; --i) {
    c.findings.push_back({random.Text(), random.Text(), random.Text(), random.Text(), random.Text(),
                          R::Time(), static_cast<Severity>(R::Few(2))});
  }
  c.findings_total = R::Total(c.findings.size());
  for (std::size_t i = R::Few(kMaxContextNext * scale); i > 0; --i) {
    const std::uint64_t of = R::Count();
    c.likely_next.push_back({random.Text(), random.Text(), of / 2, of});
  }
}

// With lists up to `scale` times as long as a record keeps.
inline RandomContext AnyContext(std::size_t scale = 1) {
  using R = RandomContext;
  RandomContext random;
  CustomerContext& c = random.context;
  for (std::uint8_t& byte : c.customer.bytes) byte = *rc::gen::arbitrary<std::uint8_t>();
  c.as_of = R::Time();
  c.first = R::Time();
  c.last = R::Time();
  c.events = R::Count();
  c.sessions = R::Count();
  for (std::uint64_t& count : c.journeys) count = R::Count();
  for (std::uint64_t& count : c.past_findings) count = R::Count();
  c.truncated = R::Coin();
  c.shortened = R::Coin();
  c.folded = R::Coin();
  if (c.folded) c.folded_before = R::Time();
  FillLists(random, scale);
  c.scores = R::Coin() ? 0 : R::Count();
  if (c.scores != 0) {
    const double value = *rc::gen::arbitrary<double>();
    c.score = {value == value && value - value == 0.0 ? value : 0.5, random.Text(), R::Time(), random.Text(),
               random.Text()};
  }
  return random;
}

}  // namespace journey::internal::testing
