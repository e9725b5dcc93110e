#include "journey/identity/similarity.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/catch.h"
#include "support/worlds.h"

using namespace journey;

namespace {

// As Jaro's and Winkler's papers have it, in floating point and with lists.
double SlowJaroWinkler(const std::string& a, const std::string& b) {
  if (a.empty() && b.empty()) return 1;
  const int na = static_cast<int>(a.size()), nb = static_cast<int>(b.size());
  const int reach = std::max(0, std::max(na, nb) / 2 - 1);
  std::vector<int> partner(a.size(), -1);
  std::vector<bool> taken(b.size());
  for (int i = 0; i < na; ++i) {
    for (int j = 0; j < nb; ++j) {
      if (std::abs(i - j) > reach || taken[static_cast<std::size_t>(j)] ||
          a[static_cast<std::size_t>(i)] != b[static_cast<std::size_t>(j)]) {
        continue;
      }
      partner[static_cast<std::size_t>(i)] = j;
      taken[static_cast<std::size_t>(j)] = true;
      break;
    }
  }
  std::string left, right;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (partner[i] >= 0) left += a[i];
  }
  for (std::size_t j = 0; j < b.size(); ++j) {
    if (taken[j]) right += b[j];
  }
  if (left.empty()) return 0;
  int moved = 0;
  for (std::size_t i = 0; i < left.size(); ++i) moved += left[i] != right[i] ? 1 : 0;
  const double m = static_cast<double>(left.size());
  const double jaro = (m / na + m / nb + (m - moved / 2) / m) / 3;
  int prefix = 0;
  while (prefix < 4 && prefix < na && prefix < nb &&
         a[static_cast<std::size_t>(prefix)] == b[static_cast<std::size_t>(prefix)]) {
    ++prefix;
  }
  return jaro + prefix * 0.1 * (1 - jaro);
}

}  // namespace

TEST_CASE("Jaro-Winkler has the published values") {
  CHECK(JaroWinkler("MARTHA", "MARHTA") == 961'111);
  CHECK(JaroWinkler("DIXON", "DICKSONX") == 813'333);
  CHECK(JaroWinkler("DWAYNE", "DUANE") == 840'000);
  CHECK(Jaro("MARTHA", "MARHTA") == 944'444);
  CHECK(Jaro("DIXON", "DICKSONX") == 766'667);
  CHECK(Jaro("DWAYNE", "DUANE") == 822'222);
  CHECK(Jaro("CRATE", "TRACE") == 733'333);
  CHECK(JaroWinkler("", "") == 1'000'000);
  CHECK(JaroWinkler("", "a") == 0);
  CHECK(JaroWinkler("a", "b") == 0);
  CHECK(JaroWinkler("a", "a") == 1'000'000);
}

TEST_CASE("Jaro-Winkler equals the textbook on random texts and is symmetric") {
  test::Random random(1);
  std::uint64_t similar = 0;
  for (int i = 0; i < 60'000; ++i) {
    const std::size_t alphabet = 2 + random.Below(5);
    std::string a(random.Below(i % 100 == 0 ? 65 : 12), 'a'), b(random.Below(i % 100 == 0 ? 65 : 12), 'a');
    for (std::string* const text : {&a, &b}) {
      for (char& c : *text) c = static_cast<char>('a' + random.Below(alphabet));
    }
    const double expected = SlowJaroWinkler(a, b);
    similar += expected > 0.8 ? 1U : 0U;
    REQUIRE(std::abs(JaroWinkler(a, b) / 1e6 - expected) < 6e-7);
  }
  CHECK(similar > 1000);
}

TEST_CASE("Jaro-Winkler takes code points as characters, and bad bytes as one each") {
  CHECK(JaroWinkler("\xD0\x90\xD0\x91\xD0\x92", "\xD0\x90\xD0\x91\xD0\x92") == 1'000'000);
  // Of three characters one differs, as in "abc" and "abd".
  CHECK(JaroWinkler("\xD0\x90\xD0\x91\xD0\x92", "\xD0\x90\xD0\x91\xD0\x93") == JaroWinkler("abc", "abd"));
  CHECK(JaroWinkler("\xFF\x80", "\xFF\x81") == JaroWinkler("ab", "ac"));
  CHECK(JaroWinkler("\xE2\x82", "\xE2\x82") == 1'000'000);
  CHECK(JaroWinkler("\xF0\x9F\x98\x80z", "\xF0\x9F\x98\x80y") == JaroWinkler("az", "ay"));
  // Beyond 64 characters nothing counts.
  const std::string same(64, 'a');
  CHECK(JaroWinkler(same + "b", same + "c") == 1'000'000);
}

TEST_CASE("Soundex codes are those of the archives") {
  CHECK(Soundex("Robert") == "R163");
  CHECK(Soundex("Rupert") == "R163");
  CHECK(Soundex("Rubin") == "R150");
  CHECK(Soundex("Ashcraft") == "A261");
  CHECK(Soundex("Ashcroft") == "A261");
  CHECK(Soundex("Tymczak") == "T522");
  CHECK(Soundex("Pfister") == "P236");
  CHECK(Soundex("Honeyman") == "H555");
  CHECK(Soundex("M\xC3\xBCller") == "M460");
  CHECK(Soundex("O'Hara") == "O600");
  CHECK(Soundex("123") == "");
}

TEST_CASE("names are folded to what people would call the same name") {
  CHECK(FoldName("  M\xC3\xBCller-L\xC3\xBC"
                 "denscheidt ") == "muller ludenscheidt");
  CHECK(FoldName("O'NEIL") == "oneil");
  CHECK(FoldName("O\xE2\x80\x99Neil") == "oneil");
  CHECK(FoldName("Stra\xC3\x9F"
                 "e") == "strasse");
  CHECK(FoldName("\xC3\x86gir \xC3\x98rsted") == "aegir orsted");
  CHECK(FoldName("\xC5\x81ukasz \xC5\xBB\xC3\xB3\xC5\x82\xC4\x87") == "lukasz zolc");
  CHECK(FoldName("e\xCC\x81ric") == "eric");
  CHECK(FoldName("\xD0\x98\xD0\xB2\xD0\xB0\xD0\xBD") == "\xD0\xB8\xD0\xB2\xD0\xB0\xD0\xBD");
  CHECK(FoldName("\xE6\x9D\x8E") == "\xE6\x9D\x8E");
  CHECK(FoldName(" - ") == "");
  CHECK(FoldCode(" SW1A 1AA") == "sw1a1aa");
  CHECK(FoldCode("D-10115") == "d10115");
}

TEST_CASE("dates are read in the usual ways, and what is none is empty") {
  CHECK(CanonicalDate("1980-12-03") == "1980-12-03");
  CHECK(CanonicalDate("1980-12-03T00:00:00Z") == "1980-12-03");
  CHECK(CanonicalDate("19801203") == "1980-12-03");
  CHECK(CanonicalDate("1980/12/3") == "1980-12-03");
  CHECK(CanonicalDate("3.12.1980") == "1980-12-03");
  CHECK(CanonicalDate("3/12/1980") == "1980-12-03");
  CHECK(CanonicalDate("3/12/1980", true) == "1980-03-12");
  CHECK(CanonicalDate("3.12.1980", true) == "1980-12-03");
  CHECK(CanonicalDate("2000-02-29") == "2000-02-29");
  for (const char* const none :
       {"", "1980", "1980-13-01", "1980-02-30", "1900-02-29", "80-12-03", "1980-12/03", "1980-12",
        "198012034", "x", "1980-12-03x", "1980-12-03-04", "--", "1980-12-003"}) {
    CAPTURE(none);
    CHECK(CanonicalDate(none).empty());
  }
}

TEST_CASE("a slip of a date is one digit, or day and month swapped") {
  CHECK(IsDateSlip("1980-12-03", "1980-03-12"));
  CHECK(IsDateSlip("1980-12-03", "1980-12-08"));
  CHECK(IsDateSlip("1980-12-03", "1930-12-03"));
  CHECK_FALSE(IsDateSlip("1980-12-03", "1980-12-03"));
  CHECK_FALSE(IsDateSlip("1980-12-12", "1980-12-12"));
  CHECK_FALSE(IsDateSlip("1980-12-03", "1980-12-14"));
  CHECK_FALSE(IsDateSlip("1980-12-03", "1981-03-12"));
}
