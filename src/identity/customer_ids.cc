#include "journey/identity/customer_ids.h"

#include <fmt/format.h>
#include <sodium.h>

#include <algorithm>

#include "core/wipe.h"
#include "identity/public_id_hash.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace {

PublicId HashOf(std::string_view text, std::string_view key) {
  PublicId id;
  static_assert(sizeof id.bytes >= crypto_generichash_BYTES_MIN);
  crypto_generichash(id.bytes.data(), id.bytes.size(),
                     reinterpret_cast<const unsigned char*>(text.data()),                           // NOLINT
                     text.size(), reinterpret_cast<const unsigned char*>(key.data()), key.size());  // NOLINT
  return id;
}

}  // namespace

namespace internal {

static_assert(kIdKeyBytesMin == crypto_generichash_KEYBYTES_MIN && kIdKeyBytesMax == crypto_generichash_KEYBYTES_MAX);

PublicId PublicIdOfKey(std::string_view name_space, std::string_view value, std::string_view key) {
  std::string text;
  text.reserve(name_space.size() + 1 + value.size());  // so that it leaves no copies behind
  text.append(name_space).append(1, '\0').append(value);
  const PublicId id = HashOf(text, key);
  Wipe(text);
  return id;
}

PublicId PublicIdOfEvent(EventKey first, std::string_view key) {
  // No namespace is empty, so that this cannot be the text of a key.
  std::string text(1, '\0');
  text += fmt::format("{:016x}{:016x}", first.high, first.low);
  return HashOf(text, key);
}

}  // namespace internal

std::string PublicId::text() const {
  std::string out;
  for (const std::uint8_t byte : bytes) out += fmt::format("{:02x}", byte);
  return out;
}

std::optional<PublicId> PublicId::FromText(std::string_view text) {
  PublicId id;
  if (text.size() != 2 * id.bytes.size()) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return std::nullopt;
    id.bytes[i / 2] = static_cast<std::uint8_t>(id.bytes[i / 2] << 4 | digit);
  }
  return id;
}

StatusOr<CustomerIds> CustomerIds::Build(const IdentityGraph& graph, std::string_view key) {
  if (key.size() < crypto_generichash_KEYBYTES_MIN || key.size() > crypto_generichash_KEYBYTES_MAX) {
    return InvalidArgument(fmt::format("key: has {} bytes; it must have {} to {}", key.size(),
                                       crypto_generichash_KEYBYTES_MIN, crypto_generichash_KEYBYTES_MAX));
  }
  CustomerIds ids;
  // Keys come strongest first, so that the first of a customer is its canonical one.
  for (const IdentityGraph::KeyInfo& entry : graph.Keys()) {
    const PublicId id = internal::PublicIdOfKey(entry.name_space, entry.value, key);
    ids.current_.try_emplace(entry.label, id);
    ids.known_.emplace(id, entry.label);
  }
  for (const IdentityGraph::KeylessCustomer& entry : graph.KeylessCustomers()) {
    const PublicId id = internal::PublicIdOfEvent(entry.first, key);
    ids.current_.emplace(entry.label, id);
    ids.known_.emplace(id, entry.label);
  }
  return ids;
}

std::optional<PublicId> CustomerIds::Of(std::uint32_t label) const {
  const auto found = current_.find(label);
  if (found == current_.end()) return std::nullopt;
  return found->second;
}

std::optional<std::uint32_t> CustomerIds::Find(const PublicId& id) const {
  const auto found = known_.find(id);
  if (found == known_.end()) return std::nullopt;
  return found->second;
}

std::vector<CustomerMerge> CustomerIds::Merges(const CustomerIds& before, const CustomerIds& after) {
  std::vector<CustomerMerge> merges;
  for (const auto& [label, id] : before.current_) {
    const std::optional<std::uint32_t> now = after.Find(id);
    if (now && after.Of(*now) != id) merges.push_back({id, *after.Of(*now)});
  }
  std::ranges::sort(merges);
  return merges;
}

}  // namespace v0
}  // namespace journey
