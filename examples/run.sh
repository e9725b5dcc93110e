#!/bin/sh
# From nothing to a report: installs what is missing, builds the journey command, makes a sample log of two thousand
# customers, and reports on it.
set -eu
cd "$(dirname "$0")/.."

sh cmake/install-packages.sh build io
cmake --preset command
cmake --build --preset command

journey=$PWD/build/command/src/journey
out=$PWD/build/sample
mkdir -p "$out"
"$journey" simulate --customers 2000 --days 30 --seed 7 --out "$out/sample.csv" --truth "$out/truth.jsonl" \
  --map "$out/map.json" --journeys "$out/journeys.json"
"$journey" report "$out/sample.csv" --map "$out/map.json" --journeys "$out/journeys.json" \
  --truth "$out/truth.jsonl" \
  --html "$out/report.html" --json "$out/report.json" --dot "$out/transitions.dot"

cat <<MESSAGE

The report, to be opened in a browser:  $out/report.html
The same figures as JSON:               $out/report.json
The events they were made from:         $out/sample.csv
MESSAGE
