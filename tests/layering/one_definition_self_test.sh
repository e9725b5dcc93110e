#!/bin/sh
# Usage: one_definition_self_test.sh LD_GOLD COMPILER   Plants such a function and wants it found.
set -eu
check=$(cd "$(dirname "$0")" && pwd)/one_definition.sh
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cd "$tree"
printf 'inline int Twice(int x) { return 2 * x; }\nint A() { return Twice(1); }\n' >a.cc
printf '// another line\ninline int Twice(int x) { return x + x + 1; }\nint B() { return Twice(1); }\n' >b.cc
printf 'int C() { return 3; }\n' >c.cc
for name in a b c; do
  "$2" -g -c "$name.cc" -o "$name.o"
  ar rc "lib$name.a" "$name.o"
done
sh "$check" "$1" liba.a libc.a
if sh "$check" "$1" liba.a libb.a libc.a >found; then
  echo "not found: Twice"
  exit 1
fi
grep -q 'Twice(int)' found
