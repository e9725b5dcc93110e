// ContextFiller: a cell as the context that readers get.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/wipe.h"
#include "journey/identity/incremental_graph.h"
#include "journey/live/context.h"
#include "journey/live/engine_options.h"
#include "live/cell.h"
#include "live/outlook.h"
#include "pipeline/derive_customer.h"

namespace journey {
inline namespace v0 {
namespace internal {

class ContextFiller {
 public:
  ContextFiller(const EngineOptions& options, const DeriveInput& input, const IncrementalGraph& graph)
      : options_(options), input_(input), graph_(graph) {}

  // Takes the events that are new, or all where some have gone, into the cell's profile.
  void UpdateProfile(Cell& cell) const;

  // `labels`: of the cell's findings. Requires: derived, profile up to date, not empty.
  // Lifetime: `context` refers to the texts of log, graph and options, and to this filler.
  void Fill(const Cell& cell, std::span<const std::string> labels, CustomerContext& context);
  // Overwrites what Fill left behind.
  void WipeScratch() { Wipe(number_texts_.data(), number_texts_.size() * sizeof(number_texts_[0])); }
  // The rows of the open journeys that were filled in last, in their order.
  [[nodiscard]] std::span<const std::uint32_t> open_rows() const { return open_rows_; }

 private:
  void AddToProfile(Profile& profile, EventIndex event) const;
  void FillIdentifiers(const Cell& cell, CustomerContext& context);
  void FillChannels(const Cell& cell, CustomerContext& context) const;
  void FillJourneys(const Cell& cell, CustomerContext& context);
  void FillGiven(const Cell& cell, CustomerContext& context);
  void FillFindings(const Cell& cell, std::span<const std::string> labels, CustomerContext& context) const;
  [[nodiscard]] const AttributeRow* Carried(EventIndex event, std::uint32_t key) const;
  [[nodiscard]] std::optional<double> ScoreOf(EventIndex event) const;

  const EngineOptions& options_;
  const DeriveInput& input_;
  const IncrementalGraph& graph_;
  std::vector<Profile::Used> order_;  // scratch
  std::vector<std::uint32_t> open_rows_;
  std::vector<std::array<char, 32>> number_texts_;  // of the values given that are no texts
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
