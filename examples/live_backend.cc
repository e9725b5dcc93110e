// A small back end. Web, app and chat send the events of a loan application into one live engine; who opens the chat
// is greeted by somebody who knows how far they are, what they have told already and what went wrong.
#include <fmt/format.h>
#include <journey/io/context_text.h>
#include <journey/journey.h>

#include <set>
#include <string>
#include <string_view>

namespace {

using namespace std::chrono_literals;

// Called while the customer is still there.
class OfferHelp final : public journey::EngineListener {
 public:
  void OnFinding(const journey::Fact& fact, const journey::PublicId& customer) override {
    const auto& finding = std::get<journey::FindingFact>(fact.what);
    if (finding.detector != "error" || !offered_.insert(customer.text()).second) return;
    fmt::print("[help]  {:.8}...: {} at {}/{}, so the chat is offered\n", customer.text(), finding.detector,
               finding.channel, finding.name);
  }
  void OnJourneyEnd(const journey::Fact&, const journey::PublicId&) override {}

 private:
  std::set<std::string> offered_;  // once to each customer
};

// The chat is another component: all that it gets are the bytes of the hand-over record.
void Greet(std::span<const std::byte> handed_over) {
  journey::CustomerContext customer;
  if (!journey::DecodeContext(handed_over, customer).ok() || customer.open_journeys.empty()) {
    fmt::print("[chat]  Hello! How can we help?\n");
    return;
  }
  const journey::ContextJourney& application = customer.open_journeys[0];
  fmt::print("[chat]  Hello! You are {} % through your {}.", application.percent, application.definition);
  if (!application.next.names().empty()) fmt::print(" Next is {}.", application.next.names()[0]);
  fmt::print("\n[chat]  No need to tell us again:");
  for (const journey::ContextGiven& given : customer.given) fmt::print(" {} {};", given.key, given.value);
  fmt::print("\n");
  std::set<std::string_view> trouble;
  for (const journey::ContextFinding& finding : customer.findings) {
    if (finding.detector == "support_contact" || !trouble.insert(finding.name).second) continue;
    fmt::print("[chat]  Sorry about the trouble with {} in the {}.\n", finding.name, finding.channel);
  }
  // The same for the person at the other end.
  fmt::print("\n{}\n", journey::Describe(customer, customer.as_of));
}

journey::EngineOptions Options() {
  journey::EngineOptions options;
  options.pipeline.journeys = {
      {.name = "loan application",
       .steps = {{"amount", {"loan_amount"}},
                 {"income", {"income"}},
                 {"proof of identity", {.events = {"upload_id"}, .where = {{"status", "ok"}}}},
                 {"signature", {"sign"}}}}};
  options.carried = {"amount", "income"};  // what the next channel need not ask for again
  options.id_key = "a secret of this back end";
  options.listener = std::make_shared<OfferHelp>();
  return options;
}

}  // namespace

int main() {
  const auto created = journey::Engine::Create(Options());
  if (!created.ok()) return 1;
  journey::Engine& engine = **created;
  const journey::TimePoint monday = std::chrono::sys_days{std::chrono::March / 11 / 2024};

  // Ten customers were here before. Four left after their income, so that this risk is known.
  for (int i = 0; i < 10; ++i) {
    const std::string user = fmt::format("earlier-{}", i);
    const std::vector<journey::Identifier> who = {{"user_id", user}};
    const journey::TimePoint t = monday - std::chrono::days{30};
    engine.Ingest({.time = t, .channel = "app", .name = "loan_amount", .identifiers = who});
    engine.Ingest({.time = t + 2min, .channel = "app", .name = "income", .identifiers = who});
    if (i < 4) continue;
    engine.Ingest({.time = t + 5min,
                   .channel = "app",
                   .name = "upload_id",
                   .identifiers = who,
                   .attributes = {{"status", "ok"}}});
    engine.Ingest({.time = t + 9min, .channel = "app", .name = "sign", .identifiers = who});
  }

  // On the web, first as a stranger, then logged in.
  engine.Ingest({.time = monday + 19h,
                 .channel = "web",
                 .name = "loan_amount",
                 .identifiers = {{"cookie", "c-17"}},
                 .attributes = {{"amount", 12000}}});
  const journey::Event income{.time = monday + 19h + 4min,
                              .id = "web-2",
                              .channel = "web",
                              .name = "income",
                              .identifiers = {{"cookie", "c-17"}, {"user_id", "42"}},
                              .attributes = {{"income", 3100}}};
  engine.Ingest(income);

  // The next morning in the app, where the upload fails.
  const journey::TimePoint morning = monday + std::chrono::days{1} + 8h;
  const std::vector<journey::Identifier> phone = {{"device", "d-9"}, {"user_id", "42"}};
  for (const auto after : {0min, 3min}) {
    engine.Ingest({.time = morning + after,
                   .channel = "app",
                   .name = "upload_id",
                   .identifiers = phone,
                   .attributes = {{"status", "error"}}});
  }

  // So they open the chat.
  engine.Ingest(
      {.time = morning + 4min, .channel = "chat", .name = "opened", .identifiers = {{"user_id", "42"}}});
  journey::ContextRecord record;
  if (engine.Read("user_id", "42", record)) {
    fmt::print("[send]  a record of {} bytes to the chat\n", record.bytes().size());
    Greet(record.bytes());
  }

  // In the end they want to be forgotten.
  fmt::print("erased: {} events\n", engine.Erase("user_id", "42", engine.as_of()));
  fmt::print("known by the user id: {}, by the cookie: {}\n", engine.Read("user_id", "42", record),
             engine.Read("cookie", "c-17", record));
  fmt::print("a late copy: {}\n", NameOf(engine.Ingest(income).status));
}
