// Pipeline: all of it, once. Events in, a Report out.
//
//   auto pipeline = Pipeline::Create({.journeys = {checkout}});
//   if (!pipeline.ok()) ...                         // which option is wrong, and why
//   const Report report = pipeline->Run(log);
//
// A run is a pure function of the set of accepted events and the options: arrival order, batches and the
// number of threads change nothing, to the byte.
//
// Threads: Run is const and may be called concurrently; it starts options.threads - 1 threads of its own and
//          joins them. An exception of a host's detector or resolver ends the run and is passed on.
#pragma once
#include <functional>
#include <utility>

#include "journey/core/status_fwd.h"
#include "journey/events/event_log.h"
#include "journey/pipeline/options.h"
#include "journey/pipeline/report.h"

namespace journey {
inline namespace v0 {

class Pipeline {
 public:
  // Errors: InvalidArgument from options.Validate().
  [[nodiscard]] static absl::StatusOr<Pipeline> Create(PipelineOptions options);

  // Events later than options.as_of are left out, and counted as `future`; those that options.consent withholds,
  // as `no consent`.
  [[nodiscard]] Report Run(const EventLog& log) const;

  // The detectors of the options, those that learn from a log as learnt from this one, for a live engine or to hold
  // another log against the same limits. Run uses the same ones. Cost: a run without findings and measures, if there
  // is something to learn.
  [[nodiscard]] DetectorList LearnDetectors(const EventLog& log) const;

  [[nodiscard]] const PipelineOptions& options() const { return options_; }

 private:
  explicit Pipeline(PipelineOptions options) : options_(std::move(options)) {}
  [[nodiscard]] Report RunPart(const EventLog& part, const EventLog& log,
                               const std::function<bool(EventIndex)>& is_kept) const;
  PipelineOptions options_;
};

}  // namespace v0
}  // namespace journey
