#!/bin/sh
# Runs all benchmarks of a release build five times each, and prints the medians as the tables of README.md.
#
#   sh benchmarks/run.sh BUILD_FOLDER [flags for every program, such as --events=1e5,1e6]
#
# What each program wrote stays in BUILD_FOLDER/benchmarks/results. Needs python3 for the tables.
set -eu
if [ $# -lt 1 ] || [ ! -d "$1/benchmarks" ]; then
  echo "usage: sh benchmarks/run.sh BUILD_FOLDER [flags]" >&2
  exit 1
fi
programs=$(cd "$1/benchmarks" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
shift
results="$programs/results"
mkdir -p "$results"
rm -f "$results"/*.json
for program in "$programs"/*_benchmark; do
  name=$(basename "$program" _benchmark)
  echo "$name" >&2
  "$program" "$@" --benchmark_repetitions=5 --benchmark_min_time=0.01 --benchmark_out="$results/$name.json" \
    --benchmark_out_format=json >"$results/$name.txt"
done
python3 "$here/table.py" "$results"/*.json
