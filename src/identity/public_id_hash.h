// The keyed hashes behind the public ids of customers (customer_ids.h).
#pragma once
#include <string_view>

#include "journey/core/ids.h"
#include "journey/identity/customer_ids.h"

namespace journey {
inline namespace v0 {
namespace internal {

inline constexpr std::size_t kIdKeyBytesMin = 16;
inline constexpr std::size_t kIdKeyBytesMax = 64;

// Of a customer known by a key. Requires: kIdKeyBytesMin to kIdKeyBytesMax bytes of `key`, here and below.
[[nodiscard]] PublicId PublicIdOfKey(std::string_view name_space, std::string_view value, std::string_view key);
// Of a customer without any, by its first event.
[[nodiscard]] PublicId PublicIdOfEvent(EventKey first, std::string_view key);

}  // namespace internal
}  // namespace v0
}  // namespace journey
