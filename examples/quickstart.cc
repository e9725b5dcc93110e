// The quick start: a few events of one customer in two channels, a journey definition, and what journey makes
// of it.
#include <fmt/format.h>
#include <journey/journey.h>

int main() {
  using namespace std::chrono_literals;
  const journey::JourneyDefinition checkout{.name = "checkout",
                                            .steps = {{"view", {"product_view"}}, {"pay", {"payment"}}},
                                            .goal = {"purchase"},
                                            .abandon_after = std::chrono::days{7}};
  const auto pipeline = journey::Pipeline::Create({.journeys = {checkout}});
  if (!pipeline.ok()) return 1;

  const journey::TimePoint t = std::chrono::sys_days{std::chrono::March / 13 / 2024} + 10h;
  journey::EventLog log;
  log.Append({.time = t, .channel = "web", .name = "product_view", .identifiers = {{"cookie", "c-17"}}});
  log.Append({.time = t + 2min,
              .channel = "web",
              .name = "payment",
              .identifiers = {{"cookie", "c-17"}, {"user_id", "42"}},
              .attributes = {{"status", "error"}}});
  log.Append({.time = t + 5min, .channel = "chat", .name = "message", .identifiers = {{"user_id", "42"}}});
  log.Append({.time = t + 9min, .channel = "app", .name = "payment", .identifiers = {{"user_id", "42"}}});
  log.Append({.time = t + 10min, .channel = "app", .name = "purchase", .identifiers = {{"user_id", "42"}}});

  const journey::Report report = pipeline->Run(log);  // customers, sessions, journeys, findings: plain data
  fmt::print("{} customer, {} journey, achieved: {}\n", report.customers.size(), report.journeys.rows.size(),
             report.journeys.rows[0].outcome == journey::Outcome::kAchieved);
  for (const journey::Finding& finding : report.findings) fmt::print("{}\n", report.Describe(finding));
}
