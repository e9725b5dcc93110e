// Random worlds in which almost everything collides: few values, few times, every kind of record.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "identity_graph/support.h"
#include "support/worlds.h"

namespace test {

inline std::vector<journey::IdentityPolicy> RandomPolicies() {
  using journey::IdentifierKind;
  const journey::NamespacePolicy one_email{.name_space = "email",
                                           .kind = IdentifierKind::kContact,
                                           .priority = 2,
                                           .max_values = 1,
                                           .normalizer = journey::Normalizer::kLower};
  const journey::NamespacePolicy two_devices{
      .name_space = "device", .kind = IdentifierKind::kDevice, .priority = 4, .max_values = 2};
  const journey::NamespacePolicy two_cookies_a_minute{.name_space = "cookie",
                                                      .kind = IdentifierKind::kDevice,
                                                      .priority = 5,
                                                      .max_values = 1,
                                                      .within = std::chrono::seconds{3}};
  const journey::NamespacePolicy one_card{
      .name_space = "card", .kind = IdentifierKind::kContact, .priority = 2, .exclusive = true};

  std::vector<journey::IdentityPolicy> all(6);
  all[1].namespaces = {one_email, two_devices};
  all[2].namespaces = {two_cookies_a_minute, one_card};
  all[2].max_neighbours = 4;
  all[3].namespaces = {two_devices, two_cookies_a_minute};
  all[3].forget_after_logout = true;
  all[4].namespaces = {one_email, one_card, two_cookies_a_minute};
  all[4].max_neighbours = 3;
  all[4].forget_after_logout = true;
  all[5].namespaces = {one_email, two_cookies_a_minute};
  all[5].max_neighbours = 0;
  return all;
}

// What a world holds depends on the seed alone.
inline std::vector<PlainRecord> RandomRecords(std::uint64_t seed, std::size_t least = 4,
                                              std::size_t most = 12) {
  using enum journey::RecordKind;
  using Named = std::pair<std::string, std::string>;
  static const std::vector<Named> keys = {
      {"user_id", "u1"}, {"user_id", "u2"},   {"user_id", " u2 "}, {"user_id", "u3"}, {"customer_id", "k1"},
      {"email", "a@x"},  {"email", "A@x"},    {"email", "b@x"},    {"card", "c1"},    {"card", "c2"},
      {"device", "d1"},  {"device", "d1"},    {"device", "d1"},    {"device", "d2"},  {"device", "d3"},
      {"cookie", "c1"},  {"cookie", "c1"},    {"cookie", "c2"},    {"cookie", "c3"},  {"session", "s1"},
      {"session", "s2"}, {"user_id", "null"}, {"loyalty", "l1"}};
  static const std::vector<Named> crowded = {{"user_id", "u1"}, {"user_id", "u2"}, {"device", "d1"},
                                             {"email", "a@x"},  {"cookie", "c1"},  {"device", "d2"},
                                             {"email", "b@x"},  {"cookie", "c2"},  {"user_id", "u3"}};
  Random random(seed * 7919 + 17);
  std::vector<PlainRecord> records;
  const std::size_t size = least + random.Below(most - least + 1);
  static const std::vector<Named> many = {{"user_id", "u1"}, {"cookie", "c1"}, {"cookie", "c2"},
                                          {"cookie", "c3"},  {"cookie", "c4"}, {"cookie", "c5"},
                                          {"user_id", "u1"}, {"device", "d1"}, {"user_id", "u2"}};
  const std::vector<Named>& from = random.OneIn(6) ? many : random.OneIn(2) ? crowded : keys;
  while (records.size() < size) {
    if (!records.empty() && random.OneIn(15)) {  // the same again, word for word
      records.push_back(random.Pick(records));
      continue;
    }
    PlainRecord record{.time = kStart + static_cast<std::int64_t>(random.Below(6)) * kSecond,
                       .sequence = random.Below(2),
                       .id = "r" + std::to_string(records.size()),
                       .name = "view",
                       .identifiers = {}};
    const std::size_t kind = random.Below(100);
    if (kind < 8 || kind == 20 || kind == 21) record.name = "logout";
    if (kind >= 70) record.kind = kind < 77 ? kLink : kind < 87 ? kUnlink : kind < 93 ? kRelink : kLogout;
    std::size_t count = kind < 24 ? 1 : 2 + random.Below(8) / 5 + random.Below(8) / 7;
    if (record.kind != kEvent) {
      record.name.clear();
      count = record.kind == kLogout ? 1 + random.Below(2) : 2;
    }
    if (count == 1 && random.OneIn(2)) {  // somebody, on what is most often shared
      record.identifiers.emplace_back("device", "d1");
      count = 0;
    }
    while (count-- > 0) record.identifiers.push_back(random.Pick(from));
    if (record.kind == kRelink) {  // most often of something that was unlinked
      for (const PlainRecord& other : records) {
        if (other.kind == kUnlink && !random.OneIn(4)) record.identifiers = other.identifiers;
      }
    }
    records.push_back(record);
  }
  return records;
}

}  // namespace test
