// The words of the simulated world: its channels, event names, journeys and kinds of friction.
//
// Everything here is a small number with a text behind it, so that a simulated event is a row of numbers.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace journey {
inline namespace v0 {
namespace simulation {

enum class Channel : std::uint8_t { kWeb, kApp, kPortal, kChat, kHelp, kEmail, kPhone, kSocial };
inline constexpr std::size_t kChannels = 8;

enum class Name : std::uint8_t {
  // looking around
  kHome,
  kAppOpen,
  kPortalHome,
  kSearch,
  kSearchResults,
  kCategoryView,
  kProductCard,
  kAdClick,
  kLogin,
  kLogout,
  kButtonClick,
  kHelpArticle,
  kNewsletterOpen,
  kNewsletterClick,
  // the steps of the journeys
  kProductView,
  kAddToCart,
  kShippingDetails,
  kPaymentDetails,
  kPurchase,
  kApplicationStart,
  kPersonalData,
  kDocuments,
  kApplicationSubmit,
  kApplicationApproved,
  kApplicationDeclined,
  kClaimStart,
  kClaimDetails,
  kReturnLabel,
  kClaimSubmit,
  // what goes wrong, and whom one asks
  kPaymentError,
  kFormError,
  kChatStart,
  kChatMessage,
  kChatEnd,
  kCallStart,
  kCallNote,
  kCallEnd,
  kContactForm,
  kSurvey,
};
inline constexpr std::size_t kNames = 39;

enum class Journey : std::uint8_t { kPurchase, kApplication, kClaim };
inline constexpr std::size_t kJourneys = 3;

// What is planted. The first twelve are planted by a rate of their own; the last two come about: a drop-off
// is how an unfinished journey ends, and a voluntary switch is no pain, but a detector must not call it
// forced.
enum class Friction : std::uint8_t {
  kRepeat,
  kRedo,
  kForcedSwitch,
  kStall,
  kBacktrack,
  kLoop,
  kErrorLoop,
  kRapidRepeat,
  kContactAfterAbandonment,
  kLostProgress,
  kRepeatedEntry,
  kExcessEffort,
  kDropOff,
  kVoluntarySwitch,
};
inline constexpr std::size_t kPlantedFrictions = 12;
inline constexpr std::size_t kFrictions = 14;

enum class Outcome : std::uint8_t { kAchieved, kAbandoned, kExpired, kExcluded, kOpen };

enum class Status : std::uint8_t { kNone, kOk, kError };
enum class Platform : std::uint8_t { kNone, kDesktop, kMobile, kTablet };

struct StepPlan {
  std::string_view name;
  Name event;
  bool optional = false;
};

// One kind of journey, as customers live it and as SimulatedJourneys() declares it.
struct JourneyPlan {
  std::string_view name;
  std::span<const StepPlan> steps;
  std::array<Channel, 2> channels;  // where its steps are done, the usual one first
  std::int64_t abandon_after_us;
  std::int64_t window_us;
  std::uint8_t data_step;  // from the boundary after this step on there is data to ask for again
  Name error;              // what goes wrong in it
  // An explicit goal and an exclusion, for a journey that somebody else decides; else the last step is the
  // goal.
  bool decided = false;
  Name goal = Name::kHome;
  Name exclusion = Name::kHome;
};

[[nodiscard]] const JourneyPlan& PlanOf(Journey journey);

[[nodiscard]] std::string_view TextOf(Channel channel);
[[nodiscard]] std::string_view TextOf(Name name);
[[nodiscard]] std::string_view TextOf(Outcome outcome);
[[nodiscard]] std::string_view TextOf(Status status);      // "" of kNone
[[nodiscard]] std::string_view TextOf(Platform platform);  // "" of kNone

// The detector that looks for it, and the kind of finding there: {"repetition", "redo"}. Where a detector
// knows one kind only, both are the same word.
struct FrictionText {
  std::string_view detector;
  std::string_view kind;
};
[[nodiscard]] FrictionText TextOf(Friction friction);

// Values of identifiers that mean nobody.
[[nodiscard]] std::span<const std::string_view> Placeholders();
// Where people live, and what they write into surveys: with all that must be quoted.
[[nodiscard]] std::span<const std::string_view> Streets();
[[nodiscard]] std::span<const std::string_view> Comments();

}  // namespace simulation
}  // namespace v0
}  // namespace journey
