// The words that the texts of a record may refer to without carrying them: usual namespaces, channels, names of
// events and data, and the detectors' own words. A reference to a text is 0 for the empty one, then these, then
// the record's own texts.
//
// The list is part of the major version of the record: it may not be changed or added to without a new one.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace journey {
inline namespace v0 {
namespace internal {

inline constexpr std::array<std::string_view, 78> kContextWords{
    // Namespaces.
    "user_id", "customer_id", "email", "phone", "device", "device_id", "app_install", "advertising_id",
    "cookie", "anonymous_id", "visitor_id", "client_id", "session", "session_id",
    // Channels.
    "web", "app", "mobile", "portal", "chat", "help", "social", "store", "sms",
    // Detectors, their kinds and reasons.
    "drop_off", "repetition", "channel_switch", "stall", "backtrack", "loop", "error_loop", "rapid_repeat",
    "contact_after_abandonment", "lost_progress", "repeated_entry", "excess_effort", "abandoned", "expired",
    "repeat", "redo", "self_loop", "between", "forced", "voluntary", "error", "support",
    // Events, steps and journeys.
    "start", "submit", "login", "search", "home", "view", "cart", "payment", "payment_error", "form_error",
    "purchase", "application", "claim", "documents", "personal_data", "chat_start", "chat_message",
    "call_start", "help_article", "survey", "product_view",
    // Data and their values.
    "status", "platform", "name", "address", "post_code", "birth_date", "language", "product", "amount",
    "true", "false", "score"};

static_assert(!kContextWords.back().empty());  // as many as it says

inline constexpr std::size_t kMaxContextTexts = 255;  // of a record's own

// A cheap hash: what it finds is compared, and no table that it is used for holds more than a few hundred texts.
constexpr std::uint32_t ContextWordHash(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash ^ (hash >> 15);
}

// Open addressing from texts to numbers from 1.
template <std::size_t kSlots>
struct ContextTextIndex {
  static_assert((kSlots & (kSlots - 1)) == 0);
  std::array<std::uint8_t, kSlots> slots{};

  // The slot of the text, or the free one where it belongs. is_it(number) compares.
  template <typename IsIt>
  [[nodiscard]] constexpr std::size_t Find(std::uint32_t hash, const IsIt& is_it) const {
    std::size_t at = hash & (kSlots - 1);
    while (slots[at] != 0 && !is_it(slots[at])) at = (at + 1) & (kSlots - 1);
    return at;
  }
};

consteval ContextTextIndex<256> IndexContextWords() {
  ContextTextIndex<256> index;
  for (std::size_t i = 0; i < kContextWords.size(); ++i) {
    const std::size_t slot = index.Find(ContextWordHash(kContextWords[i]), [&](std::uint8_t n) {
      return kContextWords[n - 1U] == kContextWords[i];
    });
    index.slots[slot] = static_cast<std::uint8_t>(i + 1);
  }
  return index;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
