#!/bin/sh
# compare.sh EXPECTED PROGRAM...: fails, and shows the difference, when the program fails or prints something else.
set -eu
expected=$1
shift
output=$(mktemp)
trap 'rm -f "$output"' EXIT
"$@" >"$output"
diff -u "$expected" "$output"
