// RowTable: a std::vector of what there is one of for every event, session or journey. A large one lies in huge pages, and
// takes its memory from what the library was done with lately (memory.h), and gives it back there.
//
//   RowTable<SessionRow> sessions;   sessions.push_back(row);      -> all else is as with any std::vector
#pragma once
#include <vector>

#include "journey/core/huge_memory.h"

namespace journey {
inline namespace v0 {

template <typename T>
using RowTable = std::vector<T, internal::HugeAllocator<T>>;

}  // namespace v0
}  // namespace journey
