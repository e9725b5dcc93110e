// Engine: all of it, now. Takes events one by one and answers at any moment, from any channel: who is this, what are
// they in the middle of, what have they told us already, where are they stuck?
//
//   auto engine = Engine::Create({.pipeline = {.journeys = {application}}, .carried = {"post_code"}});
//   (*engine)->Ingest(event);                                      -> accepted, duplicate, late, ...
//   ContextRecord record;
//   if ((*engine)->Read("user_id", "42", record)) Greet(record.context());
//
// The law: after every call the state is the batch result over the evidence so far, Pipeline::Run over the accepted
// events with as_of() as its as_of, byte for byte; whatever the order of arrival, the batches, threads and shards.
//
// Time. as_of() is the latest time of all that was accepted, corrections and events that consent withholds among it, or what
// AdvanceTo stated if that is later; journeys end by silence as it passes. It goes back when the latest offer loses to
// another with its id, and does not when that is erased: it was that time already. The watermark is per source: the newest
// accepted event's time, less allowed_lateness. It moves event by event, never by a clock; an older event is `late`. With a
// horizon an event is late, too, that is older than what was folded last (see horizon), be its source new or idle: it might
// be in the sums already. Corrections are never late.
//
// Threads: thread-safe. Ingest, AdvanceTo, Erase and Report may be called by any number of threads: events enter the
//          evidence one thread at a time; what follows for their customers is worked out by the ingesting threads in
//          parallel, customers being spread over `shards`. Read never waits for any of them.
// Cost:    an event at the end of its customer's timeline: what its open journey and session cost to derive; one in
//          the middle, a merge, an unlink or an erasure: that for what is behind it in the touched customers. Many at
//          once are cheaper: a customer is derived once for them, and look-ups wait for memory together.
//
// With options.derive = Derive::kWhenAsked an event costs its place in the evidence alone, and whoever asks derives what
// is stale: Read the one customer, alone with the evidence; TakeChanges, Report, Facts and Erase all. What is answered
// is the same. Every Read that meets a stale context waits for who is at the evidence, at most for one part of a span
// (256 events), another reader's customer, or one of these calls; a fresh one is read as always.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/events/admission.h"
#include "journey/events/event.h"
#include "journey/live/context.h"
#include "journey/live/engine_options.h"
#include "journey/live/facts.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {

// A hand-over record (context.h), and what it says. Kept by a reader and used again, so that reading allocates
// nothing. Lifetime: context() refers to bytes().
class ContextRecord {
 public:
  [[nodiscard]] std::span<const std::byte> bytes() const { return bytes_; }
  // Decoded when it is first asked for. Requires: the last Read into it found a customer.
  [[nodiscard]] const CustomerContext& context();

 private:
  friend class Engine;
  std::vector<std::byte> bytes_;
  CustomerContext context_;
  bool decoded_ = false;
};

struct EngineStatistics {
  AdmissionCounts statuses;  // of all offers; the sum is their number
  std::uint64_t events = 0;  // held now
  std::uint64_t customers = 0;
  std::uint64_t evicted_customers = 0;  // by budgets.max_customers
  std::uint64_t evicted_events = 0;
  std::uint64_t folded_events = 0;
  std::uint64_t truncated_customers = 0;  // now: who has as many events as the budget allows
  // Of what was derived, which with Derive::kWhenAsked statistics() alone brings about for nobody, and so are
  // changes_lost below.
  std::uint64_t derived_events = 0;  // events derived anew, the measure of the work done
  // Times that a host's detector threw. It then has found nothing in that journey until the journey changes, where the
  // batch run would have passed the exception on.
  std::uint64_t detectors_failed = 0;
  std::uint64_t callbacks_failed = 0;
  std::uint64_t callbacks_running = 0;  // now: one that hangs stays here
  bool changes_lost = false;
  std::uint64_t bytes = 0;  // of memory held, within a few per cent
};

// How far a source has come.
struct SourceProgress {
  std::string source;
  std::uint64_t offered = 0;
  TimePoint newest;     // accepted event; kMinTime: none
  TimePoint watermark;  // older events are late; not before what a horizon has passed
  bool idle = false;
};

class Engine {
 public:
  // Errors: InvalidArgument from options.Validate().
  [[nodiscard]] static absl::StatusOr<std::unique_ptr<Engine>> Create(EngineOptions options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  Admission Ingest(const Event& event);
  // The same for many at once, which is cheaper. `statuses`, if given, gets one for each, in order.
  void Ingest(std::span<const Event> events, std::vector<Admission>* statuses = nullptr);
  // Counts an offer that never became an event, as EventLog::Reject.
  void Reject(std::string_view source, AdmissionStatus status);

  // States that it is `time` now, at least. Going back has no effect. A time that no event can have stands for the nearest
  // one in [kMinTime, kMaxTime).
  void AdvanceTo(TimePoint time);
  // States that nothing is to be expected from the source for now: the watermark of the whole does not wait for it.
  // Its next accepted event ends that.
  void MarkIdle(std::string_view source);
  [[nodiscard]] TimePoint as_of() const;  // kMinTime: nothing was accepted or stated
  // Nothing older can come any more from any source that is not idle. kMinTime: not known.
  [[nodiscard]] TimePoint watermark() const;
  [[nodiscard]] std::vector<SourceProgress> sources() const;  // by text

  // Forgets who has this identifier, as of now, and everything up to and including `until`: events, and corrections
  // about identifiers that are this customer's alone. Afterwards all is as if these had never been offered; the
  // statuses count them as erased, and so are copies that come again and late events of the same identifiers up to
  // `until`. Texts are overwritten in memory. Events beyond the horizon are there as sums, which cannot be parted by time:
  // all of them go when one of them is not later than `until`. Answers the number of events that were erased, those in sums
  // among them: 0 for an identifier that several customers share, as that names nobody.
  // Cost: a pass over the log's columns, and what the customer touched.
  std::uint64_t Erase(std::string_view name_space, std::string_view value, TimePoint until);

  // The context of the customer who has the identifier: of one that several customers share, the customer of the
  // last event that carries it. False: nobody has it. Threads: waits for nobody; of a stale context see above. Cost: no
  // allocation after the first calls; a copy of the record, and of a stale one its customer's derivation.
  [[nodiscard]] bool Read(std::string_view name_space, std::string_view value, ContextRecord& record) const;
  // The same by a customer's public id, also one that it had before a merge. Requires: options.id_key.
  [[nodiscard]] bool Read(const PublicId& customer, ContextRecord& record) const;

  // The changes since the last call, oldest first. Requires: options.keep_changes.
  [[nodiscard]] std::vector<Change> TakeChanges();

  // The report over the evidence, from the customers as they are kept. What was folded beyond the horizon is left out
  // of its tables (EngineStatistics::folded_events says how many events that are).
  // Cost: linear in events; readers go on, writers wait.
  [[nodiscard]] journey::Report Report() const;
  // The report's facts; the same as the sum of all changes.
  [[nodiscard]] std::vector<Fact> Facts() const;

  [[nodiscard]] EngineStatistics statistics() const;
  [[nodiscard]] const EngineOptions& options() const;

 private:
  struct Impl;
  explicit Engine(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace v0
}  // namespace journey
