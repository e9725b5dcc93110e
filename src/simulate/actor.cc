#include "simulate/actor.h"

#include <array>

#include "journey/core/check.h"

namespace journey {
inline namespace v0 {
namespace simulation {
namespace {

Name EntryOf(Channel channel) {
  if (channel == Channel::kApp) return Name::kAppOpen;
  return channel == Channel::kPortal ? Name::kPortalHome : Name::kHome;
}

}  // namespace

bool Actor::CanUse(Channel channel) const {
  if (channel == Channel::kApp) return profile_.has_app;
  return channel != Channel::kPortal || !profile_.guest;
}

// Mostly some seconds, at times two minutes. Whole seconds, so that events of different people, and now and
// then of one, have the same time.
std::int64_t Actor::Thought() {
  const std::int64_t slow = random_.Between(0, 115);
  return (3 + slow * random_.Between(0, 100) / 100) * kSecond;
}

bool Actor::Write(Channel channel, Name name, std::uint8_t carried, const Details& details) {
  static constexpr std::array<Platform, 4> kPlatforms{Platform::kDesktop, Platform::kMobile,
                                                      Platform::kTablet, Platform::kDesktop};
  EventRow row;
  row.product = details.product;
  row.channel = channel;
  row.name = name;
  row.carried = carried;
  row.device = device_;
  row.status = details.status;
  row.platform = (carried & kCarriesDevice) != 0 ? kPlatforms[device_] : Platform::kNone;
  row.given = details.given;
  row.score = details.score;
  row.comment = details.comment;
  return diary_.Write(row);
}

bool Actor::ActAfter(std::int64_t us, Name name, const Details& details) {
  diary_.Wait(us);
  std::uint8_t carried = kCarriesDevice;
  if (logged_in_) carried |= kCarriesUser;
  if (profile_.guest && name == Name::kShippingDetails) {
    carried |= kCarriesEmail | kCarriesPhone;
    email_known_ = true;
  }
  if (!Write(channel_, name, carried, details)) return false;
  if (login_due_) LogIn();
  return true;
}

void Actor::LogIn() {
  login_due_ = false;
  diary_.Wait(Thought());
  std::uint8_t carried = kCarriesUser | kCarriesDevice;
  if (!DeviceKnown()) carried |= kCarriesEmail | kCarriesPhone;
  if (!Write(channel_, Name::kLogin, carried, {.status = Status::kOk})) return;
  logged_in_ = email_known_ = true;
  known_devices_ = static_cast<std::uint8_t>(known_devices_ | (1U << device_));
}

void Actor::LogInForCheckout() {
  if (!profile_.guest && !logged_in_ && !login_due_) LogIn();
}

bool Actor::HasTheTurn() {
  return profile_.shares_device && diary_.now_us() / kDay % 2 == diary_.person() % 2;
}

std::uint8_t Actor::ChooseDevice(Channel channel) {
  if (channel == Channel::kApp) return kPhone;
  const bool shared = random_.Chance(500);
  const bool tablet = random_.Chance(200);
  if (channel == Channel::kWeb && HasTheTurn() && shared) return kShared;
  return profile_.has_tablet && tablet ? kTablet : kBrowser;
}

void Actor::EnterVisit(Channel channel, std::uint8_t device) {
  JOURNEY_CHECK(CanUse(channel));
  channel_ = channel;
  device_ = device;
  // The app remembers its user; the portal knows none but users.
  logged_in_ =
      !profile_.guest && ((channel == Channel::kApp && DeviceKnown()) || channel == Channel::kPortal);
  login_due_ = false;
}

void Actor::Arrive(Channel channel) {
  EnterVisit(channel, ChooseDevice(channel));
  const bool wants_login = random_.Chance(500);
  if (channel == Channel::kWeb && random_.Chance(50)) {
    if (!Write(Channel::kSocial, Name::kAdClick, kCarriesDevice, {})) return;
  }
  if (channel == Channel::kPortal) LogIn();
  if (!Act(EntryOf(channel))) return;
  const bool remembered = DeviceKnown() && device_ != kShared && (channel == Channel::kApp || !wants_login);
  if (!profile_.guest && channel != Channel::kPortal && !remembered) LogIn();
}

void Actor::ArriveByLink(Channel channel) {
  EnterVisit(channel, channel == Channel::kApp ? kPhone : kBrowser);
  login_due_ = !profile_.guest && !DeviceKnown();
}

void Actor::Leave() {
  if (device_ == kShared && logged_in_) Act(Name::kLogout);
  logged_in_ = login_due_ = false;
  // Whatever follows from elsewhere, such as a chat, comes from a device of their own.
  if (device_ == kShared) device_ = kBrowser;
}

void Actor::Wander(int events) {
  static constexpr std::array<Name, 3> kShop{Name::kCategoryView, Name::kProductCard, Name::kSearch};
  for (int i = 0; i < events && !diary_.gone(); ++i) {
    if (channel_ == Channel::kPortal) {
      Act(Name::kPortalHome);
      continue;
    }
    const Name name = kShop[random_.Below(3)];
    Act(name);
    // The results come in the same second: only the sequence tells the order.
    if (name == Name::kSearch) ActAfter(0, Name::kSearchResults);
  }
}

void Actor::ReadHelp() {
  diary_.Wait(Thought());
  const std::uint8_t carried = logged_in_ ? kCarriesDevice | kCarriesUser : kCarriesDevice;
  Write(Channel::kHelp, Name::kHelpArticle, carried, {});
}

void Actor::Chat(std::uint8_t given) {
  const bool by_email = random_.Chance(600);
  std::uint8_t carried = kCarriesDevice;
  if (email_known_) carried = by_email && !profile_.guest ? kCarriesEmail : kCarriesEmail | kCarriesDevice;
  const auto say = [&](Name name, std::int64_t low, std::int64_t high, const Details& details) {
    diary_.Wait(random_.Between(low, high) * kSecond);
    return Write(Channel::kChat, name, carried, details);
  };
  say(Name::kChatStart, 40, 240, {});
  say(Name::kChatMessage, 10, 60, {.given = given});
  if (random_.Chance(500)) say(Name::kChatMessage, 20, 120, {});
  say(Name::kChatEnd, 30, 300, {});
}

void Actor::Call(std::uint8_t given) {
  const std::uint8_t carried = random_.Chance(600) ? kCarriesPhone : kCarriesUser;
  diary_.Wait(random_.Between(60, 400) * kSecond);
  Write(Channel::kPhone, Name::kCallStart, carried, {});
  diary_.Wait(random_.Between(20, 120) * kSecond);
  Write(Channel::kPhone, Name::kCallNote, carried, {.given = given});
  diary_.Wait(random_.Between(60, 600) * kSecond);
  Write(Channel::kPhone, Name::kCallEnd, carried, {});
}

void Actor::ContactSupport(std::uint8_t given) {
  const bool call = random_.Chance(500);
  if (call && !profile_.guest && email_known_) {
    Call(given);
  } else {
    Chat(given);
  }
}

bool Actor::Mail(Name name, const Details& details) {
  return Write(Channel::kEmail, name, kCarriesEmail, details);
}

}  // namespace simulation
}  // namespace v0
}  // namespace journey
