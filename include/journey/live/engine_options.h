// EngineOptions: all that a live engine is told, as data.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/core/time.h"
#include "journey/events/event_log.h"
#include "journey/identity/customer_ids.h"
#include "journey/identity/policy.h"
#include "journey/live/facts.h"
#include "journey/pipeline/options.h"

namespace journey {
inline namespace v0 {

// Called for what a host may want to act on while the customer is still there: open the chat, call back.
//
// Order: what one call of Ingest, AdvanceTo or Erase found, by its time.
// Threads: called by the thread whose Ingest, AdvanceTo or Erase found it, after that has released every lock, so
//          that an implementation may call the engine, also to ingest; what that finds is delivered after it returns.
//          Calls of several ingesting threads may overlap. An implementation that takes long keeps only its own
//          thread. What it throws is caught and counted (EngineStatistics::callbacks_failed).
class EngineListener {
 public:
  virtual ~EngineListener() = default;
  // A finding that was not there before. It may be taken back later (see facts.h).
  virtual void OnFinding(const Fact& finding, const PublicId& customer) = 0;
  // A journey that has ended just now.
  virtual void OnJourneyEnd(const Fact& journey, const PublicId& customer) = 0;
};

// What the engine may hold. Beyond, the answer is `over budget` or the oldest goes; nothing fails.
struct EngineBudgets {
  std::uint64_t max_customers =
      1'000'000'000;  // beyond: who was not seen for longest is evicted, and counted
  // Held of one customer, so that what was folded beyond the horizon does not count. Who has so many is `truncated`: the
  // context says so, and further events that carry an identifier which is the customer's alone are over budget. Less again,
  // by an erasure, an unlink or the horizon: no longer. In a span of events it is looked at between parts of 256.
  std::uint32_t max_events_per_customer = 1'000'000;
  // Changes that nobody takes; beyond, they are dropped, and all later ones, and EngineStatistics::changes_lost says so.
  std::uint64_t max_changes = 1'000'000;
};

// When it is worked out what follows from the evidence.
enum class Derive : std::uint8_t {
  // By Ingest, before it returns: Read never waits.
  kAtIngest,
  // By whoever asks. Ingest then takes in the evidence and notes whose context is stale, which costs a small part. Read
  // of a context that is fresh does not wait; of a stale one it derives that customer, alone with the evidence: it waits
  // for those who are at it, for at most the part of a span that one of them is in (256 events). TakeChanges, Report,
  // Facts, and Erase derive all who are stale, and so does Ingest where a horizon passes: in proportion to them. Each
  // customer is noted once. The outlook in a context counts the other customers as they were derived last.
  // Requires: no listener.
  kWhenAsked,
};

struct EngineOptions {
  // As for a batch run. The resolver is the graph resolver with the policy below; threads and as_of are not used.
  PipelineOptions pipeline = {};
  IdentityPolicy identity = {};
  EventLogLimits limits = {};  // max_events, max_bytes: budgets of the evidence

  // An event older than the newest one accepted from its source by more than this is `late`. Never, by default.
  Duration allowed_lateness = kForever;
  // An event later than the time that AdvanceTo last stated by more than this is `future`. Until a time is stated,
  // no event is.
  Duration allowed_future = std::chrono::days{1};
  // Events older than this, at as_of, are folded into sums when their sessions and journeys are over, and forgotten;
  // events that the watermark still waits for are not. That is done for an eighth of it at once; whatever is older than the
  // last time is `late` from then on. Never, by default. Approximate is then, and the context says
  // `folded`: reports, which leave them out; whom sums belong to when a customer is parted later; and identity, as
  // of rows with the same identifiers one is kept. Requires: at least allowed_lateness.
  Duration horizon = kForever;

  EngineBudgets budgets = {};
  std::vector<std::string> carried = {};  // keys of attributes that the next channel need not ask for again
  // For public ids of customers (customer_ids.h): 16 to 64 bytes. Empty: ids of all zeros.
  std::string id_key = {};
  Derive derive = Derive::kAtIngest;
  unsigned shards = 1;  // 1 to 256: how many parts of the customers can be worked on at the same time
  bool keep_changes = false;
  std::shared_ptr<EngineListener> listener = {};

  // InvalidArgument that names field, value and what is allowed.
  [[nodiscard]] absl::Status Validate() const;
};

}  // namespace v0
}  // namespace journey
