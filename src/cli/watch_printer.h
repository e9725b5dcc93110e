// What `journey watch` prints: lines of text for a person, or JSON Lines. Never an identifier's value, but in a
// context as JSON, which is the hand-over itself.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "cli/watch_request.h"
#include "journey/journeys/definition.h"
#include "journey/live/engine.h"

namespace journey {
inline namespace v0 {
namespace cli {

class WatchPrinter {
 public:
  // Lifetime: the definitions outlive the printer.
  WatchPrinter(std::span<const JourneyDefinition> definitions, bool json);

  void Finding(const Fact& fact, const PublicId& customer);
  void JourneyEnd(const Fact& fact, const PublicId& customer);
  void Show(const Change& change);

  // The answers to requests. `line`: where the request was.
  // The context as it stands at `now`: also one that was last worked out before.
  void Context(std::uint64_t line, const CustomerContext& context, TimePoint now);
  void NoContext(std::uint64_t line, const WatchRequest& request);
  void Erased(std::uint64_t line, const WatchRequest& request, std::uint64_t events);
  void AsOf(std::uint64_t line, TimePoint time);
  void Totals(std::uint64_t line, const Report& report);

  // Writes out what was printed. False, from then on, when it cannot be written: `closed` if nobody reads it.
  bool Flush();
  [[nodiscard]] bool closed() const { return closed_; }

 private:
  // None: discovered.
  [[nodiscard]] const JourneyDefinition* DefinitionOf(const FindingFact& finding) const;
  [[nodiscard]] std::string NameOf(DefinitionId definition) const;
  [[nodiscard]] std::string TextOf(const FindingFact& finding) const;
  [[nodiscard]] std::string TextOf(const JourneyFact& journey) const;
  void Line(const std::string& text);

  std::span<const JourneyDefinition> definitions_;
  bool json_;
  std::string out_;
  bool failed_ = false;
  bool closed_ = false;
};

}  // namespace cli
}  // namespace v0
}  // namespace journey
