// Reads the input twice, with different buffers, and holds the two against each other and the accounts.
#pragma once
#include <string>
#include <string_view>

#include "fuzz_target.h"
#include "journey/core/status.h"
#include "journey/io/reader.h"

inline void ReadTwice(std::string_view bytes, const std::string& name) {
  using namespace journey;  // NOLINT
  ReadOptions options;
  options.max_record_bytes = 4096;
  options.buffer_bytes = 4096;
  EventLog whole;
  const StatusOr<ReadReport> first = ReadEventsFromMemory(bytes, name, options, whole);
  // The second buffer is as large as the input says, so that every size is tried.
  options.buffer_bytes = bytes.empty() ? 1 : 1 + static_cast<unsigned char>(bytes.back()) % 97;
  EventLog parts;
  const StatusOr<ReadReport> second = ReadEventsFromMemory(bytes, name, options, parts);
  FUZZ_CHECK(first.status() == second.status());
  FUZZ_CHECK(whole.admissions() == parts.admissions());
  FUZZ_CHECK(whole.size() == parts.size());
  if (!first.ok()) {
    FUZZ_CHECK(MessageOf(first.status()).starts_with(name));
    return;
  }
  FUZZ_CHECK(first->rows == whole.admissions().offered());
  FUZZ_CHECK(first->rows == first->counts.offered());
  FUZZ_CHECK(first->bytes == bytes.size());
  FUZZ_CHECK(first->problems.size() <= options.max_problems);
  FUZZ_CHECK(whole.admissions()[AdmissionStatus::kAccepted] == whole.size());
}
