// Detector: looks at one journey and says where it hurt. The interface that a host implements for a rule of
// its own:
//
//   class SlowPayment final : public journey::Detector {
//    public:
//     std::string_view name() const override { return "slow_payment"; }
//     void Examine(const journey::JourneyView& journey, journey::FindingSink& sink) const override {
//       for (std::size_t i = 1; i < journey.size(); ++i)
//         if (journey.name_text(i - 1) == "payment" && journey.gap(i) > std::chrono::minutes{5})
//           sink.Add({.kind = "waited", .at = i - 1, .begin = i - 1, .end = i + 1});
//     }
//   };
//
// The built-in detectors use this interface and no other.
//
// Requires of an implementation: immutable, no I/O, safe to call from several threads, and what it finds is a
//           function of the journey and, up to lookahead(), what the customer did after it.
#pragma once
#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journey/core/row_table.h"
#include "journey/core/status_fwd.h"
#include "journey/friction/finding.h"
#include "journey/journeys/view.h"

namespace journey {
inline namespace v0 {

// A finding as a detector states it; customer, journey and touchpoint are filled in from the view.
struct FindingDraft {
  std::string_view kind = {};
  std::string_view reason = {};
  std::size_t at = 0;     // the event of the journey where it hurt
  std::size_t begin = 0;  // the events that show it: [begin, end)
  std::size_t end = 0;
  std::uint32_t step = kNoStep;
  std::uint32_t cost_events = 0;
  Duration cost_time{0};
  Severity severity = Severity::kLow;
};

// Takes the findings about one journey. Made and emptied by the pipeline; a test can make one of its own.
class FindingSink {
 public:
  FindingSink() = default;

  // What the next findings are about. Lifetime: the view must live until the next call.
  void Examining(const JourneyView& journey, JourneyId id, DetectorId detector);

  // Requires: at < journey.size(), begin < end <= journey.size(), a kind.
  void Add(const FindingDraft& draft);

  // In the order in which they were added. Kinds and reasons are numbers in labels().
  [[nodiscard]] const RowTable<Finding>& findings() const { return findings_; }
  [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }
  [[nodiscard]] RowTable<Finding> TakeFindings() { return std::move(findings_); }
  // Puts those from `first` on in the order of a report: by place, then by detector, then by the text of the kind.
  // Requires: first <= findings().size(), and they are about one journey.
  void Order(std::size_t first);
  // Makes room for so many.
  void Reserve(std::size_t findings) { findings_.reserve(findings); }
  // Takes back all but the first `kept`. Requires: kept <= findings().size().
  void Discard(std::size_t kept) { findings_.resize(kept); }

 private:
  static constexpr std::size_t kRecent = 16;
  LabelId InternLabel(std::string_view text);

  const JourneyView* journey_ = nullptr;
  JourneyId journey_id_;
  DetectorId detector_;
  RowTable<Finding> findings_;
  std::vector<std::string> labels_;  // few
  // What a text that lay at an address was last time, which it mostly is again. By the address.
  std::array<LabelId, kRecent> recent_;
};

class LogMeasures;  // log_measures.h

class Detector {
 public:
  virtual ~Detector() = default;
  // A short name, one word of the catalogue or the host's own. Lifetime: as long as the detector.
  [[nodiscard]] virtual std::string_view name() const = 0;
  // The thresholds in use, for the report: "stall 24h". Empty: there are none.
  [[nodiscard]] virtual std::string parameters() const { return {}; }
  // Whether a finding says by itself that the journey failed (it was left, the customer gave up). Such findings are
  // left out where journeys with and without a friction are compared by how they ended.
  [[nodiscard]] virtual bool implies_failure() const { return false; }
  // InvalidArgument if its thresholds make no sense; asked before a run begins.
  [[nodiscard]] virtual absl::Status Validate() const;

  // Whether it still has to learn its thresholds from a log. If so, a batch run calls Learn with the measures of all
  // its journeys, and uses the detector that this gives instead, which no longer learns(). A live engine cannot
  // learn, as each event would change all that was found; Pipeline::LearnDetectors gives it detectors that have.
  [[nodiscard]] virtual bool learns() const { return false; }
  // Requires: learns(). What it gives is a function of the measures alone.
  [[nodiscard]] virtual std::shared_ptr<const Detector> Learn(const LogMeasures& measures) const;

  // How long after a journey's last event it looks at what the customer does (JourneyView::after). 0: not at all.
  [[nodiscard]] virtual Duration lookahead() const { return Duration{0}; }

  virtual void Examine(const JourneyView& journey, FindingSink& sink) const = 0;
};

// What a result says about a detector that was used.
struct DetectorInfo {
  std::string name;
  std::string parameters;
  bool implies_failure = false;
};

using DetectorList = std::vector<std::shared_ptr<const Detector>>;

}  // namespace v0
}  // namespace journey
