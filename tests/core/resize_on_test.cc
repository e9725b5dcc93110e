#include "core/resize_on.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "core/workers.h"
#include "journey/core/memory.h"
#include "journey/core/row_table.h"
#include "support/catch.h"

using journey::RowTable;
using journey::internal::ResizeOn;
using journey::internal::Workers;

TEST_CASE(
    "a table whose memory several threads ask for is as any that is resized, whatever was in its memory") {
  struct Row {
    std::uint32_t value = 7;
  };
  for (const unsigned threads : {1U, 2U, 3U}) {
    Workers workers(threads);
    for (const std::size_t count : {0U, 1U, 1000U, 1U << 20, (1U << 21) + 12345U}) {
      { const RowTable<Row> before(count, Row{99}); }
      RowTable<Row> table;
      ResizeOn(workers, table, count);
      REQUIRE(table.size() == count);
      REQUIRE(std::ranges::all_of(table, [](const Row& row) { return row.value == 7; }));
    }
  }
  journey::ReleaseSpareMemory();
}
