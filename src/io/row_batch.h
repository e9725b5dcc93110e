// Rows between a reader and the log: a RowBatch holds some of them in the input's order, each an event or a refusal,
// and the texts they refer to, so that it can be taken in together and by another thread. A RowOutlet is where a
// reader puts its rows.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "journey/events/admission.h"
#include "journey/events/event.h"

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

  // The event to fill next, as an earlier one left it. Commit makes it a row. Lifetime: until Commit.
  [[nodiscard]] Event& next() {
    if (count_ == events_.size()) events_.emplace_back();
    return events_[count_];
  }
  void Commit(std::uint64_t line) {
    lines_.push_back(line);
    ++count_;
  }
  // A row that is no event. Of no more than `most` in a batch the reason is kept.
  void Refuse(std::uint64_t line, AdmissionStatus status, std::string_view field, std::string_view found,
              std::string_view expected, std::size_t most);

  [[nodiscard]] std::span<const Event> events() const { return std::span(events_).first(count_); }
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

  std::vector<Event> events_;  // the first count_ are rows, the others keep their capacity
  std::size_t count_ = 0;
  std::vector<std::uint64_t> lines_;
  std::vector<Refusal> refusals_;
  std::size_t told_ = 0;
  std::vector<std::unique_ptr<char[]>> blocks_;  // of kBlock bytes each; they stay
  std::size_t used_blocks_ = 0;
  std::vector<std::unique_ptr<char[]>> large_;  // of one text each
  char* free_ = nullptr;                        // in the last block that is used
  std::size_t room_ = 0;
  std::size_t kept_ = 0;
};

class RowOutlet {
 public:
  // most_rows: a batch with so many is handed over. Requires: most_rows > 0.
  explicit RowOutlet(std::size_t most_rows) : most_rows_(most_rows) {}
  virtual ~RowOutlet() = default;
  RowOutlet(const RowOutlet&) = delete;
  RowOutlet& operator=(const RowOutlet&) = delete;

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
