#!/bin/sh
# Plants one violation at a time in a small tree and wants check.sh to find it, and to accept what is allowed.
set -eu
check=$(cd "$(dirname "$0")" && pwd)/check.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failed=0

Plant() {  # file, line
  rm -rf "$tree/include" "$tree/src"
  mkdir -p "$tree/include/journey/core" "$tree/src/core" "$tree/$(dirname "$1")"
  echo '#pragma once' >"$tree/include/journey/core/time.h"
  printf '// text\n%s\n' "$2" >"$tree/$1"
}
Refused() {
  Plant "$1" "$2"
  if output=$(sh "$check" "$tree"); then
    echo "not found: $1: $2"
    failed=1
  elif ! printf '%s\n' "$output" | grep -q "^$1:[12]: "; then
    echo "not named: $1: $2: $output"
    failed=1
  fi
}
Allowed() {
  Plant "$1" "$2"
  if ! output=$(sh "$check" "$tree"); then
    echo "refused: $output"
    failed=1
  fi
}

Refused include/journey/core/ids.h '#include "journey/events/event.h"'
Refused include/journey/core/ids.h '  #  include <journey/events/event.h>'
Refused include/journey/sessions/session.h '#include "journey/journeys/journey.h"'
Refused include/journey/live/engine.h '#include "journey/io/csv.h"'
Refused include/journey/pipeline/pipeline.h '#include "journey/live/engine.h"'
Refused include/journey/measures/funnel.h '#include "journey/journey.h"'
Refused include/journey/core/ids.h '#include "core/sip_hash.h"'
Refused include/journey/core/ids.h '#include "../events/event.h"'
Refused include/journey/journey.h '#include "journey/io/csv.h"'
Refused include/journey/version.h '#include "journey/core/time.h"'
Refused include/journey/misc/thing.h ''
Refused include/journey/core/ids.h '#include "journey/misc/thing.h"'
Refused src/core/sip_hash.h '#include "journey/events/event_log.h"'
Refused src/events/event_log.cc '#include "identity/union_find.h"'
Refused src/pipeline/pipeline.cc '#include "io/csv.h"'
Refused src/io/csv.cc '#include "simulate/world.h"'
Refused src/simulate/world.cc '#include "cli/main.h"'
Refused src/thing.cc ''
Allowed include/journey/events/event.h '#include "journey/core/time.h"'
Allowed include/journey/events/event.h '#include "journey/events/admission.h"'
Allowed include/journey/core/time.h '#include "journey/version.h"'
Allowed include/journey/core/time.h '// #include "journey/io/csv.h"'
Allowed include/journey/journey.h '#include "journey/pipeline/pipeline.h"'
Allowed src/core/time.cc '#include <sys/types.h>'
Allowed src/io/json.cc '#include "core/utf8.h"'
Allowed src/cli/main.cc '#include "simulate/world.h"'
Allowed src/cli/main.cc '#include <journey/journey.h>'
exit "$failed"
