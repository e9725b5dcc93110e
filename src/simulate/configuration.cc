// The configurations that go with a simulated log, made from the same plans that its customers follow.
#include <fmt/format.h>

#include <iterator>
#include <string>

#include "simulate/writers.h"

namespace journey {
inline namespace v0 {
namespace {

constexpr std::string_view kMap = R"json({
  "time": {"column": "timestamp", "format": "iso8601"},
  "name": {"column": "event"},
  "channel": {"column": "channel"},
  "id": {"column": "event_id"},
  "sequence": {"column": "n"},
  "identifiers": {
    "user_id": {"column": "user_id"},
    "device": {"column": "device_id"},
    "email": {"column": "email"},
    "phone": {"column": "phone"}
  },
  "attributes": ["status", "platform", "product", "address", "phone_number", "score", "scale", "comment"]
}
)json";

constexpr std::string_view kRest = R"json(  ],
  "errors": {"where": {"status": "error"}},
  "support": {"channels": ["chat", "phone"]},
  "feedback": {"events": ["survey"], "score": "score", "scale": "csat", "scale_key": "scale", "verbatim": "comment"},
  "funnels": [
    {"name": "from the product to the purchase, within a day", "window": "24h", "counting": "attempts",
     "steps": [
       {"name": "product", "events": ["product_view"]},
       {"name": "cart", "events": ["add_to_cart"]},
       {"name": "shipping", "events": ["shipping_details"], "optional": true},
       {"name": "payment", "events": ["payment_details"]},
       {"name": "purchase", "events": ["purchase"]}
     ]},
    {"name": "from the search to the cart, in one session", "counting": "sessions", "anchor": "best_start",
     "steps": [
       {"name": "search", "events": ["search"]},
       {"name": "results", "events": ["search_results"]},
       {"name": "product", "events": ["product_view"]},
       {"name": "cart", "events": ["add_to_cart"]}
     ]}
  ],
  "touchpoints": [
    {"events": ["payment_details", "payment_error", "purchase"], "owner": "Payments", "stage": "checkout", "expected": "3m"},
    {"events": ["add_to_cart", "shipping_details"], "owner": "Checkout", "stage": "checkout", "expected": "3m"},
    {"events": ["product_view", "search", "search_results", "category_view", "product_card", "home", "app_open"],
     "owner": "Catalogue", "stage": "discovery", "expected": "2m"},
    {"events": ["application_start", "personal_data", "documents", "application_submit", "application_approved",
                "application_declined", "form_error"], "owner": "Applications", "stage": "application", "expected": "5m"},
    {"events": ["claim_start", "claim_details", "return_label", "claim_submit"], "owner": "Claims", "stage": "after sales",
     "expected": "5m"},
    {"channels": ["chat", "phone"], "owner": "Customer service", "stage": "support", "expected": "15m"}
  ]
}
)json";

constexpr std::int64_t kDayUs = 86'400'000'000;

void AppendDefinition(std::string& text, const simulation::JourneyPlan& plan) {
  fmt::format_to(
      std::back_inserter(text),
      "    {{\n      \"name\": \"{}\", \"abandon_after\": \"{}d\", \"window\": \"{}d\",\n"
      "      \"scope\": {{\"channels\": [\"web\", \"app\", \"portal\", \"help\", \"chat\", \"phone\"]}},\n"
      "      \"steps\": [\n",
      plan.name, plan.abandon_after_us / kDayUs, plan.window_us / kDayUs);
  for (const simulation::StepPlan& step : plan.steps) {
    fmt::format_to(std::back_inserter(text), "        {{\"name\": \"{}\", \"events\": [\"{}\"]{}}}{}\n",
                   step.name, TextOf(step.event), step.optional ? ", \"optional\": true" : "",
                   &step == &plan.steps.back() ? "" : ",");
  }
  text += "      ]";
  if (plan.decided) {
    fmt::format_to(
        std::back_inserter(text),
        ",\n      \"goal\": {{\"events\": [\"{}\"]}},\n      \"exclude\": {{\"events\": [\"{}\"]}}",
        TextOf(plan.goal), TextOf(plan.exclusion));
  }
  text += "\n    }";
}

}  // namespace

std::string SimulatedMap() {
  return std::string(kMap);
}

std::string SimulatedJourneys() {
  std::string text = "{\n  \"journeys\": [\n";
  for (std::size_t i = 0; i < simulation::kJourneys; ++i) {
    AppendDefinition(text, PlanOf(static_cast<simulation::Journey>(i)));
    text += i + 1 < simulation::kJourneys ? ",\n" : "\n";
  }
  return text.append(kRest);
}

}  // namespace v0
}  // namespace journey
