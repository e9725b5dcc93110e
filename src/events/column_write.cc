// Rows of a block that are settled, written into the columns of the log by all threads.
#include "events/column_appender.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace journey {
inline namespace v0 {

void EventLog::ColumnAppender::Write(std::size_t begin, std::size_t end) {
  const std::size_t count = end - begin;
  run = {.begin = begin,
         .row = impl.times.size(),
         .identifiers = impl.identifiers.size(),
         .number = run.number,
         .repeats = run.repeats};
  const std::size_t rows = run.row + count;
  impl.times.ResizeToWrite(rows);
  impl.sequences.ResizeToWrite(rows);
  impl.event_sources.ResizeToWrite(rows);
  impl.event_touchpoints.ResizeToWrite(rows);
  impl.kinds.ResizeToWrite(rows);
  impl.identifier_ranges.ResizeToWrite(rows);
  const std::size_t identifiers = block.begins[end] - block.begins[begin];
  if (run.identifiers + identifiers > impl.identifiers.capacity()) {
    // As many for each row to come: a place is found for all of them.
    const std::size_t to_come = columns.size() - (block.begin + begin);
    impl.identifiers.reserve(run.identifiers + identifiers * to_come / count);
  }
  impl.identifiers.ResizeToWrite(run.identifiers + identifiers);
  impl.counts[source.value][AdmissionStatus::kAccepted] += count;
  attributes.Write(block.begin, begin, end, run.row);
  constexpr std::size_t kFew = 4096;  // which are written before another thread has begun
  if (count < kFew) return WriteRows(begin, end);
  workers.Run([&](unsigned part) {
    const auto range = internal::Workers::PartOf(count, part, workers.count(), kTile);
    WriteRows(begin + range.begin, begin + range.end);
  });
}

// Rows [begin, end) of the block, which are of the run.
void EventLog::ColumnAppender::WriteRows(std::size_t begin, std::size_t end) {
  if (begin == end) return;
  const std::size_t row = run.row + (begin - run.begin), count = end - begin;
  if (run.repeats) NameRepeats(begin, end);
  std::ranges::copy(columns.times.subspan(block.begin + begin, count), &impl.times[row]);
  std::fill_n(&impl.event_sources[row], count,
              SourceId(source));  // a copy: the compiler reads source anew for each
  std::fill_n(&impl.kinds[row], count, RecordKind::kEvent);
  std::transform(&block.touchpoints[begin], &block.touchpoints[begin] + count, &impl.event_touchpoints[row],
                 [](std::uint32_t touchpoint) { return TouchpointId{touchpoint}; });
  WriteSequences(begin, end, row);
  WriteRanges(begin, end, row);
  switch (name_spaces.size()) {
    case 0:
      break;
    case 1:
      WriteFew<1>(begin, end);
      break;
    case 2:
      WriteFew<2>(begin, end);
      break;
    case 3:
      WriteFew<3>(begin, end);
      break;
    default:
      WriteMany(begin, end);
  }
  if (answers.empty()) return;
  for (std::size_t i = begin; i < end; ++i) {
    answers[block.begin + i] = {
        AdmissionStatus::kAccepted, EventField::kNone, {static_cast<std::uint32_t>(row + i - begin)}};
  }
}

// Of whole tiles.
void EventLog::ColumnAppender::NameRepeats(std::size_t begin, std::size_t end) {
  const Missing* const missing = block.missing.data();
  std::uint32_t* const ids = block.ids.data();
  for (const Repeat& one : OfTiles<Repeat>(block.repeats, begin, end)) {
    const Missing& first = missing[one.first];
    const std::size_t of_column = first.column * block.size;
    ids[of_column + one.row] = ids[of_column + first.row];
  }
}

void EventLog::ColumnAppender::WriteSequences(std::size_t begin, std::size_t end, std::size_t row) {
  const std::size_t count = end - begin;
  std::uint64_t* const to = &impl.sequences[row];
  if (!columns.sequences.empty())
    std::ranges::copy(columns.sequences.subspan(block.begin + begin, count), to);
  else if (!columns.ids.empty())
    std::copy_n(&block.sequences[begin], count, to);
  else
    std::iota(to, to + count, run.number + (begin - run.begin));
}

void EventLog::ColumnAppender::WriteRanges(std::size_t begin, std::size_t end, std::size_t row) {
  const std::uint32_t* const begins = block.begins.data();
  const std::size_t base = run.identifiers - begins[run.begin];
  Impl::PackedRange* const to = &impl.identifier_ranges[row];
  for (std::size_t i = begin; i < end; ++i) to[i - begin] = {base + begins[i], begins[i + 1] - begins[i]};
}

// Up to three identifiers, of which some are not there, are sorted without a branch; kNone comes last.
template <std::size_t kLists>
void EventLog::ColumnAppender::WriteFew(std::size_t begin, std::size_t end) {
  std::array<const std::uint32_t*, kLists> lists;
  for (std::size_t list = 0; list < kLists; ++list) lists[list] = &block.ids[list * block.size];
  const std::uint32_t* const begins = block.begins.data();
  IdentifierId* const all = impl.identifiers.data() + run.identifiers;
  const std::uint32_t before = begins[run.begin];
  // By arithmetic: of std::min and std::max g++ makes jumps here.
  const auto order = [](std::uint32_t& x, std::uint32_t& y) {
    const std::uint32_t swap = (x ^ y) & (0 - static_cast<std::uint32_t>(y < x));
    x ^= swap;
    y ^= swap;
  };
  // What is written beyond those that are there is the place of the next rows, which are written after it; but the last
  // rows have none.
  const std::size_t last = begins[end];
  std::size_t i = begin;
  for (; i < end && begins[i] + kLists <= last; ++i) {
    std::array<std::uint32_t, kLists> ids;
    for (std::size_t list = 0; list < kLists; ++list) ids[list] = lists[list][i];
    if constexpr (kLists == 3) {
      order(ids[0], ids[1]);
      order(ids[1], ids[2]);
    }
    if constexpr (kLists >= 2) order(ids[0], ids[1]);
    for (std::size_t n = 0; n < kLists; ++n) all[begins[i] - before + n] = {ids[n]};
  }
  WriteMany(i, end);
}

void EventLog::ColumnAppender::WriteMany(std::size_t begin, std::size_t end) {
  for (std::size_t i = begin; i < end; ++i) {
    IdentifierId* const at = impl.identifiers.data() + IdentifiersOf(i);
    std::size_t count = 0;
    for (std::size_t list = 0; list < name_spaces.size(); ++list) {
      const IdentifierId id{block.ids[list * block.size + i]};
      if (!id.valid()) continue;
      std::size_t place = count++;
      for (; place > 0 && id < at[place - 1]; --place) at[place] = at[place - 1];
      at[place] = id;
    }
  }
}

}  // namespace v0
}  // namespace journey
