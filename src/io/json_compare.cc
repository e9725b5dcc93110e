#include "io/json_compare.h"

#include <cmath>
#include <ostream>

#include "io/compare_figures.h"
#include "journey/core/time.h"
#include "journey/io/compare_writer.h"

namespace journey {
inline namespace v0 {
namespace internal {
namespace {

// The value of a figure as a whole number, and what it counts.
std::string_view SuffixOf(FigureUnit unit) {
  switch (unit) {
    case FigureUnit::kShare:
    case FigureUnit::kPerJourney:
      return "ppm";
    case FigureUnit::kMicroseconds:
      return "us";
    case FigureUnit::kMilliPoints:
      return "milli";
  }
  return {};
}

class ComparisonJson {
 public:
  ComparisonJson(const Comparison& comparison, JsonStreamWriter& json)
      : comparison_(comparison), json_(json) {}

  void Write() {
    WriteSide("before", comparison_.sides[0]);
    WriteSide("after", comparison_.sides[1]);
    json_.Key("control");
    comparison_.has_control ? json_.Value(std::string_view(comparison_.control)) : json_.Null();
    json_.Key("notes");
    json_.Array();
    for (const std::string& note : comparison_.notes) json_.Value(std::string_view(note));
    json_.End();
    json_.Key("left_out");
    json_.Array();
    for (const auto& [reason, count] : comparison_.left_out) {
      json_.Row();
      json_.Member("reason", reason);
      json_.Member("journeys", count);
      json_.End();
    }
    json_.End();
    json_.Member("people_on_both_sides", comparison_.people_on_both_sides);
    WriteOptions();
    json_.Member("arms", comparison_.arms);
    json_.Key("answer");
    json_.Array();
    for (const std::string& sentence : AnswerSentences(comparison_)) json_.Value(std::string_view(sentence));
    json_.End();
    json_.Member("tested", comparison_.tested);
    json_.Member("too_small", comparison_.too_small);
    json_.Member("changed", comparison_.changed);
    json_.Key("figures");
    json_.Array();
    for (const CompareRow& row : comparison_.rows) WriteRow(row);
    json_.End();
    json_.Member("mix_changed", comparison_.mix_changed);
    json_.Member("moved_together_found", comparison_.displacements_found);
    json_.Key("moved_together");
    json_.Array();
    for (const Displacement& pair : comparison_.displacements) {
      json_.Row();
      json_.Key("fell");
      WriteNamed(comparison_.rows[pair.fell]);
      json_.Key("rose");
      WriteNamed(comparison_.rows[pair.rose]);
      json_.End();
    }
    json_.End();
  }

 private:
  static std::int64_t Scaled(FigureUnit unit, double value) {
    const bool ratio = unit == FigureUnit::kShare || unit == FigureUnit::kPerJourney;
    return std::llround(ratio ? value * 1e6 : value);
  }
  static std::string Named(std::string_view name, FigureUnit unit) {
    return std::string(name) + "_" + std::string(SuffixOf(unit));
  }
  void Number(std::string_view name, FigureUnit unit, double value, bool known) {
    json_.Key(Named(name, unit));
    known ? json_.Value(Scaled(unit, value)) : json_.Null();
  }
  void Range(std::string_view name, FigureUnit unit, const Interval& interval, bool known) {
    json_.Key(Named(name, unit));
    if (!known) return json_.Null();
    json_.Array();
    json_.Value(Scaled(unit, interval.low));
    json_.Value(Scaled(unit, interval.high));
    json_.End();
  }

  void WriteSide(std::string_view name, const CompareSide& side) {
    json_.Key(name);
    json_.Row();
    json_.Member("label", side.label);
    json_.Member("journeys", side.journeys);
    json_.Member("open", side.open);
    json_.Member("customers", side.customers);
    if (comparison_.has_control) {
      json_.Member("control_journeys", side.control_journeys);
      json_.Member("control_open", side.control_open);
      json_.Member("control_customers", side.control_customers);
    }
    const bool some = side.journeys + side.control_journeys != 0;
    json_.Key("first_time");
    some ? json_.Value(std::string_view(FormatTime(side.first))) : json_.Null();
    json_.Key("observed_until");
    some ? json_.Value(std::string_view(FormatTime(side.observed_until))) : json_.Null();
    json_.End();
  }

  void WriteOptions() {
    const CompareOptions& options = comparison_.options;
    json_.Key("options");
    json_.Row();
    json_.Member("min_customers", options.min_customers);
    json_.Member("min_events", options.min_events);
    json_.Member("worthwhile_ppm", Scaled(FigureUnit::kShare, options.worthwhile));
    json_.Member("max_q_ppm", Scaled(FigureUnit::kShare, options.max_q));
    json_.Member("alpha_ppm", Scaled(FigureUnit::kShare, options.power.alpha));
    json_.Member("power_ppm", Scaled(FigureUnit::kShare, options.power.power));
    json_.End();
  }

  void WriteKey(const FigureKey& key) {
    json_.Member("figure", NameOf(key.figure));
    const auto text = [&](std::string_view name, const std::string& value) {
      if (!value.empty()) json_.Member(name, value);
    };
    text("definition", key.definition);
    text("step", key.step);
    text("channel", key.channel);
    text("event", key.event);
    text("detector", key.detector);
    text("kind", key.kind);
    text("scale", key.scale);
  }

  void WriteCell(std::string_view name, const FigureCell& cell, FigureUnit unit) {
    json_.Key(name);
    json_.Row();
    json_.Member("customers", cell.customers);
    json_.Member("numerator", cell.numerator);
    json_.Member("denominator", cell.denominator);
    Number("value", unit, cell.value, cell.denominator != 0);
    Range("interval", unit, cell.interval, cell.customers >= 2);
    json_.End();
  }

  void WriteRow(const CompareRow& row) {
    const FigureUnit unit = UnitOf(row.key.figure);
    const bool tested = row.verdict != CompareVerdict::kTooSmall;
    json_.Row();
    WriteKey(row.key);
    json_.Member("verdict", NameOf(row.verdict));
    WriteCell("before", row.before, unit);
    WriteCell("after", row.after, unit);
    if (row.control_before) {
      WriteCell("control_before", *row.control_before, unit);
      WriteCell("control_after", *row.control_after, unit);
    }
    Number("difference", unit, row.difference, row.before.denominator != 0 && row.after.denominator != 0);
    Range("interval", unit, row.interval.value_or(Interval{}), row.interval.has_value());
    Number("p", FigureUnit::kShare, row.p, tested);
    Number("q", FigureUnit::kShare, row.q, tested);
    Number("detectable", unit, row.detectable, tested);
    json_.Key("customers_needed");
    const bool sayable = row.customers_needed != 0 && row.customers_needed != kNoSampleIsEnough;
    sayable ? json_.Value(row.customers_needed) : json_.Null();
    json_.Key("too_small");
    if (const TooSmallRule rule = RuleOf(comparison_, row); rule.rule.empty()) {
      json_.Null();
    } else {
      json_.Row();
      json_.Member("rule", rule.rule);
      json_.Member("found", rule.found);
      json_.Member("least", rule.least);
      json_.End();
    }
    json_.End();
  }

  void WriteNamed(const CompareRow& row) {
    const FigureUnit unit = UnitOf(row.key.figure);
    json_.Row();
    WriteKey(row.key);
    Number("before", unit, row.before.value, true);
    Number("after", unit, row.after.value, true);
    if (row.control_before) {
      Number("control_before", unit, row.control_before->value, true);
      Number("control_after", unit, row.control_after->value, true);
    }
    Number("difference", unit, row.difference, true);
    json_.End();
  }

  const Comparison& comparison_;
  JsonStreamWriter& json_;
};

}  // namespace

void WriteComparisonMembers(const Comparison& comparison, JsonStreamWriter& json) {
  ComparisonJson(comparison, json).Write();
}

}  // namespace internal

void WriteCompareJson(const Comparison& comparison, std::ostream& out) {
  internal::JsonStreamWriter json(out);
  json.Object();
  json.Member("schema", "journey.compare/1");
  internal::WriteComparisonMembers(comparison, json);
  json.End();
}

}  // namespace v0
}  // namespace journey
