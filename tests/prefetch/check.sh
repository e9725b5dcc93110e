#!/bin/sh
# check.sh OBJDUMP OBJECT SOURCE_DIR: each function of the object asks ahead itself or calls what does, and nobody relies on
# the compiler's own word for it.
set -eu
for function in AskForSlots AskForNumbers; do
  "$1" -dr -C "$2" | awk -v name="$function" '/^[0-9a-f]+ </ { inside = index($0, name); next }
    inside && /[Pp]refetch|prfm/ { found = 1 } END { exit !found }' || { echo "no prefetch is left of $function"; exit 1; }
done
"$1" -d "$2" | grep -q 'prefetch\|prfm' || { echo "no prefetch is left"; exit 1; }
others=$(grep -rl '__builtin_prefetch' "$3/include" "$3/src" | grep -v '/prefetch\.h$' || true)
[ -z "$others" ] || { echo "expected journey/core/prefetch.h in place of __builtin_prefetch in: $others"; exit 1; }
