// Actor: a person who shows up in channels. It knows what can be seen of the person in each of them: the
// device in web and app, the user id after a login, an e-mail address in a chat, a number on the phone.
//
//   actor.Arrive(Channel::kWeb);     home, and often a login
//   actor.Act(Name::kSearch);        after some seconds of thought
//   actor.Chat();                    beside the visit, which goes on
//   actor.Leave();                   with a logout, on a device that others use too
//
// A device that a person has not used before sees a login early in its first visit, so that what they do can
// be told to be theirs; guests never log in, and own one browser.
#pragma once
#include <cstdint>
#include <utility>

#include "simulate/diary.h"
#include "simulate/population.h"
#include "simulate/random.h"

namespace journey {
inline namespace v0 {
namespace simulation {

// What an event says beside what happened.
struct Details {
  Status status = Status::kNone;
  std::uint16_t product = 0;
  std::uint8_t given = 0;
  std::uint8_t score = 0;
  std::uint8_t comment = 0;
};

class Actor {
 public:
  Actor(const Profile& profile, Diary diary) : profile_(profile), diary_(std::move(diary)) {}

  [[nodiscard]] Diary& diary() { return diary_; }
  [[nodiscard]] internal::Random& random() { return random_; }
  void UseRandom(internal::Random random) { random_ = random; }
  [[nodiscard]] bool guest() const { return profile_.guest; }
  [[nodiscard]] bool email_known() const { return email_known_; }
  [[nodiscard]] bool CanUse(Channel channel) const;

  // The visit.
  [[nodiscard]] Channel channel() const { return channel_; }
  [[nodiscard]] bool on_shared_device() const { return device_ == kShared; }
  // By the front door: the entry page, and a login where one is due. Requires: CanUse(channel).
  void Arrive(Channel channel);
  // By a link into the middle of things: no entry page; a login, where one is due, follows the next event.
  void ArriveByLink(Channel channel);
  void Leave();
  void LogInForCheckout();

  // An event of the visit after some seconds of thought, or after exactly so long. False when there is no
  // more time.
  bool Act(Name name, const Details& details = {}) { return ActAfter(Thought(), name, details); }
  bool ActAfter(std::int64_t us, Name name, const Details& details = {});
  // Looks around: about `events` events that are no step of anything.
  void Wander(int events);
  void ReadHelp();

  // Beside the visit. A chat or a call gives the data of `given` (again).
  void Chat(std::uint8_t given = 0);
  void Call(std::uint8_t given = 0);
  void ContactSupport(std::uint8_t given = 0);  // one of the two
  bool Mail(Name name, const Details& details = {});

 private:
  static constexpr std::uint8_t kBrowser = 0;
  static constexpr std::uint8_t kPhone = 1;
  static constexpr std::uint8_t kTablet = 2;
  static constexpr std::uint8_t kShared = 3;

  [[nodiscard]] std::int64_t Thought();
  bool Write(Channel channel, Name name, std::uint8_t carried, const Details& details);
  void EnterVisit(Channel channel, std::uint8_t device);
  [[nodiscard]] std::uint8_t ChooseDevice(Channel channel);
  [[nodiscard]] bool HasTheTurn();  // on the shared device
  [[nodiscard]] bool DeviceKnown() const { return ((known_devices_ >> device_) & 1U) != 0; }
  void LogIn();

  Profile profile_;
  Diary diary_;
  internal::Random random_{0};
  Channel channel_ = Channel::kWeb;
  std::uint8_t device_ = kBrowser;
  std::uint8_t known_devices_ = 0;  // bit set: there was a login
  bool logged_in_ = false;
  bool login_due_ = false;
  bool email_known_ = false;  // some event told which address, and number, belong to the person
};

}  // namespace simulation
}  // namespace v0
}  // namespace journey
