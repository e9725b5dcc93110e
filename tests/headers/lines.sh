#!/bin/sh
# lines.sh HEADER LIMIT COMPILER FLAGS...: fails when HEADER preprocesses to more than LIMIT lines.
set -eu
header=$1 limit=$2
shift 2
output=$(mktemp)
trap 'rm -f "$output"' EXIT
printf '#include <%s>\n' "$header" | "$@" -E -x c++ - >"$output"
lines=$(wc -l <"$output")
echo "$header: $lines lines, limit $limit"
[ "$lines" -gt 0 ] && [ "$lines" -le "$limit" ]
