#!/bin/sh
# The same stitching job done by journey, DuckDB and Polars on the same file: builds, generates, runs, compares.
#
#   sh benchmarks/rivals/run.sh [EVENTS]        EVENTS such as 1e5 or 1000000; 1e6 without it
#
# JOURNEY_RIVALS_BUILD  where to build and to keep the files; build-rivals in the repository without it
# STITCH_FILE           the program if it is built already (a Release build)
# ROUNDS                how often each is run; 5 without it
# SEED                  of the generated events; 1 without it
set -eu
events=${1:-1e6}
rounds=${ROUNDS:-5}
seed=${SEED:-1}
here=$(cd "$(dirname "$0")" && pwd)
build=${JOURNEY_RIVALS_BUILD:-$(cd "$here/../.." && pwd)/build-rivals}

for tool in node npm; do
  command -v "$tool" >/dev/null || { echo "run.sh: needs $tool (Debian: apt-get install nodejs npm)" >&2; exit 1; }
done
mkdir -p "$build/data"

if [ -z "${STITCH_FILE:-}" ]; then
  command -v ninja >/dev/null && set -- -G Ninja || set --
  { cmake -S "$here" -B "$build" "$@" -DCMAKE_BUILD_TYPE=Release && cmake --build "$build" -j 2; } \
    >"$build/build.log" 2>&1 || { tail -n 30 "$build/build.log" >&2; exit 1; }
  STITCH_FILE=$build/stitch_file
fi

# The versions are exact, in package.json; no lock file, as mirrors do not all hold the builds for other systems.
(cd "$here" && npm install --no-package-lock --no-audit --no-fund --loglevel=error) >"$build/npm.log" 2>&1 ||
  { tail -n 30 "$build/npm.log" >&2; exit 1; }

file=$build/data/events-$events-$seed.csv
[ -s "$file" ] && [ "$file" -nt "$STITCH_FILE" ] || "$STITCH_FILE" generate "$events" "$seed" "$file"
: >"$build/results-$events.jsonl"
node "$here/compare.mjs" "$STITCH_FILE" "$file" "$rounds" "$build/results-$events.jsonl"
