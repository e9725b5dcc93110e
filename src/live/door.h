// Door: which offers are too late, too early, or of someone who was erased; and how far each source has come.
//
// All of it depends on the offer, on what was stated, and on earlier times of accepted events; never on a clock.
#pragma once
#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "journey/events/admission.h"
#include "journey/events/event.h"
#include "journey/identity/policy.h"
#include "journey/live/engine_options.h"
#include "live/identifier_names.h"

namespace journey {
inline namespace v0 {
namespace internal {

class Door {
 public:
  Door(const EngineOptions& options, const IdentifierNames& names) : options_(options), names_(names) {}

  // Why an offer is not even looked at: late, future or erased. nullopt: it may come in.
  [[nodiscard]] std::optional<AdmissionStatus> Refuses(const Event& event) const;

  // Whether no offer is refused, whatever it is, until something else is called here.
  [[nodiscard]] bool open() const {
    return !stated_ && options_.allowed_lateness >= kForever && erased_events_.empty() &&
           erased_identifiers_.empty();
  }

  // Records of a source are evidence now, the newest of this time: as_of moves, and with events the source's watermark.
  void Accepted(bool is_event, std::string_view source, TimePoint time);
  // The latest record went, because another offer took over from it: as_of is that of what is left. (An erasure turns no
  // time back.)
  void GoBackTo(TimePoint latest) { as_of_ = std::max(latest, stated_.value_or(kMinTime)); }
  // Answers whether as_of moved.
  bool AdvanceTo(TimePoint time);
  void MarkIdle(std::string_view source);

  // Events before a time were folded: none can be told from a new one any more. Never back.
  void FoldedUntil(TimePoint time) { folded_until_ = time; }
  [[nodiscard]] TimePoint folded_until() const { return folded_until_; }

  // What is never to come again: an event, and up to a time whatever carries an identifier.
  void BuryEvent(EventKey key) { erased_events_.insert({key.high, key.low}); }
  void BuryIdentifier(IdentifierHash hash, TimePoint until);

  [[nodiscard]] TimePoint as_of() const { return as_of_; }
  [[nodiscard]] TimePoint watermark() const;
  struct Source {
    TimePoint newest = kMinTime;
    bool any = false;
    bool idle = false;
  };
  [[nodiscard]] Source SourceOf(std::string_view source) const;
  [[nodiscard]] TimePoint WatermarkOf(const Source& source) const;

 private:
  [[nodiscard]] bool IsErased(const Event& event) const;

  struct HashOfIdentifier {
    std::size_t operator()(const IdentifierHash& hash) const { return hash.low; }
  };

  const EngineOptions& options_;
  const IdentifierNames& names_;
  std::map<std::string, Source, std::less<>> sources_;
  std::map<std::string, Source, std::less<>>::iterator latest_ =
      sources_.end();  // the source of the latest event
  TimePoint as_of_ = kMinTime;
  TimePoint folded_until_ = kMinTime;
  std::optional<TimePoint> stated_;
  absl::flat_hash_set<std::pair<std::uint64_t, std::uint64_t>> erased_events_;
  absl::flat_hash_map<IdentifierHash, TimePoint, HashOfIdentifier> erased_identifiers_;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
