// Reading events from files: CSV, TSV, JSON Lines and arrays in JSON, each also with gzip, into an EventLog.
//
//   EventLog log;
//   StatusOr<ReadReport> read = ReadEvents("events.csv.gz", {}, log);     // the map is guessed from the
//   header read->rows, read->counts[AdmissionStatus::kMalformed], Describe(read->problems[0])
//
// Every row becomes one offer to the log, also a row that cannot be read, so that nothing vanishes: `rows` is
// counts.offered(). What is wrong with a row is counted, and the first few such rows are kept in `problems`.
// What is wrong with the whole input is a Status: it cannot be opened or is damaged, the header lacks a
// column of the map. The rows before such a place stay in the log, and the message says how many they are.
//
// CSV is read as RFC 4180 has it: quotes around a whole field and doubled inside, line ends inside of quotes.
// In a field that does not begin with a quote, quotes are characters like any other. Lines may end in LF, CR
// LF or (all of them) CR; blank ones are no rows. The first line names the columns and decides on the
// separator: a comma, or without one a semicolon or a tab; in .tsv a tab. A record that cannot be read is one
// malformed row, and reading goes on at the line after its first one, so that a stray quote costs one row. An
// empty cell is an absent identifier or attribute. Cells are texts: "1" as an attribute stays a text.
//
// JSON: one object a line, or one array of objects. Numbers and booleans stay what they are as attributes
// (whole numbers beyond 2^53 become their digits); as an id, identifier, name or channel a number becomes its
// digits, exact up to 64 bits. null is absent; a list or an object as an attribute is its JSON text. Of a key
// given twice the first holds. A record must be UTF-8 and nest at most 256 deep.
//
// Threads: thread-compatible; the log is used by this call alone, and on the caller's thread. With threads > 1 one thread
//          more, which ends with the call, reads and splits while the caller's takes the rows before into the log.
//          What is read, and what is said of it, does not depend on it.
// Cost:    memory beside the log's own is a buffer of the size of the largest record, at most max_record_bytes, and
//          one batch of rows (four with threads > 1), of 1 MiB of text and one record each at most; nothing is
//          allocated per row. Rows come to the log many together, which is cheaper than one by one.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "journey/core/status_fwd.h"
#include "journey/events/admission.h"
#include "journey/events/event_log.h"
#include "journey/io/column_map.h"

namespace journey {
inline namespace v0 {

struct ReadOptions {
  std::optional<ColumnMap> map = {};  // none: guessed from the first rows
  std::string source = {};  // of the events where the map has none; empty: the file's name without folders
  std::size_t max_problems = 10;            // kept in the report
  std::size_t max_record_bytes = 16 << 20;  // a longer record is too large
  std::size_t buffer_bytes = 256 << 10;     // read at once; the result does not depend on it
  unsigned threads = 1;                     // more than 2 are as good as 2
  // Called with the bytes of the stored input that were read, and all of them or 0 when that is unknown: after every few
  // hundred rows, and whenever buffer_bytes more were read. It is called on the caller's thread while nobody uses the
  // log, which may be looked at: log.admissions().offered() are the rows so far. What it throws ends the reading and
  // passes through.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress = {};

  // InvalidArgument unless the map (if given) validates, buffer_bytes and max_record_bytes are 1 byte to 1 GiB, and
  // threads is 1 to 256.
  [[nodiscard]] absl::Status Validate() const;
};

// A row that was not accepted: where it is, what was found (never the value of an identifier or attribute)
// and what was expected.
struct ReadProblem {
  std::string file;
  std::uint64_t line = 0;  // where the record begins, from 1
  std::string field;       // the column; empty: the whole row
  AdmissionStatus status = AdmissionStatus::kMalformed;
  std::string found;
  std::string expected;
};

struct ReadReport {
  std::string file;
  std::string source;
  std::uint64_t rows = 0;
  std::uint64_t bytes = 0;  // of the input as it is stored
  bool map_guessed = false;
  ColumnMap map;           // given or guessed
  AdmissionCounts counts;  // as each row was answered; the log counts anew when a later offer takes over
  std::vector<ReadProblem> problems;  // the first ones, in the file's order
};

// "events.csv:17: timestamp: found text of the form 99/99/9999, expected a time such as ... (malformed)"
[[nodiscard]] std::string Describe(const ReadProblem& problem);

// Reads a file, or standard input when the path is "-". The format goes by the ending of the name (.csv .tsv
// .json .jsonl .ndjson, each with .gz or without), or else by the first bytes. Errors: InvalidArgument,
// NotFound, PermissionDenied, DataLoss; each names the file and, where there is one, the
//         line or the byte.
[[nodiscard]] absl::StatusOr<ReadReport> ReadEvents(const std::string& path, const ReadOptions& options,
                                                    EventLog& log);

// The same for bytes in memory; `name` stands for the path.
[[nodiscard]] absl::StatusOr<ReadReport> ReadEventsFromMemory(std::string_view bytes, const std::string& name,
                                                              const ReadOptions& options, EventLog& log);

// Sources for several files: their names without folders, or the whole path where two names are alike, so
// that rows of different files are never taken for one another.
[[nodiscard]] std::vector<std::string> SourcesOf(std::span<const std::string> paths);

// A small file as a whole, such as a configuration. Errors: as above, and InvalidArgument above 4 MiB.
[[nodiscard]] absl::StatusOr<std::string> ReadTextFile(const std::string& path);

}  // namespace v0
}  // namespace journey
