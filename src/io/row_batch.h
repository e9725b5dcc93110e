// Rows between a reader and the log: a RowBatch holds some of them in the input's order, each an event or a refusal,
// and the texts they refer to, so that it can be taken in together and by another thread. Events lie in columns, as the
// log takes most of them. A RowOutlet is where a reader puts its rows.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/wipe.h"
#include "journey/events/admission.h"
#include "journey/events/event.h"
#include "journey/events/event_columns.h"

namespace journey {
inline namespace v0 {
namespace internal {

class RowBatch {
 public:
  struct Refusal {
    std::size_t before = 0;  // the number of events of the batch that come before it
    std::uint64_t line = 0;
    AdmissionStatus status = AdmissionStatus::kMalformed;
    bool told = false;  // else it is counted, and nothing more is known
    std::string field = {};
    std::string found = {};
    std::string expected = {};
  };

  RowBatch() = default;
  RowBatch(const RowBatch&) = delete;
  RowBatch& operator=(const RowBatch&) = delete;

  // A copy of the text, good until Clear.
  std::string_view Keep(std::string_view text) {
    char* const copy = Room(text.size());
    if (!text.empty()) std::memcpy(copy, text.data(), text.size());
    return {copy, text.size()};
  }
  // As many bytes to write to, good until Clear.
  [[nodiscard]] char* Room(std::size_t bytes) {
    kept_ += bytes;
    if (bytes > room_) return MakeRoom(bytes);
    room_ -= bytes;
    return std::exchange(free_, free_ + bytes);
  }

  // What rows may have, by place in these lists. Requires: there are no rows yet. Lifetime: the texts outlive the batch.
  void SetLists(std::span<const std::string_view> name_spaces, std::span<const std::string_view> keys);

  // The event to fill next, whose identifiers and attributes are none yet. Commit makes it a row.
  struct Row {
    TimePoint time;
    std::uint64_t sequence = 0;
    std::string_view id, source, channel, name;
    RecordKind kind = RecordKind::kEvent;
  };
  void Begin() {
    if (count_ == lines_.size()) Grow();
    for (auto& texts : identifiers_) texts[count_] = {};
    for (auto& values : attributes_) values[count_].reset();
  }
  void SetIdentifier(std::size_t list, std::string_view text) { identifiers_[list][count_] = text; }
  void SetAttribute(std::size_t list, const AttributeValue& value) { attributes_[list][count_] = value; }
  void Commit(const Row& row, std::uint64_t line) {
    times_[count_] = row.time;
    sequences_[count_] = row.sequence;
    ids_[count_] = row.id;
    any_ids_ |= !row.id.empty();
    channels_[count_] = row.channel;
    names_[count_] = row.name;
    sources_[count_] = row.source;
    kinds_[count_] = row.kind;
    plain_ &= row.kind == RecordKind::kEvent && row.source == sources_.front();
    lines_[count_] = line;
    ++count_;
  }
  // A row that is no event. Of no more than `most` in a batch the reason is kept.
  void Refuse(std::uint64_t line, AdmissionStatus status, std::string_view field, std::string_view found,
              std::string_view expected, std::size_t most);

  [[nodiscard]] std::size_t events() const { return count_; }
  // No corrections, and all events are of one source: then columns() are all of them.
  [[nodiscard]] bool plain() const { return plain_; }
  // Events [begin, end). Requires: plain(), begin < end. Lifetime: until the next call, or Clear.
  [[nodiscard]] EventColumns columns(std::size_t begin, std::size_t end) const;
  // One event. Lifetime: what it refers to, until Clear.
  void View(std::size_t row, Event& event) const;
  [[nodiscard]] std::uint64_t line(std::size_t event) const { return lines_[event]; }
  [[nodiscard]] std::span<const Refusal> refusals() const { return refusals_; }
  [[nodiscard]] std::size_t rows() const { return count_ + refusals_.size(); }
  [[nodiscard]] std::size_t kept_bytes() const { return kept_; }

  // Forgets the rows, and keeps the memory for as many of ordinary size.
  void Clear();

  // How far the input was read when the batch was handed over: in bytes, and of how many or 0.
  std::uint64_t bytes_done = 0;
  std::uint64_t bytes_total = 0;

 private:
  static constexpr std::size_t kBlock = 64 << 10;
  [[nodiscard]] char* MakeRoom(std::size_t bytes);

  void Grow();

  // The first count_ of each are rows.
  std::size_t count_ = 0;
  std::vector<TimePoint> times_;
  std::vector<std::uint64_t> sequences_, lines_;
  std::vector<std::string_view> ids_, sources_, channels_, names_;
  std::vector<RecordKind> kinds_;
  std::vector<std::string_view> name_spaces_, keys_;
  std::vector<std::vector<std::string_view>> identifiers_;              // by list and row; empty: none
  std::vector<std::vector<std::optional<AttributeValue>>> attributes_;  // by list and row
  bool any_ids_ = false;
  bool plain_ = true;
  mutable std::vector<IdentifierColumn> identifier_columns_;
  mutable std::vector<AttributeColumn> attribute_columns_;
  std::vector<Refusal> refusals_;
  std::size_t told_ = 0;
  std::vector<std::unique_ptr<char[]>> blocks_;  // of kBlock bytes each; they stay
  std::size_t used_blocks_ = 0;
  std::vector<std::unique_ptr<char[]>> large_;  // of one text each
  char* free_ = nullptr;                        // in the last block that is used
  std::size_t room_ = 0;
  std::size_t kept_ = 0;
};

// Overwrites the attributes of an event that View filled: numbers among them may be personal data.
inline void WipeAttributes(Event& event) {
  Wipe(event.attributes.data(), event.attributes.size() * sizeof(Attribute));
  event.attributes.clear();
}

class RowOutlet {
 public:
  // most_rows: a batch with so many is handed over. Requires: most_rows > 0.
  explicit RowOutlet(std::size_t most_rows) : most_rows_(most_rows) {}
  virtual ~RowOutlet() = default;
  RowOutlet(const RowOutlet&) = delete;
  RowOutlet& operator=(const RowOutlet&) = delete;

  // What rows may have, as RowBatch::SetLists; to be called before there are rows.
  virtual void SetLists(std::span<const std::string_view> name_spaces,
                        std::span<const std::string_view> keys) = 0;
  // The batch to fill. Lifetime: until the next call of another function.
  [[nodiscard]] RowBatch& batch() { return *batch_; }
  // To be called after each row.
  void Added() {
    if (batch_->rows() >= most_rows_ || batch_->kept_bytes() >= kMostBytes) Hand();
  }
  // To be called when more of the input was read, between rows; the batch goes off with the news.
  void Reached(std::uint64_t done, std::uint64_t total) {
    done_ = done;
    total_ = total;
    Hand();
  }
  // Hands over what there is.
  void Hand() {
    batch_->bytes_done = done_;
    batch_->bytes_total = total_;
    HandOver();
  }
  // Nobody wants more rows.
  [[nodiscard]] bool stopped() const { return stopped_; }

 protected:
  static constexpr std::size_t kMostBytes = 1 << 20;
  // Sets batch_ to an empty one, or stopped_.
  virtual void HandOver() = 0;

  RowBatch* batch_ = nullptr;
  bool stopped_ = false;

 private:
  std::size_t most_rows_;
  std::uint64_t done_ = 0;
  std::uint64_t total_ = 0;
};

}  // namespace internal
}  // namespace v0
}  // namespace journey
