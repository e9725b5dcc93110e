#include "journey/io/column_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "io/config_json.h"
#include "journey/core/status.h"

namespace journey {
inline namespace v0 {
namespace {

using internal::ConfigError;
using internal::ConfigJson;
using internal::ConfigNode;
using Kind = FieldSource::Kind;

constexpr std::string_view kColumnExample = R"({"column": "..."})";
constexpr std::string_view kEitherExample = R"({"column": "..."} or {"constant": "..."})";

std::string ReadColumn(const ConfigNode& node) {
  if (!node.ExpectObject({"column"})) return {};
  const std::optional<ConfigNode> column = node.Required("column", "the name of a column");
  return column ? column->Text("the name of a column") : std::string();
}

FieldSource ReadColumnOrConstant(const ConfigNode& node) {
  if (!node.ExpectObject({"column", "constant"})) return {};
  const std::optional<ConfigNode> column = node.Member("column");
  const std::optional<ConfigNode> constant = node.Member("constant");
  if (column.has_value() == constant.has_value()) {
    node.Fail(kEitherExample);
    return {};
  }
  return column ? FieldSource::Column(column->Text("the name of a column"))
                : FieldSource::Constant(constant->Text());
}

void ReadTime(const ConfigNode& node, ColumnMap& map) {
  if (!node.ExpectObject({"column", "format"})) return;
  if (const auto column = node.Required("column", "the name of a column")) {
    map.time = FieldSource::Column(column->Text("the name of a column"));
  }
  if (const auto format = node.Member("format")) {
    constexpr std::string_view kExpected = "one of iso8601, unix_s, unix_ms, unix_us, unix_ns, auto";
    if (const auto known = TimeFormatOf(format->Text(kExpected))) {
      map.time_format = *known;
    } else {
      format->Fail(kExpected);
    }
  }
}

void ReadNamedColumns(const ConfigNode& node, std::string_view expected, std::vector<NamedColumn>& columns) {
  node.EachMember(expected, [&](const std::string& name, const ConfigNode& column) {
    if (name.empty()) return node.Fail("a name for each column, not an empty one");
    columns.push_back({name, ReadColumn(column)});
  });
}

void ReadAttributes(const ConfigNode& node, std::vector<NamedColumn>& columns) {
  constexpr std::string_view kExpected = R"(a list of columns, or {"<name>": {"column": "..."}})";
  if (node.IsObject()) return ReadNamedColumns(node, kExpected, columns);
  node.EachItem(kExpected, [&](const ConfigNode& item) {
    if (item.IsObject()) return ReadNamedColumns(item, kExpected, columns);
    std::string column = item.Text(R"(a column, or {"<name>": {"column": "..."}})");
    columns.push_back({column, column});
  });
}

std::string_view Missing(const FieldSource& field) {
  return field.kind == Kind::kNone ? "missing" : field.text.empty() ? "empty" : "";
}

ConfigJson JsonOf(const FieldSource& field) {
  return {{field.kind == Kind::kColumn ? "column" : "constant", field.text}};
}

std::string TextOf(const FieldSource& field, std::string_view none) {
  if (field.kind == Kind::kColumn) return fmt::format("column {}", field.text);
  if (field.kind == Kind::kConstant) return fmt::format("\"{}\" for every event", field.text);
  return std::string(none);
}

}  // namespace

absl::Status ColumnMap::Validate() const {
  const auto need = [](std::string_view field, std::string_view problem) {
    return InvalidArgument(fmt::format("{}: {}", field, problem));
  };
  if (time.kind == Kind::kConstant) return need("time", "found a constant, expected a column");
  for (const auto& [field, source_of_field] :
       {std::pair{"time", &time}, {"name", &name}, {"channel", &channel}}) {
    const std::string_view missing = Missing(*source_of_field);
    const std::string_view example = source_of_field == &time ? kColumnExample : kEitherExample;
    if (!missing.empty()) return need(field, fmt::format("{}, expected {}", missing, example));
  }
  for (const auto& [field, column] : {std::pair{"id", &id}, {"sequence", &sequence}, {"record", &record}}) {
    if (column->kind == Kind::kConstant) return need(field, "found a constant, expected a column");
    if (column->kind == Kind::kColumn && column->text.empty())
      return need(field, "the column's name is empty");
  }
  if (source.kind != Kind::kNone && source.text.empty()) return need("source", "empty");
  for (const auto& [field, columns] :
       {std::pair{"identifiers", &identifiers}, std::pair{"attributes", &attributes}}) {
    for (const NamedColumn& column : *columns) {
      if (column.name.empty() || column.column.empty()) return need(field, "a name or a column is empty");
    }
  }
  std::vector<std::string_view> keys;
  for (const NamedColumn& attribute : attributes) keys.push_back(attribute.name);
  std::sort(keys.begin(), keys.end());
  if (const auto twice = std::adjacent_find(keys.begin(), keys.end()); twice != keys.end()) {
    return need("attributes", fmt::format("\"{}\" is given twice", *twice));
  }
  return absl::OkStatus();
}

StatusOr<ColumnMap> ParseColumnMap(std::string_view json, std::string_view file_name) {
  const StatusOr<ConfigJson> tree = internal::ParseConfigJson(json, file_name);
  if (!tree.ok()) return tree.status();
  ConfigError error{std::string(file_name), {}};
  const ConfigNode root(*tree, error);
  ColumnMap map;
  if (root.ExpectObject(
          {"time", "name", "channel", "id", "sequence", "source", "record", "identifiers", "attributes"})) {
    if (const auto time = root.Required("time", R"({"column": "...", "format": "iso8601"})"))
      ReadTime(*time, map);
    if (const auto name = root.Required("name", kEitherExample)) map.name = ReadColumnOrConstant(*name);
    if (const auto channel = root.Required("channel", kEitherExample)) {
      map.channel = ReadColumnOrConstant(*channel);
    }
    if (const auto id = root.Member("id")) map.id = FieldSource::Column(ReadColumn(*id));
    if (const auto sequence = root.Member("sequence"))
      map.sequence = FieldSource::Column(ReadColumn(*sequence));
    if (const auto source = root.Member("source")) map.source = ReadColumnOrConstant(*source);
    if (const auto record = root.Member("record")) map.record = FieldSource::Column(ReadColumn(*record));
    if (const auto identifiers = root.Member("identifiers")) {
      ReadNamedColumns(*identifiers, R"(an object such as {"user_id": {"column": "..."}})", map.identifiers);
    }
    if (const auto attributes = root.Member("attributes")) ReadAttributes(*attributes, map.attributes);
  }
  if (error.status.ok()) {
    if (const Status valid = map.Validate(); !valid.ok()) error.Set("", MessageOf(valid));
  }
  if (!error.status.ok()) return error.status;
  return map;
}

std::string ToJson(const ColumnMap& map) {
  ConfigJson json = ConfigJson::object();
  if (map.time.kind != Kind::kNone) {
    json["time"] = {{"column", map.time.text}, {"format", std::string(NameOf(map.time_format))}};
  }
  for (const auto& [field, source] : {std::pair{"name", &map.name},
                                      {"channel", &map.channel},
                                      {"id", &map.id},
                                      {"sequence", &map.sequence},
                                      {"source", &map.source},
                                      {"record", &map.record}}) {
    if (source->kind != Kind::kNone) json[field] = JsonOf(*source);
  }
  json["identifiers"] = ConfigJson::object();
  for (const NamedColumn& identifier : map.identifiers) {
    json["identifiers"][identifier.name] = {{"column", identifier.column}};
  }
  const bool renamed =
      std::any_of(map.attributes.begin(), map.attributes.end(),
                  [](const NamedColumn& attribute) { return attribute.name != attribute.column; });
  json["attributes"] = renamed ? ConfigJson::object() : ConfigJson::array();
  for (const NamedColumn& attribute : map.attributes) {
    if (renamed) {
      json["attributes"][attribute.name] = {{"column", attribute.column}};
    } else {
      json["attributes"].push_back(attribute.column);
    }
  }
  return json.dump(2, ' ', false, ConfigJson::error_handler_t::replace) + "\n";
}

std::string Describe(const ColumnMap& map) {
  std::string text;
  const auto line = [&](std::string_view field, std::string_view value) {
    text += fmt::format("{:<13}{}\n", field, value);
  };
  line("time", map.time.kind == Kind::kNone
                   ? "not found"
                   : fmt::format("column {} ({})", map.time.text, NameOf(map.time_format)));
  line("name", TextOf(map.name, "not found"));
  line("channel", TextOf(map.channel, "not found"));
  line("id", TextOf(map.id, "none: an event is known by its source and sequence"));
  line("sequence", TextOf(map.sequence, "the number of the row"));
  line("source", TextOf(map.source, "the name of the file"));
  if (map.record.kind != Kind::kNone) line("record", TextOf(map.record, ""));
  if (map.identifiers.empty()) line("identifiers", "none: every event is a customer of its own");
  for (std::size_t i = 0; i < map.identifiers.size(); ++i) {
    const NamedColumn& identifier = map.identifiers[i];
    line(i == 0 ? "identifiers" : "",
         identifier.name == identifier.column
             ? fmt::format("column {}", identifier.column)
             : fmt::format("column {} as {}", identifier.column, identifier.name));
  }
  std::string attributes;
  for (const NamedColumn& attribute : map.attributes) {
    attributes += fmt::format("{}{}", attributes.empty() ? "" : ", ", attribute.column);
    if (attribute.name != attribute.column) attributes += fmt::format(" as {}", attribute.name);
  }
  line("attributes", attributes.empty() ? "none" : attributes);
  return text;
}

}  // namespace v0
}  // namespace journey
