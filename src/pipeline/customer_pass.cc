#include "pipeline/customer_pass.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <span>
#include <utility>

#include "journey/core/row_table.h"
#include "measures/customer_threads.h"
#include "pipeline/finish_report.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// How many rows to make room for in a table that is nearly full, when `done` of the `all` events have gone into it: as
// many for each event again, and two fifths more, as the customers who come first have the longest histories, with the fewest
// journeys and sessions an event. 0: there is room. Memory that is asked for in vain is never touched; growing copies
// everything into pages that are new.
template <typename T>
std::size_t RoomFor(const RowTable<T>& table, std::uint64_t done, std::uint64_t all) {
  if (table.size() + table.size() / 64 + 16 <= table.capacity()) return 0;
  const std::uint64_t rows = table.size();
  const bool can_tell = done > all / 64;
  const std::uint64_t expected =
      can_tell ? static_cast<std::uint64_t>(static_cast<double>(rows) / static_cast<double>(done) *
                                            static_cast<double>(all) * 1.4)
               : 2 * rows;
  return std::max(expected, rows + rows / 4 + 1024);
}

template <typename T>
void MakeRoomIn(RowTable<T>& table, std::uint64_t done, std::uint64_t all) {
  if (const std::size_t rows = RoomFor(table, done, all); rows != 0) table.reserve(rows);
}

void RunTasks(const Tasks& tasks, unsigned threads) {
  std::atomic<std::size_t> next = 0;
  RunParts(std::min<std::size_t>(threads, tasks.size()), [&](std::size_t) {
    for (std::size_t i = next++; i < tasks.size(); i = next++) tasks[i]();
  });
}

}  // namespace

CustomerPass::CustomerPass(const DeriveInput& input, const Timelines& timelines, bool all)
    : input_(input),
      timelines_(timelines),
      all_(all),
      context_(input.ContextOf(timelines.events, journeys_, timelines.begins, &scratch_)),
      measures_(input.options, input.catalog.channels.size()) {}

void CustomerPass::Run(std::uint32_t begin, std::uint32_t end) {
  const std::span<const std::uint32_t> begins = timelines_.begins;
  const std::uint64_t all = all_ ? timelines_.events.size() : begins[end] - begins[begin];
  customers_.reserve(all_ ? timelines_.customers() : end - begin);
  for (std::uint32_t customer = begin; customer < end; ++customer) {
    RunCustomer({customer});
    constexpr std::uint32_t kOften =
        16;  // customers: to ask all tables takes as long as a step of one of them
    if ((customer - begin) % kOften == 0) MakeRoom(begins[customer + 1] - begins[begin], all);
  }
  findings_ = sink_.TakeFindings();
}

void CustomerPass::RunCustomer(CustomerId customer) {
  const std::span<const EventRow> events = timelines_.of(customer);
  const std::uint32_t offset = timelines_.begins[customer.value];
  const std::size_t sessions_before = sessions_.size();
  const std::size_t journeys_before = journeys_.rows.size();

  DeriveRows(input_, customer, events, offset, sessions_, journeys_);
  const auto sessions = std::span(sessions_).subspan(sessions_before);
  session_counts_.Add(sessions);
  measures_.AddCustomer(input_.catalog, events, offset, sessions);
  for (std::size_t id = journeys_before; id < journeys_.rows.size(); ++id) {
    const JourneyView journey(context_, journeys_.rows[id]);
    const std::size_t findings_before = sink_.findings().size();
    Examine(input_, journey, {static_cast<std::uint32_t>(id)}, sink_);
    sink_.Order(findings_before);
    for (const Finding& finding : std::span(sink_.findings()).subspan(findings_before))
      friction_.Add(finding);
    measures_.AddJourney(journey);
  }
  customers_.push_back(
      {static_cast<std::uint32_t>(sessions_before), static_cast<std::uint32_t>(sessions_.size()),
       static_cast<std::uint32_t>(journeys_before), static_cast<std::uint32_t>(journeys_.rows.size())});
}

void CustomerPass::MakeRoom(std::uint64_t done, std::uint64_t all) {
  MakeRoomIn(sessions_, done, all);
  MakeRoomIn(journeys_.rows, done, all);
  MakeRoomIn(journeys_.events, done, all);
  MakeRoomIn(journeys_.steps, done, all);
  if (const std::size_t rows = RoomFor(sink_.findings(), done, all); rows != 0) sink_.Reserve(rows);
}

void LearningPass::Run(std::uint32_t begin, std::uint32_t end) {
  RowTable<SessionRow> sessions;
  JourneyTable journeys;
  for (std::uint32_t customer = begin; customer < end; ++customer) {
    sessions.clear();
    journeys.rows.clear();
    journeys.events.clear();
    journeys.steps.clear();
    DeriveRows(input_, {customer}, timelines_.of({customer}), timelines_.begins[customer], sessions,
               journeys);
    const JourneyContext context = input_.ContextOf(timelines_.events, journeys, timelines_.begins);
    for (const JourneyRow& row : journeys.rows) measures_.Add(JourneyView(context, row));
  }
}

// Joins what passes made, in their order. What comes after the first is copied behind it, where there is room; each
// table is a task of its own.
class PassJoin {
 public:
  PassJoin(std::vector<std::unique_ptr<CustomerPass>>& passes, Report& report)
      : passes_(passes), report_(report) {
    Starts next;
    for (const auto& pass : passes) {
      starts_.push_back(next);
      next.sessions += static_cast<std::uint32_t>(pass->sessions_.size());
      next.journeys += static_cast<std::uint32_t>(pass->journeys_.rows.size());
      next.events += static_cast<std::uint32_t>(pass->journeys_.events.size());
      next.steps += static_cast<std::uint32_t>(pass->journeys_.steps.size());
      labels_.emplace_back();
    }
    UniteLabels();
  }

  // Lifetime: of this.
  [[nodiscard]] Tasks MakeTasks();

 private:
  // Where the rows of a pass begin among those of all.
  struct Starts {
    std::uint32_t sessions = 0;
    std::uint32_t journeys = 0;
    std::uint32_t events = 0;
    std::uint32_t steps = 0;
  };

  void UniteLabels();
  void JoinFindings();
  void CountFriction();

  // table_of(pass) is the table; shift(row, pass) tells a row of a later pass where it is now.
  template <typename T, typename TableOf, typename Shift>
  void Join(RowTable<T>& all, const TableOf& table_of, const Shift& shift) {
    std::size_t rows = 0;
    for (const auto& pass : passes_) rows += table_of(*pass).size();
    all = std::move(table_of(*passes_.front()));
    all.reserve(rows);
    for (std::size_t pass = 1; pass < passes_.size(); ++pass) {
      const RowTable<T> table = std::move(table_of(*passes_[pass]));
      constexpr std::size_t kSome =
          1024;  // rows, which are still in the cache when they are told where they are
      for (std::size_t begin = 0; begin < table.size(); begin += kSome) {
        const std::span<const T> some =
            std::span(table).subspan(begin, std::min(kSome, table.size() - begin));
        all.insert(all.end(), some.begin(), some.end());
        for (T& row : std::span(all).last(some.size())) shift(row, pass);
      }
    }
  }

  std::vector<std::unique_ptr<CustomerPass>>& passes_;
  Report& report_;
  std::vector<Starts> starts_;                // by pass
  std::vector<std::vector<LabelId>> labels_;  // by pass: its labels among the report's
};

void PassJoin::UniteLabels() {
  std::vector<std::string>& all = report_.labels;
  for (const auto& pass : passes_)
    all.insert(all.end(), pass->sink_.labels().begin(), pass->sink_.labels().end());
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  for (std::size_t pass = 0; pass < passes_.size(); ++pass) {
    for (const std::string& text : passes_[pass]->sink_.labels()) {
      const auto at = std::ranges::lower_bound(all, text) - all.begin();
      labels_[pass].push_back({static_cast<std::uint32_t>(at)});
    }
  }
}

void PassJoin::JoinFindings() {
  const auto rename = [&](Finding& row, std::size_t pass) {
    row.kind = labels_[pass][row.kind.value];
    if (row.reason.valid()) row.reason = labels_[pass][row.reason.value];
  };
  for (Finding& row : passes_.front()->findings_) rename(row, 0);
  Join(
      report_.findings, [](CustomerPass & pass) -> auto& { return pass.findings_; },
      [&](Finding& row, std::size_t pass) {
        rename(row, pass);
        row.journey.value += starts_[pass].journeys;
      });
}

void PassJoin::CountFriction() {
  FrictionCounts friction;
  for (std::size_t pass = 0; pass < passes_.size(); ++pass)
    friction.Merge(passes_[pass]->friction_, labels_[pass]);
  report_.friction = friction.Rows(report_.detectors);
}

Tasks PassJoin::MakeTasks() {
  Tasks tasks;
  std::vector<CustomerMeasures*> measures;
  for (const auto& pass : passes_) measures.push_back(&pass->measures_);
  CustomerMeasures::AddFinishing(measures, report_, tasks);
  tasks.emplace_back([this] { JoinFindings(); });
  tasks.emplace_back([this] {
    Join(
        report_.journeys.rows, [](CustomerPass & pass) -> auto& { return pass.journeys_.rows; },
        [&](JourneyRow& row, std::size_t pass) {
          row.begin += starts_[pass].events;
          row.end += starts_[pass].events;
          row.steps_begin += starts_[pass].steps;
        });
  });
  const auto as_it_is = [](std::uint32_t /*position*/, std::size_t /*pass*/) {};
  tasks.emplace_back([this, as_it_is] {
    Join(
        report_.journeys.events, [](CustomerPass & pass) -> auto& { return pass.journeys_.events; },
        as_it_is);
    Join(
        report_.journeys.steps, [](CustomerPass & pass) -> auto& { return pass.journeys_.steps; }, as_it_is);
  });
  tasks.emplace_back([this] {
    Join(
        report_.sessions, [](CustomerPass & pass) -> auto& { return pass.sessions_; },
        [](SessionRow& /*row*/, std::size_t /*pass*/) {});
    SessionCounts counts;
    for (const auto& pass : passes_) counts.Merge(pass->session_counts_);
    report_.session_summary = counts.Summarize(report_.sessions);
  });
  tasks.emplace_back([this] {
    Join(
        report_.customers, [](CustomerPass & pass) -> auto& { return pass.customers_; },
        [&](CustomerRow& row, std::size_t pass) {
          row.sessions_begin += starts_[pass].sessions;
          row.sessions_end += starts_[pass].sessions;
          row.journeys_begin += starts_[pass].journeys;
          row.journeys_end += starts_[pass].journeys;
        });
    CountFriction();
  });
  return tasks;
}

void RunCustomers(const DeriveInput& input, unsigned threads, Report& report) {
  const std::vector<std::uint32_t> cuts = CutCustomers(report.timeline.begins, threads);
  std::vector<std::unique_ptr<CustomerPass>> passes;
  for (std::size_t i = 0; i + 1 < cuts.size(); ++i)
    passes.push_back(std::make_unique<CustomerPass>(input, report.timeline, i == 0));
  RunParts(passes.size(), [&](std::size_t i) { passes[i]->Run(cuts[i], cuts[i + 1]); });
  PassJoin join(passes, report);
  RunTasks(join.MakeTasks(), threads);
}

}  // namespace internal
}  // namespace v0
}  // namespace journey
