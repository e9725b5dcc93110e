// Small worlds: two users, two devices and one e-mail, and every scenario of a few records about them.
//
// A scenario is a sequence of letters, the records, in the order of their times, which are all different. The
// natural alphabet has 23 letters: an event that shows one key or two of different kinds, a logout of either
// device, and an unlink of two keys of different kinds:
//
//   u1  u2  d1  d2  e   u1+d1  u1+d2  u2+d1  u2+d2  u1+e  u2+e  e+d1  e+d2       13 events
//   out(d1)  out(d2)                                                             2 logouts
//   u1/d1  u1/d2  u2/d1  u2/d2  u1/e  u2/e  e/d1  e/d2                           8 unlinks
//
// 23^6 scenarios of six records times 720 orders of arrival are too many to be run. Which of them tell
// nothing that others do not tell is said by the predicates of Alphabet below. Each of them rests on a law,
// which small_world_laws_test.cc shows on every scenario of a few records, none left out. Each leads from a
// scenario to ones that are shorter, or as long and earlier in the order of the letters: so what is left out
// is always covered, at the end of such a way, by something that is not.
//
// All laws but the first are of policies without a span of time (`within`). Under one, a record that does
// nothing for the others still takes its time, and moves them apart.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "identity_graph/support.h"

namespace test {

inline constexpr std::size_t kSmallKeys = 5;
inline constexpr std::size_t kLongestScenario = 6;

struct SmallKey {
  const char* name_space;
  const char* value;
};
inline constexpr std::array<SmallKey, kSmallKeys> kSmallKeyNames = {
    {{"user_id", "u1"}, {"user_id", "u2"}, {"device", "d1"}, {"device", "d2"}, {"email", "e@x"}}};
enum SmallKeys : unsigned { kU1 = 1, kU2 = 2, kD1 = 4, kD2 = 8, kE = 16 };

struct Letter {
  journey::RecordKind kind = journey::RecordKind::kEvent;
  unsigned keys = 0;

  [[nodiscard]] bool event() const { return kind == journey::RecordKind::kEvent; }
  // Whether it says anything of what belongs together; else it is a rule about two keys.
  [[nodiscard]] bool evidence() const {
    return kind != journey::RecordKind::kUnlink && kind != journey::RecordKind::kRelink;
  }
  [[nodiscard]] bool single() const { return (keys & (keys - 1)) == 0; }
  // An event of one key that says nothing but that it was there.
  [[nodiscard]] bool watches() const { return event() && single(); }
  // Those of its keys that can have a timeline.
  [[nodiscard]] unsigned tracked() const { return keys & ~unsigned{kU1 | kU2}; }
  friend bool operator==(const Letter&, const Letter&) = default;
};

using Scenario = std::vector<std::uint8_t>;  // places in the alphabet, in the order of time

class Alphabet {
 public:
  explicit Alphabet(std::vector<Letter> letters) : letters_(std::move(letters)) {
    for (std::size_t mirror = 0; mirror < mirrored_.size(); ++mirror) {
      for (const Letter& letter : letters_) mirrored_[mirror].push_back(MirrorOf(letter, mirror + 1));
    }
  }
  [[nodiscard]] std::size_t size() const { return letters_.size(); }
  [[nodiscard]] const Letter& operator[](std::uint8_t place) const { return letters_[place]; }

  // The scenario with other names: 1: u1 and u2 exchanged, 2: d1 and d2, 3: both.
  // Requires: the letters hold their mirror images.
  [[nodiscard]] Scenario Mirrored(const Scenario& scenario, std::size_t mirror) const {
    Scenario other;
    for (const std::uint8_t place : scenario) other.push_back(mirrored_[mirror - 1][place]);
    return other;
  }

  // Law 1, names do not matter: of a scenario and its mirrors, the first in the order of the letters will do.
  [[nodiscard]] bool FirstOfItsMirrors(const Scenario& scenario) const {
    for (const auto& mirrored : mirrored_) {
      for (const std::uint8_t place : scenario) {
        if (mirrored[place] == place) continue;
        if (mirrored[place] < place) return false;
        break;
      }
    }
    return true;
  }

  // The keys of the evidence that hangs together with `keys`.
  [[nodiscard]] unsigned ComponentOf(const Scenario& scenario, unsigned keys) const {
    for (unsigned before = 0; before != keys;) {
      before = keys;
      for (const std::uint8_t place : scenario) {
        const Letter& letter = letters_[place];
        if (letter.evidence() && (letter.keys & keys) != 0) keys |= letter.keys;
      }
    }
    return keys;
  }

  // Law 2, parts that have no key in common do not touch each other, and an unlink of two keys that nothing
  // connects does nothing: one component will do, with the unlinks inside it.
  [[nodiscard]] bool Connected(const Scenario& scenario) const {
    const auto first = std::find_if(scenario.begin(), scenario.end(),
                                    [&](std::uint8_t place) { return letters_[place].evidence(); });
    if (first == scenario.end()) return scenario.empty();
    const unsigned component = ComponentOf(scenario, letters_[*first].keys);
    return std::all_of(scenario.begin(), scenario.end(),
                       [&](std::uint8_t place) { return (letters_[place].keys & ~component) == 0; });
  }

  // Law 3, without relinks it does not matter when and how often an unlink is said: once, in the end, in the
  // order of the letters, will do. Requires: unlinks are the last letters.
  [[nodiscard]] bool UnlinksInTheEnd(const Scenario& scenario) const {
    for (std::size_t i = 1; i < scenario.size(); ++i) {
      if (!letters_[scenario[i - 1]].evidence() && scenario[i] <= scenario[i - 1]) return false;
    }
    return true;
  }

  // Law 4, an event of one key changes nothing for the others: two of them will do, to see whether they are
  // one customer's. And that of a person alone is always that of the person's other events: none will do.
  // Requires: the scenario is connected, so that there are others.
  [[nodiscard]] bool FewWatch(const Scenario& scenario) const {
    std::size_t watching = 0;
    for (const std::uint8_t place : scenario) {
      if (!letters_[place].watches()) continue;
      if (letters_[place].tracked() == 0 && scenario.size() > 1) return false;
      ++watching;
    }
    return watching <= 2;
  }

  // Law 5, what is said again with nothing in between that shows one of its devices or its e-mail changes
  // nothing, and is the customer's whose the first was: once will do. This is whether place j repeats i < j.
  [[nodiscard]] bool Repeats(const Scenario& scenario, std::size_t i, std::size_t j) const {
    if (scenario[i] != scenario[j] || !letters_[scenario[i]].evidence()) return false;
    for (std::size_t between = i + 1; between < j; ++between) {
      const Letter& letter = letters_[scenario[between]];
      if (letter.evidence() && (letter.tracked() & letters_[scenario[i]].tracked()) != 0) return false;
    }
    return true;
  }
  [[nodiscard]] bool NothingTwice(const Scenario& scenario) const {
    for (std::size_t j = 1; j < scenario.size(); ++j) {
      for (std::size_t i = 0; i < j; ++i) {
        if (Repeats(scenario, i, j)) return false;
      }
    }
    return true;
  }

  // Law 6, of two records in a row that have no device and e-mail in common, and of which one connects
  // nothing, it does not matter which came first: the order of the letters will do.
  [[nodiscard]] bool Commute(std::uint8_t a, std::uint8_t b) const {
    const Letter& one = letters_[a];
    const Letter& two = letters_[b];
    return one.evidence() && two.evidence() && (one.single() || two.single()) &&
           (one.tracked() & two.tracked()) == 0;
  }
  [[nodiscard]] bool InOrder(const Scenario& scenario) const {
    for (std::size_t i = 1; i < scenario.size(); ++i) {
      if (scenario[i] < scenario[i - 1] && Commute(scenario[i - 1], scenario[i])) return false;
    }
    return true;
  }

  // What is left by the first three laws, and by all of them.
  [[nodiscard]] bool Needed(const Scenario& scenario) const {
    return UnlinksInTheEnd(scenario) && FirstOfItsMirrors(scenario) && Connected(scenario);
  }
  [[nodiscard]] bool NeededByAllLaws(const Scenario& scenario) const {
    return UnlinksInTheEnd(scenario) && InOrder(scenario) && FewWatch(scenario) && NothingTwice(scenario) &&
           FirstOfItsMirrors(scenario) && Connected(scenario);
  }

  [[nodiscard]] std::vector<PlainRecord> RecordsOf(const Scenario& scenario) const {
    std::vector<PlainRecord> records;
    for (std::size_t i = 0; i < scenario.size(); ++i) {
      const Letter& letter = letters_[scenario[i]];
      PlainRecord record{.time = 1'000'000 + static_cast<std::int64_t>(i),
                         .sequence = 0,
                         .id = "r" + std::to_string(i),
                         .kind = letter.kind,
                         .name = letter.event() ? "view" : "",
                         .identifiers = {}};
      for (std::size_t key = 0; key < kSmallKeys; ++key) {
        if ((letter.keys >> key & 1U) == 0) continue;
        record.identifiers.emplace_back(kSmallKeyNames[key].name_space, kSmallKeyNames[key].value);
      }
      records.push_back(record);
    }
    return records;
  }

 private:
  // Letters without a mirror image are their own: such alphabets are not asked about mirrors.
  [[nodiscard]] std::uint8_t MirrorOf(Letter letter, std::size_t mirror) const {
    if ((mirror & 1U) != 0)
      letter.keys = (letter.keys & ~3U) | (letter.keys & 1U) << 1 | (letter.keys & 2U) >> 1;
    if ((mirror & 2U) != 0)
      letter.keys = (letter.keys & ~12U) | (letter.keys & 4U) << 1 | (letter.keys & 8U) >> 1;
    const auto found = std::find(letters_.begin(), letters_.end(), letter);
    return static_cast<std::uint8_t>(found == letters_.end() ? 0 : found - letters_.begin());
  }

  std::vector<Letter> letters_;
  std::array<std::vector<std::uint8_t>, 3> mirrored_;
};

// All that two users, two devices and one e-mail can naturally be seen to do. Unlinks come last.
inline Alphabet NaturalAlphabet() {
  using enum journey::RecordKind;
  return Alphabet({{kEvent, kU1},        {kEvent, kU2},        {kEvent, kD1},        {kEvent, kD2},
                   {kEvent, kE},         {kEvent, kU1 | kD1},  {kEvent, kU1 | kD2},  {kEvent, kU2 | kD1},
                   {kEvent, kU2 | kD2},  {kEvent, kU1 | kE},   {kEvent, kU2 | kE},   {kEvent, kE | kD1},
                   {kEvent, kE | kD2},   {kLogout, kD1},       {kLogout, kD2},       {kUnlink, kU1 | kD1},
                   {kUnlink, kU1 | kD2}, {kUnlink, kU2 | kD1}, {kUnlink, kU2 | kD2}, {kUnlink, kU1 | kE},
                   {kUnlink, kU2 | kE},  {kUnlink, kE | kD1},  {kUnlink, kE | kD2}});
}

// What is rarer: two keys of one kind on a record, a logout of several keys, links and relinks.
inline Alphabet OddAlphabet() {
  using enum journey::RecordKind;
  return Alphabet({{kEvent, kU1},        {kEvent, kU2},        {kEvent, kD1},       {kEvent, kD2},
                   {kEvent, kE},         {kEvent, kU1 | kD1},  {kEvent, kU2 | kD1}, {kEvent, kU1 | kE},
                   {kEvent, kU2 | kE},   {kEvent, kE | kD1},   {kEvent, kD1 | kD2}, {kEvent, kU1 | kD2},
                   {kEvent, kU2 | kD2},  {kEvent, kU1 | kU2},  {kLogout, kD1},      {kLogout, kU1 | kD1},
                   {kLogout, kD1 | kD2}, {kUnlink, kU1 | kD1}, {kUnlink, kU1 | kE}, {kUnlink, kE | kD1},
                   {kUnlink, kD1 | kD2}, {kRelink, kU1 | kD1}, {kRelink, kE | kD1}, {kLink, kU1 | kD1},
                   {kLink, kU2 | kD1},   {kLink, kE | kD1}});
}

// Some of both that make most conflicts.
inline Alphabet ConflictAlphabet() {
  using enum journey::RecordKind;
  return Alphabet({{kEvent, kD1},
                   {kEvent, kU1 | kD1},
                   {kEvent, kU2 | kD1},
                   {kEvent, kE | kD1},
                   {kEvent, kU1 | kE},
                   {kEvent, kD1 | kD2},
                   {kLogout, kD1},
                   {kUnlink, kE | kD1}});
}

// The policies under which the worlds are looked at; the last one has a span of time.
inline constexpr std::size_t kTimeless = 3;  // the others
inline std::vector<journey::IdentityPolicy> SmallWorldPolicies() {
  journey::IdentityPolicy strict;  // one device, one e-mail
  strict.namespaces = {{.name_space = "device", .kind = journey::IdentifierKind::kDevice, .max_values = 1},
                       {.name_space = "email", .kind = journey::IdentifierKind::kContact, .exclusive = true}};
  journey::IdentityPolicy forgetful;
  forgetful.forget_after_logout = true;
  journey::IdentityPolicy timed;  // one device within two steps of time, two neighbours
  timed.namespaces = {{.name_space = "device",
                       .kind = journey::IdentifierKind::kDevice,
                       .max_values = 1,
                       .within = journey::Duration{2}}};
  timed.max_neighbours = 2;
  timed.forget_after_logout = true;
  return {{}, strict, forgetful, timed};
}

// Calls visit(scenario) for every sequence of `length` of `letters` letters.
template <typename Visit>
void ForEachScenario(std::size_t letters, std::size_t length, Visit visit) {
  Scenario scenario(length, 0);
  for (bool more = true; more;) {
    visit(std::as_const(scenario));
    more = false;
    for (std::size_t i = length; i-- > 0 && !more;) {
      more = ++scenario[i] < letters;
      if (!more) scenario[i] = 0;
    }
  }
}

}  // namespace test
