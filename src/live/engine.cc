#include "journey/live/engine.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <shared_mutex>

#include "journey/core/check.h"
#include "journey/core/huge_memory.h"
#include "journey/core/status.h"
#include "journey/friction/detector_catalogue.h"
#include "live/engine_state.h"
#include "live/notices.h"

namespace journey {
inline namespace v0 {

struct Engine::Impl {
  explicit Impl(EngineOptions engine_options)
      : options(std::move(engine_options)), state(options), shard_locks(options.shards), notices(options) {}

  // Lets `change` change the evidence, then derives what follows and tells it.
  template <typename ChangeEvidence>
  void Run(const ChangeEvidence& change_evidence) {
    const internal::SteadyMemory steady;  // no event waits for a huge page
    std::vector<internal::Told> changes;
    std::vector<internal::CellId> cells;
    {
      const std::unique_lock alone(evidence);
      change_evidence();
      const std::span<const internal::CellId> touched = state.Settle(changes);
      if (when_asked()) return notices.Record(std::move(changes));
      cells.assign(touched.begin(), touched.end());
      NotePending(cells);
    }
    if (!cells.empty()) {
      const std::shared_lock together(evidence);
      for (const internal::CellId cell : cells) {
        const std::scoped_lock shard(shard_locks[state.ShardOf(cell)]);
        state.Work(cell, changes);
      }
    }
    notices.Deliver(std::move(changes));
  }

  void NotePending(const std::vector<internal::CellId>& cells) {
    if (pending.size() > pending_limit) {
      std::erase_if(pending, [&](internal::CellId id) { return !state.cell(id).dirty(); });
      pending_limit = 2 * pending.size() + 1024;
    }
    pending.insert(pending.end(), cells.begin(), cells.end());
  }

  // Works on what other threads have not come to yet, or nobody has asked for. Requires: `evidence` is held alone.
  void CatchUp(bool publish = false) {
    std::vector<internal::Told> changes;
    for (const internal::CellId cell : pending) state.Work(cell, changes);
    pending.clear();
    if (when_asked()) state.FreshenAll(changes, publish);
    notices.Record(std::move(changes));
  }

  [[nodiscard]] bool when_asked() const { return options.derive == Derive::kWhenAsked; }

  bool Read(internal::IdentifierHash hash, std::vector<std::byte>& record) {
    if (!when_asked()) return state.store().Read(hash, record);
    using Found = internal::ContextStore::Found;
    const Found found = state.store().ReadFresh(hash, record);
    if (found != Found::kStale) return found == Found::kRead;
    const internal::SteadyMemory steady;
    const std::unique_lock alone(evidence);
    std::vector<internal::Told> changes;
    state.Freshen(hash, changes);
    notices.Record(std::move(changes));
    return state.store().Read(hash, record);
  }

  const EngineOptions options;
  internal::EngineState state;
  // Held alone by whoever changes the evidence, together by those who derive.
  mutable std::shared_mutex evidence;
  std::vector<std::mutex> shard_locks;
  std::size_t pending_limit = 1024;
  std::vector<internal::CellId> pending;  // settled, and perhaps not worked on; under `evidence`, alone
  internal::Notices notices;
};

const CustomerContext& ContextRecord::context() {
  if (!decoded_) {
    const Status status = DecodeContext(bytes_, context_);
    JOURNEY_CHECK(status.ok());
    decoded_ = true;
  }
  return context_;
}

Engine::Engine(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Engine::~Engine() = default;

StatusOr<std::unique_ptr<Engine>> Engine::Create(EngineOptions options) {
  if (Status status = options.Validate(); !status.ok()) return status;
  if (!options.pipeline.detectors) options.pipeline.detectors = DefaultDetectors(options.pipeline.switches);
  return std::unique_ptr<Engine>(new Engine(std::make_unique<Impl>(std::move(options))));
}

Admission Engine::Ingest(const Event& event) {
  Admission admission;
  impl_->Run([&] { impl_->state.Offer({&event, 1}, {&admission, 1}); });
  return admission;
}

void Engine::Ingest(std::span<const Event> events, std::vector<Admission>* statuses) {
  if (statuses != nullptr) statuses->resize(events.size());
  // In parts, as a customer's budget is looked at between them, and others are let in.
  constexpr std::size_t kPart = 256;
  std::array<Admission, kPart> unasked;
  for (std::size_t begin = 0; begin < events.size(); begin += kPart) {
    const auto part = events.subspan(begin, std::min(kPart, events.size() - begin));
    const auto answers = statuses != nullptr ? std::span(*statuses).subspan(begin, part.size())
                                             : std::span(unasked).first(part.size());
    impl_->Run([&] { impl_->state.Offer(part, answers); });
  }
}

void Engine::Reject(std::string_view source, AdmissionStatus status) {
  const std::unique_lock alone(impl_->evidence);
  impl_->state.Reject(source, status);
}

void Engine::AdvanceTo(TimePoint time) {
  impl_->Run([&] { impl_->state.AdvanceTo(time); });
}

void Engine::MarkIdle(std::string_view source) {
  const std::unique_lock alone(impl_->evidence);
  impl_->state.MarkIdle(source);
}

std::uint64_t Engine::Erase(std::string_view name_space, std::string_view value, TimePoint until) {
  std::uint64_t events = 0;
  impl_->Run([&] {
    impl_->CatchUp();
    events = impl_->state.Erase(name_space, value, until);
  });
  if (impl_->when_asked()) {  // what was told of who is touched is to be overwritten now
    const std::unique_lock alone(impl_->evidence);
    impl_->CatchUp(/*publish=*/true);
  }
  impl_->state.Collect();
  return events;
}

TimePoint Engine::as_of() const {
  const std::shared_lock together(impl_->evidence);
  return impl_->state.door().as_of();
}

TimePoint Engine::watermark() const {
  const std::shared_lock together(impl_->evidence);
  return impl_->state.door().watermark();
}

std::vector<SourceProgress> Engine::sources() const {
  const std::shared_lock together(impl_->evidence);
  return impl_->state.Sources();
}

bool Engine::Read(std::string_view name_space, std::string_view value, ContextRecord& record) const {
  const auto hash = impl_->state.names().HashOf(name_space, value);
  record.decoded_ = false;
  if (!hash || !impl_->Read(*hash, record.bytes_)) return false;
  SealContext(record.bytes_);
  return true;
}

bool Engine::Read(const PublicId& customer, ContextRecord& record) const {
  record.decoded_ = false;
  if (!impl_->state.names().has_ids()) return false;
  if (!impl_->Read(impl_->state.names().HashOf(customer), record.bytes_)) return false;
  SealContext(record.bytes_);
  return true;
}

std::vector<Change> Engine::TakeChanges() {
  if (!impl_->when_asked()) return impl_->notices.Take();
  const std::unique_lock alone(impl_->evidence);
  impl_->CatchUp();
  return impl_->notices.Take();
}

journey::Report Engine::Report() const {
  const std::unique_lock alone(impl_->evidence);
  impl_->CatchUp();
  return impl_->state.MakeReport();
}

std::vector<Fact> Engine::Facts() const {
  const std::unique_lock alone(impl_->evidence);
  impl_->CatchUp();
  return FactsOf(impl_->state.MakeReport(), impl_->state.log());
}

EngineStatistics Engine::statistics() const {
  const std::unique_lock alone(impl_->evidence);
  EngineStatistics statistics = impl_->state.Statistics();
  impl_->notices.AddTo(statistics);
  return statistics;
}

const EngineOptions& Engine::options() const {
  return impl_->options;
}

}  // namespace v0
}  // namespace journey
