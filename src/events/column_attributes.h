// ColumnAttributes: the attributes of events that come in columns. Their texts are checked and looked up by all threads,
// each for its rows; those that are new are numbered, and all are written down, by one.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "events/event_log_impl.h"
#include "journey/core/column.h"
#include "journey/events/event_columns.h"

namespace journey {
inline namespace v0 {

class EventLog::ColumnAttributes {
 public:
  static constexpr std::size_t kTile = 128;  // rows that are looked at together

  // Lifetime: both outlive this.
  ColumnAttributes(Impl& log, std::span<const AttributeColumn> columns) : log_(log), all_(columns) {}

  // To be called first. False: the events are to be looked at one by one.
  [[nodiscard]] bool Prepare();

  // To be called before each block: which keys the log knows by now. A key is the log's once an event that has it is looked
  // at by itself and taken in.
  void FindKeys();

  // Makes room for what is known of a block, of this many rows at most.
  void Reserve(std::size_t rows) {
    if (!columns_.empty()) texts_.ResizeToWrite(rows * columns_.size());
    block_rows_ = rows;
  }

  // Looks at rows [first, end) of the block that begins at row `block` of the table, at most kTile: what the log would not
  // take sets `bad` of its row. Threads: several at once, each on other rows.
  void Look(std::size_t block, std::size_t first, std::size_t end, std::span<std::uint8_t> states,
            std::uint8_t bad);

  // Gives rows [begin, end) of the block to the log's rows from `row` on.
  void Write(std::size_t block, std::size_t begin, std::size_t end, std::size_t row);

  // Puts those of a row of the table at the end of the event's.
  void Add(std::size_t row, Event& event) const {
    for (const AttributeColumn& column : all_) {
      if (column.values[row]) event.attributes.push_back({column.key, *column.values[row]});
    }
  }

 private:
  struct Listed {
    KeyId key;  // invalid: the log has none of it yet
    std::string_view text;
    std::span<const std::optional<AttributeValue>> values;
  };
  [[nodiscard]] bool HasRoom() const;
  struct Asked;
  [[nodiscard]] bool IsGood(const AttributeValue& value) const;
  void FindTexts(const Listed& column, std::size_t block, std::span<const std::uint32_t> rows,
                 std::uint32_t* ids) const;

  Impl& log_;
  std::span<const AttributeColumn> all_;
  std::vector<Listed> columns_;  // those that have any; ascending by key, those without one last
  std::size_t block_rows_ = 0;
  Column<std::uint32_t> texts_;  // by column and row of the block: the text's id, if it is known
};

}  // namespace v0
}  // namespace journey
