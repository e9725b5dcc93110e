// How alike two texts are: the measures of record linkage, in whole numbers, so that they are the same
// everywhere.
//
//   JaroWinkler("martha", "marhta")  961111     JaroWinkler("dixon", "dicksonx")  813333     (millionths)
//   Soundex("Robert")  "R163"                   FoldName(" Müller-Lüdenscheidt ")  "muller ludenscheidt"
//   CanonicalDate("3/12/1980")  "1980-12-03"    IsDateSlip("1980-12-03", "1980-03-12")  true: day and month
//   swapped
//
// Jaro (1989): two characters match if they are equal and not farther apart than half the longer text's
// length less one; with m matches, of which 2t stand in another order, the similarity is (m/|a| + m/|b| + (m
// - t)/m) / 3. Winkler (1990) adds a tenth of what is missing for each equal character at the beginning, up
// to four; always, as most implementations do, not only above 0.7. Characters are code points; a text's first
// 64 count. Bytes that are no UTF-8 count as a character each.
//
// Threads: safe. Cost: JaroWinkler is linear in the product of the lengths at worst, and allocates nothing.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace journey {
inline namespace v0 {

// Units: millionths, rounded; 1'000'000 for equal texts, two empty ones included, and only for those whose
// first 64 characters are equal.
[[nodiscard]] std::uint32_t Jaro(std::string_view a, std::string_view b);
[[nodiscard]] std::uint32_t JaroWinkler(std::string_view a, std::string_view b);

// The American Soundex code (the archives' rules: h and w do not part equal codes, vowels do), after
// FoldName; characters beyond a-z are passed over. Empty: there is no letter.
[[nodiscard]] std::string Soundex(std::string_view name);

// A name as it is compared: lower case, Latin letters without their marks (ß as ss, æ as ae), hyphens as
// blanks, apostrophes and full stops left out, one blank between words. Greek and Cyrillic capitals are
// lowered; other characters stay.
[[nodiscard]] std::string FoldName(std::string_view name);

// A code as it is compared, such as a post code: its letters and digits alone, in lower case.
[[nodiscard]] std::string FoldCode(std::string_view code);

// "YYYY-MM-DD", of "1980-12-03" (also with / or . or nothing between, or a time of day behind), and of day,
// month, year with . or / or - between. `month_first`: with / or - the month comes first. Empty: no date of
// the calendar.
[[nodiscard]] std::string CanonicalDate(std::string_view text, bool month_first = false);

// Of two canonical dates: exactly one digit differs, or day and month are swapped.
[[nodiscard]] bool IsDateSlip(std::string_view a, std::string_view b);

}  // namespace v0
}  // namespace journey
