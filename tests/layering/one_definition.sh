#!/bin/sh
# Usage: one_definition.sh LD_GOLD LIBRARY...   Lists inline functions that the libraries define in several places.
set -u
gold=$1
shift
said=$("$gold" --detect-odr-violations --unresolved-symbols=ignore-all --defsym=__dso_handle=0 \
  -e 0 -o /dev/null --whole-archive "$@" 2>&1)
status=$?
# A place is FILE:LINE, where FILE may be told relative to the folder of the build.
found=$(printf '%s\n' "$said" | grep -A2 'possible ODR violation')
if [ -n "$found" ]; then
  printf '%s\n' "$found"
  exit 1
fi
[ "$status" = 0 ] || printf '%s\n' "$said" | tail -5
exit "$status"
