#!/bin/sh
# check.sh ROOT: the stages of the data, in order. A file of include/journey/ or src/ may include its own or an
# earlier stage; io is the outer ring that no stage names, and the simulator and the command stand outside of all.
# Prints each include that breaks this as FILE:LINE: and fails.
set -eu
cd "$1"
find include/journey src -type f \( -name '*.h' -o -name '*.cc' \) -exec awk '
BEGIN {
  stages = split("core events identity sessions journeys measures friction insight pipeline live io simulate cli", name, " ")
  for (i = 1; i <= stages; ++i) rank[name[i]] = i
}
function Wrong(what) {
  printf "%s:%d: %s\n", FILENAME, FNR, what
  wrong = 1
}
FNR == 1 {
  public = FILENAME ~ /^include\//
  path = FILENAME
  sub(/^include\/journey\//, "", path)
  sub(/^src\//, "", path)
  umbrella = public && path == "journey.h"
  own = path
  if (!sub(/\/.*/, "", own)) own = ""
  if (own == "" && !(public && (umbrella || path == "version.h"))) Wrong("a file that belongs to no stage")
  if (own != "" && !(own in rank)) Wrong("unknown stage " own)
}
/^[ \t]*#[ \t]*include[ \t]*["<]/ {
  target = $0
  sub(/^[ \t]*#[ \t]*include[ \t]*/, "", target)
  quoted = target ~ /^"/
  target = substr(target, 2)
  sub(/[">].*/, "", target)
  if (target ~ /(^|\/)\.\.?\//) { Wrong("includes a relative path, " target); next }
  if (target == "journey/version.h") next
  if (target == "journey/journey.h") {
    if (rank[own] <= rank["io"]) Wrong("a stage includes the header of all stages")
    next
  }
  ours = sub(/^journey\//, "", target)
  stage = target
  if (!sub(/\/.*/, "", stage)) stage = ""
  if (!ours && !(quoted && (stage in rank))) next
  if (!ours && public) { Wrong("a public header includes a private one, " target); next }
  if (!(stage in rank)) { Wrong("includes an unknown stage, " target); next }
  if (umbrella) {
    if (stage == "io") Wrong("journey.h names io")
    next
  }
  if (rank[stage] > rank[own] || own == "") Wrong((own == "" ? path : own) " includes the later stage " stage ", " target)
}
END { exit wrong }
' {} +
