// Which identifiers of a log occur on accepted events, and which of those are placeholders.
#pragma once
#include <cstdint>
#include <vector>

#include "journey/events/event_log.h"
#include "journey/identity/placeholders.h"

namespace journey {
inline namespace v0 {
namespace internal {

class UsableIdentifiers {
 public:
  explicit UsableIdentifiers(const EventLog& log) : state_(log.identifier_values().size(), kUnseen) {
    for (std::uint32_t row = 0; row < log.size(); ++row) {
      if (log.kind({row}) != RecordKind::kEvent) continue;
      for (const IdentifierId id : log.identifiers({row})) {
        State& state = state_[id.value];
        if (state == kUnseen) {
          state = IsPlaceholder(log.identifier_values().text(id.value)) ? kPlaceholder : kUsable;
          if (state == kUsable) ++distinct_;
        }
        if (state == kPlaceholder) ++placeholders_;
      }
    }
  }
  [[nodiscard]] bool contains(IdentifierId id) const { return state_[id.value] == kUsable; }
  [[nodiscard]] std::uint64_t distinct() const { return distinct_; }          // usable identifiers
  [[nodiscard]] std::uint64_t placeholders() const { return placeholders_; }  // places that held one

 private:
  enum State : std::uint8_t { kUnseen, kPlaceholder, kUsable };
  std::vector<State> state_;
  std::uint64_t distinct_ = 0;
  std::uint64_t placeholders_ = 0;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
