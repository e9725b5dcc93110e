#include "core/sip_hash.h"

#include <rapidcheck.h>
#include <sodium.h>

#include <algorithm>
#include <string>

#include "support/catch.h"

using namespace journey;  // NOLINT
using internal::SipHash;
using internal::SipHasher;
using internal::SipKey;

namespace {

SipKey CountingKey() {
  SipKey key;
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<unsigned char>(i);
  return key;
}

std::string CountingText(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text.push_back(static_cast<char>(i));
  return text;
}

}  // namespace

TEST_CASE("the hash in line gives what the paper that defines it prints") {
  // Appendix A of the paper: 15 bytes 00, 01, ... under the key 00, 01, ... 0f.
  CHECK(SipHasher<2, 4>(CountingKey())(CountingText(15)) == 0xA129CA6149BE45E5U);
}

TEST_CASE("with 2 and 4 rounds the hash in line is the library's, for texts of every length to 100") {
  const SipHasher<2, 4> hasher(CountingKey());
  for (std::size_t size = 0; size <= 100; ++size) {
    INFO(size);
    CHECK(hasher(CountingText(size)) == SipHash(CountingText(size), CountingKey()));
  }
  CHECK(
      rc::check("of any bytes, and any key", [](const std::string& text, std::array<unsigned char, 16> key) {
        RC_ASSERT((SipHasher<2, 4>(key)(text)) == SipHash(text, key));
      }));
}

TEST_CASE("with 2 and 4 rounds the wide hash in line is the library's of 128 bits") {
  CHECK(
      rc::check("of any bytes, and any key", [](const std::string& text, std::array<unsigned char, 16> key) {
        std::array<std::uint64_t, 2> expected;
        crypto_shorthash_siphashx24(reinterpret_cast<unsigned char*>(expected.data()),    // NOLINT
                                    reinterpret_cast<const unsigned char*>(text.data()),  // NOLINT
                                    text.size(), key.data());
        RC_ASSERT((SipHasher<2, 4>(key).Wide(text)) == expected);
      }));
}

TEST_CASE("with 1 and 3 rounds each byte of text and key matters, and so does the length") {
  const SipHasher<1, 3> hasher(CountingKey());
  for (std::size_t size = 0; size <= 24; ++size) {
    const std::string text = CountingText(size);
    const std::uint64_t hash = hasher(text);
    for (std::size_t i = 0; i < size; ++i) {
      std::string other = text;
      other[i] = static_cast<char>(other[i] ^ 0x40);
      CHECK(hasher(other) != hash);
    }
    CHECK(hasher(text + '\0') != hash);
    for (std::size_t i = 0; i < 16; ++i) {
      SipKey key = CountingKey();
      key[i] = static_cast<unsigned char>(key[i] ^ 0x40);
      CHECK(SipHasher<1, 3>(key)(text) != hash);
    }
  }
}
