// Memory that the library holds although nothing is in it.
//
// The columns of large logs and reports take their memory from the system in pieces of megabytes. To be given a new page
// costs more than to fill it (0.2 to 1.2 ns a byte here, for clearing it; on a virtual machine whose host has taken it back
// still more), so what is done with is kept for some seconds for the next that asks. The system may take it away at any
// time when it is short (on Linux, MADV_FREE); until then it counts as resident. What is older than ten seconds goes back
// when any large piece is next asked for or returned, but for those of an event that is taken in live, which would wait.
// Of texts nothing is left in it: they are overwritten first.
//
//   SetSpareMemoryLimit(0);     -> nothing is kept from now on, and what was kept is given back
//   ReleaseSpareMemory();       -> what is kept now is given back: after a batch job in a process that goes on
//
// Threads: any, at any time.
#pragma once
#include <cstddef>

namespace journey {
inline namespace v0 {

// The most bytes that are kept, of all threads together; without a word from the host DefaultSpareMemoryLimit(), an eighth of
// the machine's memory and 1 GiB at least.
[[nodiscard]] std::size_t DefaultSpareMemoryLimit();
void SetSpareMemoryLimit(std::size_t bytes);
void ReleaseSpareMemory();
[[nodiscard]] std::size_t SpareMemoryBytes();

}  // namespace v0
}  // namespace journey
