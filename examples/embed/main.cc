// A shop that keeps its own list of what happened, and asks journey who bought.
#include <journey/journey.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

struct Click {  // the shop's own type
  int minute;
  std::string channel, what, visitor, account;
};

int main() {
  const std::vector<Click> clicks = {{0, "web", "product_view", "v1", ""},
                                     {2, "web", "payment", "v1", ""},
                                     {3, "web", "payment", "v1", "ann"},
                                     {9, "app", "purchase", "v2", "ann"},
                                     {5, "web", "product_view", "v3", ""}};
  const journey::TimePoint opening =
      std::chrono::sys_days{std::chrono::year{2024} / 3 / 1} + std::chrono::hours{9};

  journey::EventLog log;
  for (const Click& click : clicks) {
    journey::Event event{.time = opening + std::chrono::minutes{click.minute},
                         .channel = click.channel,
                         .name = click.what,
                         .identifiers = {{"visitor", click.visitor}}};
    if (!click.account.empty()) event.identifiers.push_back({"user_id", click.account});
    log.Append(event);
  }

  const journey::JourneyDefinition checkout{.name = "checkout",
                                            .steps = {{"view", {"product_view"}}, {"pay", {"payment"}}},
                                            .goal = {"purchase"},
                                            .abandon_after = std::chrono::days{7}};
  const auto pipeline =
      journey::Pipeline::Create({.journeys = {checkout}, .as_of = opening + std::chrono::days{30}});
  if (!pipeline.ok()) {
    std::fprintf(stderr, "%s\n", journey::MessageOf(pipeline.status()).c_str());
    return EXIT_FAILURE;
  }
  const journey::Report report = pipeline->Run(log);

  for (const journey::JourneyRow& row : report.journeys.rows) {
    std::printf("%.*s: %u events, %u steps\n", static_cast<int>(journey::NameOf(row.outcome).size()),
                journey::NameOf(row.outcome).data(), row.events(), static_cast<unsigned>(row.steps_reached));
  }
  for (const journey::Finding& finding : report.findings) {
    std::printf("%s\n", report.Describe(finding).c_str());
  }
}
