#include "journey/identity/placeholders.h"

#include <string>

#include "support/catch.h"

using journey::IsPlaceholder;

TEST_CASE("what trackers send in the place of an identifier names nobody") {
  for (const char* value : {"",
                            " ",
                            "\t\n",
                            "null",
                            "NULL",
                            "Null",
                            " N/A ",
                            "none",
                            "nil",
                            "nan",
                            "NaN",
                            "undefined",
                            "unknown",
                            "anonymous",
                            "Guest",
                            "true",
                            "FALSE",
                            "0",
                            "00",
                            "0.0",
                            "-1",
                            "-",
                            "--",
                            "n/a",
                            "(not set)",
                            "(none)",
                            "[object Object]",
                            "distinct_id",
                            "00000000-0000-0000-0000-000000000000",
                            "0000000000",
                            "\"\"",
                            "''",
                            "???",
                            "***"}) {
    INFO("'" << value << "'");
    CHECK(IsPlaceholder(value));
  }
}

TEST_CASE("what only looks like a placeholder is an identifier") {
  for (const char* value :
       {"nullo@example.org", "1", "42", "10", "-2", "a", "nulls", "undefined1", "guest@hotel.example", "0001",
        "00000000-0000-0000-0000-000000000001", "anonymous coward", "x", "\xC3\xA9",
        "this is a text that is longer than every placeholder"}) {
    INFO("'" << value << "'");
    CHECK_FALSE(IsPlaceholder(value));
  }
}

TEST_CASE("blanks around a value do not matter, whatever their number") {
  CHECK(IsPlaceholder(std::string(100, ' ') + "null" + std::string(100, '\n')));
  CHECK_FALSE(IsPlaceholder(std::string(100, ' ') + "ann" + std::string(100, '\n')));
  CHECK(IsPlaceholder(std::string(100, '0')));
}
