#include "simulate/vocabulary.h"

namespace journey {
inline namespace v0 {
namespace simulation {
namespace {

constexpr std::int64_t kDay = 86'400'000'000;

constexpr std::array<std::string_view, kChannels> kChannelTexts{"web",  "app",   "portal", "chat",
                                                                "help", "email", "phone",  "social"};

constexpr std::array<std::string_view, kNames> kNameTexts{"home",
                                                          "app_open",
                                                          "portal_home",
                                                          "search",
                                                          "search_results",
                                                          "category_view",
                                                          "product_card",
                                                          "ad_click",
                                                          "login",
                                                          "logout",
                                                          "button_click",
                                                          "help_article",
                                                          "newsletter_open",
                                                          "newsletter_click",
                                                          "product_view",
                                                          "add_to_cart",
                                                          "shipping_details",
                                                          "payment_details",
                                                          "purchase",
                                                          "application_start",
                                                          "personal_data",
                                                          "documents",
                                                          "application_submit",
                                                          "application_approved",
                                                          "application_declined",
                                                          "claim_start",
                                                          "claim_details",
                                                          "return_label",
                                                          "claim_submit",
                                                          "payment_error",
                                                          "form_error",
                                                          "chat_start",
                                                          "chat_message",
                                                          "chat_end",
                                                          "call_start",
                                                          "call_note",
                                                          "call_end",
                                                          "contact_form",
                                                          "survey"};

constexpr std::array<FrictionText, kFrictions> kFrictionTexts{
    {{"repetition", "repeat"},
     {"repetition", "redo"},
     {"channel_switch", "forced"},
     {"stall", "stall"},
     {"backtrack", "backtrack"},
     {"loop", "loop"},
     {"error_loop", "error_loop"},
     {"rapid_repeat", "rapid_repeat"},
     {"contact_after_abandonment", "contact_after_abandonment"},
     {"lost_progress", "lost_progress"},
     {"repeated_entry", "repeated_entry"},
     {"excess_effort", "excess_effort"},
     {"drop_off", "drop_off"},
     {"channel_switch", "voluntary"}}};

constexpr std::array<StepPlan, 5> kPurchaseSteps{{{"view", Name::kProductView},
                                                  {"cart", Name::kAddToCart},
                                                  {"shipping", Name::kShippingDetails},
                                                  {"payment", Name::kPaymentDetails},
                                                  {"purchase", Name::kPurchase}}};
constexpr std::array<StepPlan, 4> kApplicationSteps{{{"start", Name::kApplicationStart},
                                                     {"personal data", Name::kPersonalData},
                                                     {"documents", Name::kDocuments, true},
                                                     {"submit", Name::kApplicationSubmit}}};
constexpr std::array<StepPlan, 4> kClaimSteps{{{"start", Name::kClaimStart},
                                               {"details", Name::kClaimDetails},
                                               {"label", Name::kReturnLabel, true},
                                               {"submit", Name::kClaimSubmit}}};

constexpr std::array<JourneyPlan, kJourneys> kPlans{{
    {.name = "purchase",
     .steps = kPurchaseSteps,
     .channels = {Channel::kWeb, Channel::kApp},
     .abandon_after_us = 3 * kDay,
     .window_us = 7 * kDay,
     .data_step = 2,
     .error = Name::kPaymentError},
    {.name = "application",
     .steps = kApplicationSteps,
     .channels = {Channel::kPortal, Channel::kWeb},
     .abandon_after_us = 5 * kDay,
     .window_us = 14 * kDay,
     .data_step = 1,
     .error = Name::kFormError,
     .decided = true,
     .goal = Name::kApplicationApproved,
     .exclusion = Name::kApplicationDeclined},
    {.name = "claim",
     .steps = kClaimSteps,
     .channels = {Channel::kPortal, Channel::kApp},
     .abandon_after_us = 4 * kDay,
     .window_us = 10 * kDay,
     .data_step = 1,
     .error = Name::kFormError},
}};

constexpr std::array<std::string_view, 7> kPlaceholders{
    "", "null", "0", "anonymous", "undefined", "00000000-0000-0000-0000-000000000000", "[object Object]"};
constexpr std::array<std::string_view, 6> kStreets{"Mill Road",      "Station Street",
                                                   "Chapel Lane",    "K\xc3\xb6nigsallee",
                                                   "Rue du \"Lac\"", "Harbour View, Flat B"};
constexpr std::array<std::string_view, 6> kComments{"fine",
                                                    "Quick, and easy.",
                                                    "They asked me \"twice\" for the same thing",
                                                    "too long;\ngave up once",
                                                    "na ja, geht so \xe2\x80\x93 tsch\xc3\xbcss",
                                                    "=1+1 is how sure I am"};

template <typename E>
constexpr std::size_t At(E value) {
  return static_cast<std::size_t>(value);
}
static_assert(At(Name::kSurvey) + 1 == kNames && At(Channel::kSocial) + 1 == kChannels);
static_assert(At(Friction::kVoluntarySwitch) + 1 == kFrictions);

}  // namespace

const JourneyPlan& PlanOf(Journey journey) {
  return kPlans[At(journey)];
}
std::string_view TextOf(Channel channel) {
  return kChannelTexts[At(channel)];
}
std::string_view TextOf(Name name) {
  return kNameTexts[At(name)];
}
FrictionText TextOf(Friction friction) {
  return kFrictionTexts[At(friction)];
}

std::string_view TextOf(Outcome outcome) {
  static constexpr std::array<std::string_view, 5> kTexts{"achieved", "abandoned", "expired", "excluded",
                                                          "open"};
  return kTexts[At(outcome)];
}
std::string_view TextOf(Status status) {
  static constexpr std::array<std::string_view, 3> kTexts{"", "ok", "error"};
  return kTexts[At(status)];
}
std::string_view TextOf(Platform platform) {
  static constexpr std::array<std::string_view, 4> kTexts{"", "desktop", "mobile", "tablet"};
  return kTexts[At(platform)];
}

std::span<const std::string_view> Placeholders() {
  return kPlaceholders;
}
std::span<const std::string_view> Streets() {
  return kStreets;
}
std::span<const std::string_view> Comments() {
  return kComments;
}

}  // namespace simulation
}  // namespace v0
}  // namespace journey
