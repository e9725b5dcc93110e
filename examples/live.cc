// Events as they happen, and at any moment the context of a customer, from whatever channel they come.
#include <fmt/format.h>
#include <journey/io/context_text.h>
#include <journey/journey.h>

int main() {
  using namespace std::chrono_literals;
  const auto engine = journey::Engine::Create(
      {.pipeline = {.journeys = {{.name = "application",
                                  .steps = {{"address", {"address"}},
                                            {"upload",
                                             {.events = {"upload_id"}, .where = {{"status", "ok"}}}},
                                            {"sign", {"sign"}}}}}},
       .carried = {"post_code"}});
  if (!engine.ok()) return 1;

  const journey::TimePoint t = std::chrono::sys_days{std::chrono::March / 13 / 2024} + 10h;
  (*engine)->Ingest({.time = t,
                     .channel = "web",
                     .name = "address",
                     .identifiers = {{"cookie", "c-17"}, {"user_id", "42"}},
                     .attributes = {{"post_code", "1010"}}});
  (*engine)->Ingest({.time = t + 25min,
                     .channel = "app",
                     .name = "upload_id",
                     .identifiers = {{"user_id", "42"}},
                     .attributes = {{"status", "error"}}});
  (*engine)->Ingest(
      {.time = t + 26min, .channel = "chat", .name = "opened", .identifiers = {{"user_id", "42"}}});

  journey::ContextRecord record;
  if (!(*engine)->Read("cookie", "c-17", record)) return 1;
  fmt::print("{}", journey::Describe(record.context(), (*engine)->as_of()));
}
