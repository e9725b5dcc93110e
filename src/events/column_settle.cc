// Which rows of a block are new, and ids for their identifiers.
#include "events/column_appender.h"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <tuple>

namespace journey {
inline namespace v0 {

void EventLog::ColumnAppender::Settle() {
  std::size_t end = 0;
  risen = 0;
  one_by_one = false;
  for (std::size_t i = 0; i < block.size;) {
    end = std::max(end, i);
    end = FirstByEvent(end);
    const std::size_t stopped = SettleRun(i, end);
    if (stopped < block.size) AppendAsEvent(block.begin + stopped);
    i = stopped + 1;
  }
}

// From a row on.
std::size_t EventLog::ColumnAppender::FirstByEvent(std::size_t row) const {
  const std::uint8_t* const states = block.states.data();
  const void* const at = std::memchr(states + row, kByEvent, block.size - row);
  return at == nullptr ? block.size : static_cast<std::size_t>(static_cast<const std::uint8_t*>(at) - states);
}

// Takes in rows with which nothing is wrong, up to the first that may not be new; answers where that is.
std::size_t EventLog::ColumnAppender::SettleRun(std::size_t begin, std::size_t end) {
  if (begin == end) return end;
  if (impl.numbers == Impl::Numbers::kRising && end > risen && !Rises(begin, end)) impl.IndexNumberedRows();
  risen = end;
  const std::size_t stopped = Admit(begin, end);
  if (stopped == begin) return stopped;
  NameMissing(begin, stopped);
  Write(begin, stopped);
  impl.HashNumbersIfSparse();
  impl.NoteRowsIfSteady();
  return stopped;
}

// Whether the numbers of the rows that have no id rise from the largest of the source on.
bool EventLog::ColumnAppender::Rises(std::size_t begin, std::size_t end) const {
  if (columns.sequences.empty()) return impl.source_rows[source.value].largest < UINT64_MAX - columns.size();
  bool any = impl.source_rows[source.value].numbered;
  std::uint64_t largest = impl.source_rows[source.value].largest;
  for (std::size_t row = block.begin + begin; row < block.begin + end; ++row) {
    if (HasId(row)) continue;
    if (any && columns.sequences[row] <= largest) return false;
    any = true;
    largest = columns.sequences[row];
  }
  return true;
}

// Settles what the rows are known by, up to the first row that may be known already.
std::size_t EventLog::ColumnAppender::Admit(std::size_t begin, std::size_t end) {
  Impl::Source& numbers = impl.source_rows[source.value];
  run.number = numbers.used_up() ? UINT64_MAX : numbers.Next();
  if (columns.ids.empty() && impl.keys.empty() && impl.numbers == Impl::Numbers::kRising) {
    numbers.largest =
        columns.sequences.empty() ? run.number + (end - begin - 1) : columns.sequences[block.begin + end - 1];
    numbers.numbered = true;
    return end;
  }
  if (columns.ids.empty() && impl.keys.empty() && impl.numbers == Impl::Numbers::kPaged && !one_by_one &&
      run.number <= UINT64_MAX - columns.size())
    return AdmitNumbers(begin, end);
  constexpr std::size_t kAhead = 32;
  const auto first = static_cast<std::uint32_t>(impl.times.size());
  // Rows that are found by their numbers are looked at before they are written: these two columns are, now.
  const bool hashed = impl.numbers == Impl::Numbers::kHashed;
  const auto resize = [&](std::size_t rows) {
    impl.sequences.ResizeToWrite(rows);
    impl.event_sources.ResizeToWrite(rows);
  };
  if (hashed) resize(first + (end - begin));
  std::size_t i = begin;
  for (; i < end; ++i) {
    if (i + kAhead < end) AskForKey(i + kAhead);
    const auto stored = static_cast<std::uint32_t>(first + (i - begin));
    const std::size_t row = block.begin + i;
    const bool has_id = HasId(row);
    if (!has_id && columns.sequences.empty() && numbers.used_up()) break;
    if (!columns.ids.empty() && columns.sequences.empty()) block.sequences[i] = has_id ? 0 : numbers.Next();
    if (has_id) {
      if (impl.FindRow(block.keys[i]) != internal::FlatIndex::kNone) break;
      impl.keys.push_back(block.keys[i]);
      impl.key_index.Insert(impl.HashOf(block.keys[i]), stored);
      continue;
    }
    const std::uint64_t sequence = columns.sequences.empty() ? numbers.Next() : columns.sequences[row];
    if (impl.numbers == Impl::Numbers::kPaged) {
      if (!impl.numbered_rows.Claim(source, sequence)) break;
    } else if (hashed) {
      const EventKey key{numbers.digest, sequence};
      if (impl.FindRow(key) != internal::FlatIndex::kNone) break;
      impl.sequences[stored] = sequence;
      impl.event_sources[stored] = source;
      impl.key_index.Insert(impl.HashOf(key), stored);
    }
    if (!impl.keys.empty()) impl.keys.push_back({numbers.digest, sequence});
    numbers.largest = numbers.numbered ? std::max(numbers.largest, sequence) : sequence;
    numbers.numbered = true;
  }
  if (hashed) resize(first + (i - begin));
  return i;
}

// The same for rows that are known by paged numbers, all at once. What is behind a number that was taken is claimed in
// vain, so a block in which there is one goes on row by row.
std::size_t EventLog::ColumnAppender::AdmitNumbers(std::size_t begin, std::size_t end) {
  Impl::Source& numbers = impl.source_rows[source.value];
  std::span<const std::uint64_t> wanted;
  if (columns.sequences.empty()) {
    std::iota(&block.sequences[begin], &block.sequences[begin] + (end - begin), run.number);
    wanted = std::span<const std::uint64_t>(block.sequences).subspan(begin, end - begin);
  } else {
    wanted = columns.sequences.subspan(block.begin + begin, end - begin);
  }
  const std::size_t count = claims.Claim(source, wanted);
  one_by_one = count < wanted.size();
  if (count == 0) return begin;
  const std::uint64_t largest = std::ranges::max(wanted.first(count));
  numbers.largest = numbers.numbered ? std::max(numbers.largest, largest) : largest;
  numbers.numbered = true;
  return begin + count;
}

// Asks memory for what admitting a row will need.
void EventLog::ColumnAppender::AskForKey(std::size_t i) const {
  const std::size_t row = block.begin + i;
  if (HasId(row)) {
    impl.key_index.Prefetch(impl.HashOf(block.keys[i]));
  } else if (impl.numbers == Impl::Numbers::kPaged && !columns.sequences.empty()) {
    impl.numbered_rows.Prefetch(source, columns.sequences[row]);
  }
}

// Ids for identifiers that the log did not know when they were looked up.
void EventLog::ColumnAppender::NameMissing(std::size_t begin, std::size_t end) {
  run.repeats = begin == 0 && end == block.size;
  if (run.repeats) return Name(block.missing);
  // What is missing in some of the rows may be listed for a row that is not taken in.
  some_missing.clear();
  for (const Missing& one : OfTiles<Missing>(block.missing, begin, end)) {
    if (one.row >= begin && one.row < end) some_missing.push_back(one);
  }
  for (const Repeat& one : OfTiles<Repeat>(block.repeats, begin, end)) {
    const Missing& first = block.missing[one.first];
    if (one.row >= begin && one.row < end) some_missing.push_back({first.digest, one.row, first.column});
  }
  // In the order in which they would be listed if none was a repeat, whatever the threads.
  std::ranges::sort(some_missing, {},
                    [](const Missing& one) { return std::tuple(one.row / kTile, one.column, one.row); });
  Name(some_missing);
}

void EventLog::ColumnAppender::Name(std::span<const Missing> missing) {
  if (!internal::SteadyMemory::wanted()) return namer.Name(missing, *this);
  // The namer makes room for all at once, which no live event may wait for.
  for (const Missing& one : missing) {
    internal::Digits number;
    const Text text = Of(one, number);
    Take(one, impl.identifier_values.Intern(text.text, text.tag, one.digest));
  }
}

}  // namespace v0
}  // namespace journey
