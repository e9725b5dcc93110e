#include "live/door.h"

#include <algorithm>

#include "core/sip_hash.h"

namespace journey {
inline namespace v0 {
namespace internal {

std::optional<AdmissionStatus> Door::Refuses(const Event& event) const {
  if (stated_ && event.time > *stated_ && event.time - *stated_ > options_.allowed_future &&
      event.time < kMaxTime)
    return AdmissionStatus::kFuture;
  if (event.kind == RecordKind::kEvent && options_.allowed_lateness < kForever && event.time >= kMinTime) {
    if (event.time < WatermarkOf(SourceOf(event.source))) return AdmissionStatus::kLate;
  }
  if (IsErased(event)) return AdmissionStatus::kErased;
  return std::nullopt;
}

bool Door::IsErased(const Event& event) const {
  if (!erased_events_.empty() && (!event.id.empty() || event.sequence)) {
    const EventKey key =
        !event.id.empty() ? DigestOfEventId(event.id) : EventKey{FixedDigest(event.source), *event.sequence};
    if (erased_events_.contains({key.high, key.low})) return true;
  }
  if (erased_identifiers_.empty()) return false;
  bool erased = false;
  for (const Identifier& identifier : event.identifiers) {
    const std::optional<IdentifierHash> hash = names_.HashOf(identifier.name_space, identifier.value);
    if (!hash) continue;
    const auto found = erased_identifiers_.find(*hash);
    if (found != erased_identifiers_.end() && event.time <= found->second)
      erased = true;
    else if (names_.IsExclusive(identifier.name_space))
      return false;  // it is about somebody else
  }
  return erased;
}

void Door::BuryIdentifier(IdentifierHash hash, TimePoint until) {
  const auto [entry, fresh] = erased_identifiers_.try_emplace(hash, until);
  if (!fresh) entry->second = std::max(entry->second, until);
}

void Door::Accepted(bool is_event, std::string_view source, TimePoint time) {
  as_of_ = std::max(as_of_, time);
  if (!is_event) return;
  if (latest_ == sources_.end() || latest_->first != source) {
    latest_ = sources_.find(source);
    if (latest_ == sources_.end()) latest_ = sources_.try_emplace(std::string(source)).first;
  }
  latest_->second.newest = std::max(latest_->second.newest, time);
  latest_->second.any = true;
  latest_->second.idle = false;
}

bool Door::AdvanceTo(TimePoint time) {
  time = std::clamp(time, kMinTime, kMaxTime - Duration{1});  // what is derived is not made for others
  stated_ = std::max(stated_.value_or(time), time);
  const bool moves = time > as_of_;
  as_of_ = std::max(as_of_, time);
  return moves;
}

void Door::MarkIdle(std::string_view source) {
  sources_[std::string(source)].idle = true;
}

TimePoint Door::WatermarkOf(const Source& source) const {
  if (!source.any) return folded_until_;
  return std::max(folded_until_, source.newest - std::min(options_.allowed_lateness, kForever));
}

TimePoint Door::watermark() const {
  TimePoint least = kMaxTime;
  for (const auto& [text, source] : sources_) {
    if (!source.idle) least = std::min(least, WatermarkOf(source));
  }
  return least == kMaxTime ? kMinTime : least;
}

Door::Source Door::SourceOf(std::string_view source) const {
  const auto found = sources_.find(source);
  return found == sources_.end() ? Source{} : found->second;
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
