// Profiles: what the events of each customer tell about the fields that are compared.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "identity/graph_impl.h"
#include "journey/core/symbol_table.h"
#include "journey/events/event_log.h"
#include "journey/identity/fellegi_sunter.h"

namespace journey {
inline namespace v0 {
namespace internal {

using ValueId = std::uint32_t;
inline constexpr ValueId kNoValueId = UINT32_MAX;
inline constexpr std::uint32_t kNoProfile = UINT32_MAX;

// Profiles are numbered in the order of their customers' first events.
class Profiles {
 public:
  // Lifetime: options and graph must outlive it.
  Profiles(const GraphImpl& graph, const MatchOptions& options);

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(labels_.size()); }
  [[nodiscard]] const MatchOptions& options() const { return options_; }
  [[nodiscard]] std::uint32_t label(std::uint32_t profile) const { return labels_[profile]; }
  [[nodiscard]] EventIndex first(std::uint32_t profile) const { return {first_[labels_[profile]]}; }
  // The profile of a customer of the graph, or kNoProfile.
  [[nodiscard]] std::uint32_t OfLabel(std::uint32_t label) const {
    return label < profile_of_.size() ? profile_of_[label] : kNoProfile;
  }
  [[nodiscard]] ValueId value(std::uint32_t profile, std::size_t field) const {
    return values_[profile * options_.fields.size() + field];
  }
  [[nodiscard]] std::string_view text(ValueId value) const { return texts_.text(value); }
  [[nodiscard]] std::size_t field_of(ValueId value) const { return texts_.tag(value); }
  [[nodiscard]] std::size_t distinct() const { return texts_.size(); }
  // How many profiles have a value.
  [[nodiscard]] std::uint32_t count(ValueId value) const { return counts_[value]; }
  // How many profiles have some value of a field.
  [[nodiscard]] std::uint64_t known(std::size_t field) const { return known_[field]; }

 private:
  void Collect(const GraphImpl& graph);
  void Number(const EventLog& log);
  void CollectRow(const GraphImpl& graph, EventIndex row, std::uint32_t label);
  void ChooseValues();
  [[nodiscard]] ValueId Learn(std::size_t field, std::uint64_t raw, const EventLog& log,
                              const AttributeRow* attribute, IdentifierId identifier);
  [[nodiscard]] ValueId Intern(std::size_t field, std::string_view raw);

  struct Telling {
    std::uint32_t label;
    ValueId value;
  };
  // A field and where it is found in the log at hand.
  struct Source {
    std::size_t field;
    std::uint32_t id;  // of the attribute's key, or the namespace
  };

  const MatchOptions& options_;
  std::vector<std::vector<std::string>> ignored_;  // by field, as compared
  std::vector<Source> attribute_sources_;
  std::vector<Source> namespace_sources_;
  std::vector<std::unordered_map<std::uint64_t, ValueId>>
      known_values_;  // by field: what was normalised before
  std::vector<Telling> tellings_;
  std::vector<std::uint32_t> first_;       // by label: its first event
  std::vector<std::uint32_t> profile_of_;  // by label
  std::vector<std::uint32_t> labels_;
  std::vector<ValueId> values_;  // by profile and field
  SymbolTable texts_;            // tagged with the field
  std::vector<std::uint32_t> counts_;
  std::vector<std::uint64_t> known_;
};

// A value of a field as it is compared; empty if it is none.
[[nodiscard]] std::string FormOf(const FieldComparison& field, std::string_view raw);

}  // namespace internal
}  // namespace v0
}  // namespace journey
