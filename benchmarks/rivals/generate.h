// The events that all contenders stitch, as a CSV file.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>

namespace journey::rivals {

// Writes a header and `events` rows: time (Unix time in microseconds), user_id, device_id, email, name, channel,
// sequence. A cell that is empty is absent.
//
// Few customers are busy and many are seen once or twice (20 events each on average, over 90 days). They come in
// sessions of about six events, mostly through one channel; about half of the sessions shop (view, cart, purchase).
// A customer has at most one user id, three devices and two e-mail addresses, shared with nobody, so that customers
// are the connected components of what was seen together, and no rule about conflicts has a say. An event has one to
// three identifiers. One event in twenty has the time of the one before, and only the sequence tells their order.
// Rows are in the order of arrival: nine in ten by their time, one in ten up to six hours late.
//
// Integers only: the same arguments give the same bytes everywhere. False: the file could not be written.
bool Generate(std::size_t events, std::uint64_t seed, std::FILE* file);

}  // namespace journey::rivals
