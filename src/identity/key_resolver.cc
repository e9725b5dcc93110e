#include "journey/identity/key_resolver.h"

#include "identity/usable_identifiers.h"

namespace journey {
inline namespace v0 {

Resolution KeyResolver::Resolve(const EventLog& log) const {
  Resolution result;
  const internal::UsableIdentifiers usable(log);
  const SymbolTable& values = log.identifier_values();
  const std::optional<std::uint32_t> wanted = log.namespaces().Find(name_space_);
  // Labels: identifiers by their id, events without one behind them.
  auto next_label = static_cast<std::uint32_t>(values.size());
  result.labels.reserve(log.size());
  for (std::uint32_t row = 0; row < log.size(); ++row) {
    IdentifierId chosen;
    for (const IdentifierId id : log.identifiers({row})) {
      if (!wanted || values.tag(id.value) != *wanted || !usable.contains(id)) continue;
      if (!chosen.valid() || values.text(id.value) < values.text(chosen.value)) chosen = id;
    }
    if (!chosen.valid() && log.kind({row}) == RecordKind::kEvent) ++result.unidentified;
    result.labels.push_back(chosen.valid() ? chosen.value : next_label++);
  }
  result.identifiers = usable.distinct();
  result.placeholders = usable.placeholders();
  return result;
}

}  // namespace v0
}  // namespace journey
