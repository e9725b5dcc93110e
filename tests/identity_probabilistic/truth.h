// People whose records are known to belong together: two sources without shared keys, with the errors that
// such sources make. What is made depends on the seed alone.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journey/identity/fellegi_sunter.h"
#include "support/offer.h"
#include "support/worlds.h"

namespace test {

struct Person {
  std::string given, family, birth, post_code, email;
};

// A record: what one source says of a person. Empty: nothing.
struct PersonRecord {
  std::size_t person = 0;
  std::string name_space, id;
  Person told;
};

// Out of a hundred.
struct ErrorRates {
  std::size_t given_typo = 6, nickname = 12, given_missing = 3;
  std::size_t family_typo = 7, family_changed = 3, family_missing = 1;
  std::size_t birth_slip = 3, birth_swap = 2, birth_wrong = 1, birth_missing = 15;
  std::size_t moved = 12, post_code_missing = 5;
  std::size_t has_email = 40, other_email = 40;
  std::size_t alone = 20;  // persons whom the second source does not know
  std::size_t household =
      10;  // persons with the family name and post code of another; one in forty of them a twin
};

class TruthMaker {
 public:
  TruthMaker(std::uint64_t seed, ErrorRates rates)
      : random_(seed), rates_(rates), nicknames_(journey::EnglishNicknames()) {
    static const std::vector<std::string> begins = {"b", "br", "d", "f", "g", "gr",  "h",  "k", "kr", "l",
                                                    "m", "n",  "p", "r", "s", "sch", "st", "t", "w",  "z"};
    static const std::vector<std::string> middles = {"a", "e", "i", "o", "u", "ei", "au", "oo"};
    static const std::vector<std::string> ends = {"ck",  "ll", "man", "ner", "r",
                                                  "son", "tt", "ber", "lin", "x"};
    for (std::size_t i = 0; i < 1500; ++i) {
      std::string family;
      for (const auto* const parts : {&begins, &middles, &begins, &middles, &ends})
        family += random_.Pick(*parts);
      families_.push_back(family);
    }
    static const std::vector<std::string> plain = {
        "emma", "olivia", "noah",  "lucas", "mia",  "amelia", "ethan", "grace", "ruby",  "oscar",
        "hugo", "clara",  "irene", "felix", "nora", "simon",  "julia", "karen", "laura", "martin"};
    for (std::size_t i = 0; i < plain.size() || i < nicknames_.size(); ++i) {
      if (i < nicknames_.size()) givens_.push_back(nicknames_[i][0]);
      if (i < plain.size()) givens_.push_back(plain[i]);
    }
  }

  std::vector<PersonRecord> Make(std::size_t persons) {
    std::vector<PersonRecord> records;
    for (std::size_t i = 0; i < persons; ++i) {
      people_.push_back(SomePerson());
      records.push_back({i, "crm_id", "c" + std::to_string(i), people_[i]});
      if (!Happens(rates_.has_email)) records.back().told.email.clear();
      if (Happens(rates_.alone)) continue;
      records.push_back({i, "shop_id", "s" + std::to_string(i), Told(people_[i])});
    }
    return records;
  }

 private:
  bool Happens(std::size_t of_a_hundred) { return random_.Below(100) < of_a_hundred; }
  // Some are common, many rare.
  const std::string& Skewed(const std::vector<std::string>& from) {
    return from[random_.Below(from.size()) * random_.Below(from.size()) / from.size()];
  }
  static std::string Padded(std::size_t number, std::size_t digits) {
    std::string text = std::to_string(number);
    return std::string(digits - text.size(), '0') + text;
  }
  // Operands are evaluated in no certain order: what is drawn gets a statement each.
  std::string SomeDate() {
    std::string date = std::to_string(1940 + random_.Below(65));
    date += "-" + Padded(1 + random_.Below(12), 2);
    date += "-" + Padded(1 + random_.Below(28), 2);
    return date;
  }
  std::string SomePostCode() { return Padded(10000 + 7 * random_.Below(800), 5); }
  std::string SomeEmail(const Person& person) {
    return person.given + "." + person.family + std::to_string(random_.Below(10000)) + "@example.org";
  }
  Person SomePerson() {
    Person person{Skewed(givens_), Skewed(families_), SomeDate(), SomePostCode(), {}};
    if (!people_.empty() && Happens(rates_.household)) {
      const Person& other = people_[random_.Below(people_.size())];
      person.family = other.family;
      person.post_code = other.post_code;
      if (random_.OneIn(40)) person.birth = other.birth;
      // Nobody calls two children alike.
      while (person.given == other.given) person.given = Skewed(givens_);
    }
    person.email = SomeEmail(person);
    return person;
  }
  std::string Typo(std::string text) {
    const std::size_t at = random_.Below(text.size());
    const char letter = static_cast<char>('a' + random_.Below(26));
    switch (random_.Below(4)) {
      case 0:
        text[at] = letter;
        break;
      case 1:
        if (text.size() > 2) text.erase(at, 1);
        break;
      case 2:
        text.insert(at, 1, letter);
        break;
      default:
        if (at > 0) std::swap(text[at - 1], text[at]);
    }
    return text;
  }
  std::string Nickname(const std::string& name) {
    for (const std::vector<std::string>& list : nicknames_) {
      if (list[0] == name) return list[1 + random_.Below(list.size() - 1)];
    }
    return name;
  }
  std::string Slip(std::string date) {
    const std::size_t digit = random_.OneIn(2) ? 3 : 9;
    date[digit] = static_cast<char>('0' + (date[digit] - '0' + 1 + static_cast<int>(random_.Below(8))) % 10);
    return date;
  }
  // What the second source says.
  Person Told(Person person) {
    if (Happens(rates_.nickname)) person.given = Nickname(person.given);
    if (Happens(rates_.given_typo)) person.given = Typo(person.given);
    if (Happens(rates_.family_typo)) person.family = Typo(person.family);
    if (Happens(rates_.family_changed)) person.family = Skewed(families_);
    if (Happens(rates_.birth_slip)) person.birth = Slip(person.birth);
    if (Happens(rates_.birth_swap) && person.birth.substr(8, 2) <= "12") {
      person.birth = person.birth.substr(0, 5) + person.birth.substr(8, 2) + "-" + person.birth.substr(5, 2);
    }
    if (Happens(rates_.birth_wrong)) person.birth = SomeDate();
    if (Happens(rates_.moved)) person.post_code = SomePostCode();
    if (Happens(rates_.other_email)) person.email = SomeEmail(person);
    if (Happens(rates_.given_missing)) person.given.clear();
    if (Happens(rates_.family_missing)) person.family = "n/a";
    if (Happens(rates_.birth_missing)) person.birth = "1900-01-01";
    if (Happens(rates_.post_code_missing)) person.post_code.clear();
    if (!Happens(rates_.has_email)) person.email.clear();
    return person;
  }

  Random random_;
  ErrorRates rates_;
  std::vector<std::vector<std::string>> nicknames_;
  std::vector<std::string> givens_, families_;
  std::vector<Person> people_;
};

// One event for each record.
inline std::vector<Offer> OffersOf(const std::vector<PersonRecord>& records) {
  std::vector<Offer> offers;
  for (std::size_t i = 0; i < records.size(); ++i) {
    const PersonRecord& record = records[i];
    Offer offer{.time = kStart + static_cast<std::int64_t>(i * 7919 % records.size()) * kMinute,
                .sequence = i,
                .id = "e" + std::to_string(i),
                .source = record.name_space,
                .channel = "web",
                .name = "profile",
                .identifiers = {{record.name_space, record.id}},
                .attributes = {}};
    const std::array<std::pair<const char*, const std::string*>, 5> told = {
        {{"given_name", &record.told.given},
         {"family_name", &record.told.family},
         {"birth_date", &record.told.birth},
         {"post_code", &record.told.post_code},
         {"email", &record.told.email}}};
    for (const auto& [key, text] : told) {
      if (!text->empty()) offer.attributes.emplace_back(key, Value::Text(*text));
    }
    offers.push_back(offer);
  }
  return offers;
}

// Matching of persons with the nicknames that the truth is made with.
inline journey::MatchOptions TruthMatching() {
  journey::MatchOptions options = journey::PersonMatching();
  options.fields[0].equivalents = journey::EnglishNicknames();
  return options;
}

}  // namespace test
