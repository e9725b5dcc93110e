// Each function asks for what somebody else will look at, and does nothing else.
#include <cstdint>
#include <span>

#include "events/numbered_rows.h"
#include "journey/core/ids.h"
#include "journey/core/slot_table.h"

namespace journey {
inline namespace v0 {

void AskForSlots(const internal::SlotTable<internal::RowSlot>& table, std::span<const std::uint32_t> halves);
void AskForNumbers(const internal::NumberedRows& rows, std::span<const std::uint64_t> numbers);

void AskForSlots(const internal::SlotTable<internal::RowSlot>& table, std::span<const std::uint32_t> halves) {
  for (const std::uint32_t half : halves) table.Prefetch(half);
}
void AskForNumbers(const internal::NumberedRows& rows, std::span<const std::uint64_t> numbers) {
  for (const std::uint64_t number : numbers) rows.Prefetch({0}, number);
}

}  // namespace v0
}  // namespace journey
