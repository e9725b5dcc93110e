// EngineState: the live engine without its locks: evidence, customers, and what follows from them.
//
//   Offer(events)...         the evidence changes                                    } one thread at a time, and
//   Settle() -> cells        events move to the customers whose they are now         } nobody works
//   Work(cell, changes)      a customer is derived anew and published to readers     any number of threads, one per shard
//   MakeReport()             when nobody works and all cells are worked on
//
// Of an event that repeats what its customer's events have said (see IncrementalGraph::AddRepeat) no more is noted than
// that the customer has it; it comes to its cell when that is derived. Where that is when somebody asks (Derive),
// Settle() lists the cells instead, each once, and FreshenAll() and Freshen() take the place of Work().
//
// Threads: as the comments at the calls say; Engine keeps to it.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/wipe.h"
#include "identity/consent_book.h"
#include "journey/core/column.h"
#include "journey/identity/incremental_graph.h"
#include "journey/live/engine.h"
#include "live/bindings.h"
#include "live/cell_deriver.h"
#include "live/context_filler.h"
#include "live/context_store.h"
#include "live/customers.h"
#include "live/door.h"
#include "live/identifier_names.h"

namespace journey {
inline namespace v0 {
namespace internal {

class EngineState {
 public:
  explicit EngineState(const EngineOptions& options);
  EngineState(const EngineState&) = delete;
  EngineState& operator=(const EngineState&) = delete;

  // --- Alone.
  // Requires: as many answers as events.
  void Offer(std::span<const Event> events, std::span<Admission> answers);
  void Reject(std::string_view source, AdmissionStatus status) { log_.Reject(source, status); }
  void AdvanceTo(TimePoint time);
  void MarkIdle(std::string_view source) { door_.MarkIdle(source); }
  // Answers the number of events. Settle() afterwards, as after offers.
  std::uint64_t Erase(std::string_view name_space, std::string_view value, TimePoint until);
  // The cells that are to be worked on, until the next call; each has changed, none is empty. Changes of customers that
  // are no more are appended.
  std::span<const CellId> Settle(std::vector<Told>& changes);
  // Derives who is listed. Without `publish` readers have to ask for it.
  void FreshenAll(std::vector<Told>& changes, bool publish);
  // Derives and publishes who has the identifier.
  void Freshen(IdentifierHash hash, std::vector<Told>& changes);

  // --- Along with other work; calls for cells of one shard take turns.
  [[nodiscard]] std::size_t ShardOf(CellId id) const { return id % shards_.size(); }
  // No effect on a cell that has been worked on since.
  void Work(CellId id, std::vector<Told>& changes);
  // Requires: in use, and nobody works on it.
  [[nodiscard]] const Cell& cell(CellId id) const { return customers_.cell(id); }

  // --- Along with work, not with the calls above.
  [[nodiscard]] const Door& door() const { return door_; }
  [[nodiscard]] const EventLog& log() const { return log_; }
  [[nodiscard]] EngineStatistics Statistics() const;
  [[nodiscard]] std::vector<SourceProgress> Sources() const;
  // How often the whole log was passed over to find its latest time.
  [[nodiscard]] std::uint64_t looked_for_latest() const { return looked_for_latest_; }

  // --- Alone, and all cells worked on.
  [[nodiscard]] Report MakeReport() const;

  // --- Always.
  [[nodiscard]] const ContextStore& store() const { return store_; }
  [[nodiscard]] const IdentifierNames& names() const { return names_; }
  // Overwrites what readers were told before, as far as none of them is still reading it.
  void Collect() { store_.Collect(); }

 private:
  struct Shard {
    Shard(const EngineOptions& options, const DeriveInput& input, std::span<const std::string> detectors,
          const IncrementalGraph& graph)
        : deriver(options, input, detectors), filler(options, input, graph) {
      block.reserve(kMaxContextBytes);  // so that it leaves no copies behind
    }
    // Overwrites what was published, also where what came last was shorter than what was before.
    void WipeScratch() {
      block.resize(block.capacity());
      Wipe(block.data(), block.size());
      block.clear();
      context.Clear();
      filler.WipeScratch();
    }
    CellDeriver deriver;
    ContextFiller filler;
    CustomerContext context;  // scratch, and so are these
    std::vector<std::byte> block;
    std::vector<std::uint32_t> attachments;
  };

  // Evidence in and out.
  Admission OfferOne(const Event& event);
  void BeforeChange(EventIndex row);
  void Absorb();
  void TakeIn(EventIndex row);
  void TellDoor(std::uint32_t begin, std::uint32_t end);
  void AddToGraph(EventIndex row);
  void TakeOut(std::span<const EventIndex> rows);
  void GrowCatalog();
  void Reconsider();
  void ForgetRows(std::span<const EventIndex> rows, AdmissionStatus becomes);
  void Compact();
  void CompactIfWorth();
  void FoldOld();
  void Fold(Cell& cell, std::uint32_t until, std::vector<EventIndex>& forgotten);
  // Who is to be erased.
  static constexpr std::uint64_t kNobody = UINT64_MAX;
  struct Whom {
    std::vector<IdentifierText> own;
    std::uint64_t label = kNobody;
    CellId cell = kNoCell;
  };
  [[nodiscard]] bool IsOf(EventIndex row, const Whom& whom);
  std::uint64_t DropSums(Cell& cell, AdmissionStatus becomes);
  bool EraseSums(const Whom& whom, TimePoint until, std::uint64_t& events);
  void KeepSums();
  void GiveSumsBack(EventIndex anchor);
  void GiveSumsBack(std::span<const EventIndex> rows);
  [[nodiscard]] bool IsAnchor(EventIndex row) const {
    return row.value < anchors_.size() && anchors_[row.value];
  }
  [[nodiscard]] std::vector<IdentifierText> OwnIdentifiers(std::string_view name_space,
                                                           std::string_view value);
  [[nodiscard]] IdentifierText TextOf(IdentifierId id) const;

  // Settling.
  void PlaceAndHouse();
  void PlaceChanged();
  void HouseRepeats();
  void PlaceRepeats(CellId id);
  void PlaceAllRepeats();
  void List(CellId id);
  void FreshenCell(CellId id, std::vector<Told>& changes, bool publish);
  void NoteTruncated();
  void RemoveEmptied(std::vector<CellId>& touched, std::vector<Told>& changes);
  void WakeDue();
  void EvictOldest();
  void RefreshOutlook();
  void Publish(Shard& shard, const Cell& cell);
  [[nodiscard]] bool OfTruncated(const Event& event) const;

  // Reporting.
  void FillTables(Report& report, std::span<const TouchpointId> canonical) const;
  [[nodiscard]] InputSummary MakeInputSummary() const;

  [[nodiscard]] bool derives() const { return options_.derive == Derive::kAtIngest; }
  [[nodiscard]] bool FoldIsDue() const;

  const EngineOptions& options_;
  ContextStore store_;
  IdentifierNames names_;
  Door door_;
  EventLog log_;
  IncrementalGraph graph_;
  ConsentBook consent_;
  TouchpointCatalog catalog_;  // the log's numbers
  EventClassifier classifier_;
  DeriveInput input_;
  std::vector<std::string> detector_names_;
  Customers customers_;
  Bindings bindings_;
  std::vector<std::unique_ptr<Shard>> shards_;

  std::uint32_t absorbed_ = 0;       // rows of the log that were taken in
  std::vector<EventIndex> changed_;  // rows of these that have changed, and were taken out
  bool latest_goes_ = false;         // one of them was the latest of all
  struct Unhoused {
    std::uint64_t label;
    bool full;  // its customer may have as many events as are allowed
  };
  std::vector<Unhoused> unhoused_;   // labels of repeats whose cells are to be found or looked at
  std::vector<CellId> touched_;      // by the last Settle
  Column<CellId> listed_;            // that wait to be derived, each once
  Column<CellId> cell_of_slot_;      // of listed cells
  std::vector<EventIndex> repeats_;  // scratch, and so is this
  std::vector<Customers::Placement> placements_;
  std::vector<EventIndex> reconsider_;         // rows about which a consent may have changed something
  std::vector<bool> anchors_;                  // by row: folded, and kept only for what its identifiers say
  std::map<EventIndex, Folded> waiting_sums_;  // by anchor: of customers of whom no event is left
  std::uint64_t looked_for_latest_ = 0;
  std::size_t attribute_keys_known_ = 0;
  std::uint64_t offers_since_outlook_ = 0;  // or cells that were derived, where that is when somebody asks
  std::uint64_t evicted_customers_ = 0;
  std::uint64_t evicted_events_ = 0;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
