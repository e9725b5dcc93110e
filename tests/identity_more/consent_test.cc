// Consent in a batch run: which events are withheld, and how they are counted.
#include "journey/identity/consent.h"

#include <map>

#include "journey/core/status.h"
#include "journey/pipeline/pipeline.h"
#include "support/catch.h"
#include "support/dump.h"
#include "support/worlds.h"

namespace {

using journey::AdmissionStatus;
using journey::PipelineOptions;
using journey::RecordKind;
using journey::Report;
using test::Offer;
using test::Value;

constexpr std::int64_t kTen = test::kStart + 10 * test::kHour;

Offer EventAt(std::int64_t minute, std::string user, std::string name = "view") {
  return {.time = kTen + minute * test::kMinute,
          .id = "event" + std::to_string(minute) + user,
          .source = "site",
          .channel = "web",
          .name = std::move(name),
          .identifiers = {{"user_id", std::move(user)}}};
}

Offer Record(RecordKind kind, std::int64_t minute, std::string user,
             std::optional<std::string> purpose = {}) {
  Offer offer{.time = kTen + minute * test::kMinute,
              .id = std::string(kind == RecordKind::kConsent ? "consent" : "withdraw") +
                    std::to_string(minute) + purpose.value_or("") + user,
              .source = "crm",
              .identifiers = {{"user_id", std::move(user)}},
              .kind = kind};
  if (purpose) offer.attributes.emplace_back("purpose", Value::Text(*purpose));
  return offer;
}
Offer Withdraw(std::int64_t minute, std::string user, std::optional<std::string> purpose = {}) {
  return Record(RecordKind::kWithdraw, minute, std::move(user), std::move(purpose));
}
Offer Consent(std::int64_t minute, std::string user, std::optional<std::string> purpose = {}) {
  return Record(RecordKind::kConsent, minute, std::move(user), std::move(purpose));
}

Report RunOver(const std::vector<Offer>& offers, const PipelineOptions& options = {}) {
  return journey::Pipeline::Create(options).value().Run(test::LogOf(offers));
}

// The minutes of the events that were used.
std::vector<std::int64_t> Used(const Report& report) {
  std::vector<std::int64_t> minutes;
  for (const journey::EventRow& event : report.timeline.events)
    minutes.push_back((event.time.time_since_epoch().count() - kTen) / test::kMinute);
  std::ranges::sort(minutes);
  return minutes;
}
using Minutes = std::vector<std::int64_t>;

const std::vector<Offer> kWorked = {Withdraw(0, "42"), Consent(120, "42"), EventAt(-1, "42"),
                                    EventAt(0, "42"),  EventAt(119, "42"), EventAt(120, "42")};

}  // namespace

TEST_CASE("between a withdrawal and a consent events are withheld, the ends as the latest record says") {
  const Report report = RunOver(kWorked);
  CHECK(Used(report) == Minutes{-1, 120});
  CHECK(report.input.statuses[AdmissionStatus::kNoConsent] == 2);
  CHECK(report.input.statuses[AdmissionStatus::kAccepted] == 4);
  CHECK(report.input.statuses.offered() == kWorked.size());
  CHECK(report.input.events == 2);
  CHECK(report.customers.size() == 1);
}

TEST_CASE("records and events may come in any order") {
  std::vector<Offer> offers = kWorked;
  const std::string expected = test::Dump(RunOver(offers));
  test::Random random(3);
  for (int i = 0; i < 50; ++i) {
    random.Shuffle(offers);
    REQUIRE(test::Dump(RunOver(offers)) == expected);
  }
}

TEST_CASE("a withdrawal is about its purpose, or about all where it names none") {
  CHECK(Used(RunOver({Withdraw(0, "42", "letters"), EventAt(1, "42")})) == Minutes{1});
  CHECK(Used(RunOver({Withdraw(0, "42", "analytics"), EventAt(1, "42")})).empty());
  CHECK(Used(RunOver({Withdraw(0, "42"), EventAt(1, "42")})).empty());
  PipelineOptions letters;
  letters.consent.purpose = "letters";
  CHECK(Used(RunOver({Withdraw(0, "42", "letters"), EventAt(1, "42")}, letters)).empty());
  // The latest of those that are about this purpose.
  CHECK(Used(RunOver({Withdraw(0, "42"), Consent(1, "42", "letters"), EventAt(2, "42")})).empty());
  CHECK(Used(RunOver({Withdraw(0, "42"), Consent(1, "42", "analytics"), EventAt(2, "42")})) == Minutes{2});
}

TEST_CASE("where consent is required an event needs one of its identifiers to have it") {
  PipelineOptions options;
  options.consent.required = true;
  Offer both = EventAt(5, "42");
  both.identifiers.emplace_back("cookie", "c");
  Offer cookie = EventAt(6, "x");
  cookie.identifiers = {{"cookie", "c"}};
  const Report report = RunOver(
      {Consent(3, "42"), EventAt(2, "42"), EventAt(3, "42"), both, cookie, EventAt(7, "43")}, options);
  CHECK(Used(report) == Minutes{3, 5});
  CHECK(report.input.statuses[AdmissionStatus::kNoConsent] == 3);
  // One identifier's withdrawal is enough.
  Offer withdraw = Withdraw(4, "x");
  withdraw.identifiers = {{"cookie", "c"}};
  CHECK(Used(RunOver({Consent(3, "42"), both, withdraw}, options)).empty());
}

TEST_CASE("identifiers are compared as normalised") {
  Offer withdraw = Withdraw(0, "x");
  withdraw.identifiers = {{"email", " ANN@Example.org"}};
  Offer event = EventAt(1, "x");
  event.identifiers = {{"email", "ann@example.org "}};
  CHECK(Used(RunOver({withdraw, event})).empty());
  // A placeholder is nobody's, and so is what it withdraws.
  withdraw.identifiers = {{"user_id", "null"}};
  CHECK(Used(RunOver({withdraw, EventAt(1, "null"), EventAt(2, "1")})) == Minutes{1, 2});
}

TEST_CASE("a withheld event is evidence of nothing: it links nobody and names no touchpoint") {
  Offer link = EventAt(5, "42", "secret");
  link.identifiers = {{"user_id", "42"}, {"cookie", "c"}};
  Offer cookie = EventAt(6, "x");
  cookie.identifiers = {{"cookie", "c"}};
  const Report report = RunOver({EventAt(1, "42"), Withdraw(4, "42"), link, cookie});
  CHECK(report.customers.size() == 2);
  CHECK(report.touchpoints.names == std::vector<std::string>{"view"});
  // Its duplicates and conflicts are counted with it.
  Offer other = link;
  other.name = "zzz";
  const Report copies = RunOver({link, link, other, Withdraw(4, "42")});
  CHECK(copies.input.statuses[AdmissionStatus::kNoConsent] == 3);
  CHECK(copies.input.statuses.offered() == 4);
}

TEST_CASE("what is later than as_of is the future, and says nothing yet") {
  PipelineOptions options;
  options.as_of = journey::TimePoint{journey::Duration{kTen + 3 * test::kMinute}};
  const Report report = RunOver({EventAt(1, "42"), Withdraw(0, "43"), EventAt(2, "43"), Withdraw(4, "42"),
                                 EventAt(5, "42"), Consent(6, "43"), EventAt(7, "43")},
                                options);
  CHECK(Used(report) == Minutes{1});
  CHECK(report.input.statuses[AdmissionStatus::kNoConsent] == 1);
  CHECK(report.input.statuses[AdmissionStatus::kFuture] == 4);
  CHECK(report.input.statuses[AdmissionStatus::kAccepted] == 2);
}

TEST_CASE("a run with consent equals a run over the events that are left, whatever the threads") {
  test::Random random(11);
  for (int world = 0; world < 100; ++world) {
    std::vector<Offer> offers, left;
    for (std::int64_t minute = 0; minute < 30; ++minute) {
      const std::string user = "u" + std::to_string(random.Below(4));
      switch (random.Below(6)) {
        case 0:
          offers.push_back(Withdraw(minute, user));
          break;
        case 1:
          offers.push_back(Consent(minute, user));
          break;
        default:
          offers.push_back(EventAt(minute, user));
          break;
      }
    }
    std::map<std::string, bool> withdrawn;  // in the order of time, which is that of the list
    for (const Offer& offer : offers) {
      const std::string& user = offer.identifiers[0].second;
      if (offer.kind != RecordKind::kEvent) withdrawn[user] = offer.kind == RecordKind::kWithdraw;
      if (offer.kind != RecordKind::kEvent || !withdrawn[user]) left.push_back(offer);
    }
    PipelineOptions options;
    options.as_of = journey::TimePoint{journey::Duration{kTen + test::kHour}};
    const Report expected = RunOver(left, options);
    random.Shuffle(offers);
    options.threads = 1 + static_cast<unsigned>(world % 3);
    const Report report = RunOver(offers, options);
    CHECK(report.timeline.events.size() == expected.timeline.events.size());
    CHECK(Used(report) == Used(expected));
    CHECK(report.sessions.size() == expected.sessions.size());
    CHECK(report.journeys.rows.size() == expected.journeys.rows.size());
    CHECK(report.input.statuses[AdmissionStatus::kNoConsent] == offers.size() - left.size());
  }
}
