#include "core/sip_hash.h"

#include <sodium.h>

#include <cstdlib>
#include <cstring>

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

constexpr SipKey kFixedKey = {'j', 'o', 'u', 'r', 'n', 'e', 'y', '/', 'e', 'v', 'e', 'n', 't', '/', 'i', 'd'};
static_assert(crypto_shorthash_siphash24_KEYBYTES == 16 && crypto_shorthash_siphash24_BYTES == 8);
static_assert(crypto_shorthash_siphashx24_KEYBYTES == 16 && crypto_shorthash_siphashx24_BYTES == 16);

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT: libsodium speaks unsigned char
}

std::uint64_t LittleEndian(const unsigned char* bytes) {
  std::uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = value << 8 | bytes[i];
  return value;
}

}  // namespace

SipKey RandomSipKey() {
  if (sodium_init() < 0) std::abort();  // no source of randomness: no table could be made safe
  SipKey key;
  randombytes_buf(key.data(), key.size());
  return key;
}

std::uint64_t SipHash(std::string_view text, const SipKey& key) {
  unsigned char out[8];
  crypto_shorthash_siphash24(out, Bytes(text), text.size(), key.data());
  std::uint64_t hash;
  std::memcpy(&hash, out, sizeof hash);
  return hash;
}

EventKey DigestOfEventId(std::string_view id) {
  unsigned char out[16];
  crypto_shorthash_siphashx24(out, Bytes(id), id.size(), kFixedKey.data());
  return {LittleEndian(out), LittleEndian(out + 8)};
}

std::uint64_t FixedDigest(std::string_view text) {
  unsigned char out[8];
  crypto_shorthash_siphash24(out, Bytes(text), text.size(), kFixedKey.data());
  return LittleEndian(out);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
