#!/bin/sh
# check.sh SOURCE_DIR JOURNEY: what the README shows is what there is. Its C++ blocks are examples/quickstart.cc and
# examples/live.cc, the texts below them what these print, its JSON is valid configuration, every journey command in it
# works, and what a command is said to print is what it prints.
set -eu
source_dir=$1
journey=$2
readme=$source_dir/README.md
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

Fail() {
  echo "README.md: $1" >&2
  exit 1
}

# Block N LANGUAGE: the Nth fenced block of a language.
Block() {
  awk -v wanted="$1" -v language="$2" '
    $0 == "```" language { if (++n == wanted) { inside = 1; next } }
    inside && $0 == "```" { exit }
    inside { print }' "$readme"
}

Block 1 cpp | cmp - "$source_dir/examples/quickstart.cc" || Fail "the quick start is not examples/quickstart.cc"
Block 1 text | cmp - "$source_dir/examples/expected/quickstart.txt" || Fail "that is not what the quick start prints"

Block 2 cpp | cmp - "$source_dir/examples/live.cc" || Fail "the live example is not examples/live.cc"
Block 3 text | cmp - "$source_dir/examples/expected/live.txt" || Fail "that is not what the live example prints"

explained=$(cd "$source_dir" && "$journey" explain examples/data/events.csv --customer cookie=c-1 --with cookie=a-9 2>/dev/null)
[ "$(Block 2 text)" = "$explained" ] || Fail "that is not what its explanation says"

# Every line of the sh blocks, in a folder of its own that has the examples; sh ... are the two scripts themselves.
cp -R "$source_dir/examples" "$work/examples"
cd "$work"
awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$readme" | grep -v '^sh ' >commands
[ "$(grep -c '^journey ' commands)" -ge 5 ] || Fail "fewer commands than expected: is the check still reading it?"
mkdir bin
ln -s "$journey" bin/journey
PATH=$work/bin:$PATH
while IFS= read -r command; do
  sh -c "$command" >out 2>err </dev/null || {
    cat err >&2
    Fail "this command fails: $command"
  }
done <commands
for made in report.html report.json flow.dot truth.jsonl; do
  [ -s "$made" ] || Fail "its commands make no $made"
done

grep '^(head' commands | sh >watched 2>err || { cat err >&2; Fail "its session of watch fails"; }
Block 4 text | diff -u watched - || Fail "that is not what its session of watch prints"
journey report examples/data/events.csv --journeys examples/data/journeys.json --no-insights --json batch.json >/dev/null 2>&1
cmp live.json batch.json || Fail "the live report is not that of the batch"

Block 1 json >map.json
Block 2 json >journeys.json
echo 'n,event_id,timestamp,event,channel,customer_id,device_id,platform,status,score,comment' >one.csv
echo '1,a,2024-03-01T10:00:00Z,product_view,web,7,d,desktop,ok,,' >>one.csv
journey report one.csv --map map.json --journeys journeys.json --json - >one.json 2>err ||
  { cat err >&2; Fail "its configurations are refused"; }
grep -q '"started": 1' one.json || Fail "its configurations do not do what they say"

# Files that it names are there.
for path in $(grep -o '`[a-z_/]*\.\(cc\|sh\|h\)`' "$readme" | tr -d '`' | grep /) examples/embed examples/images/report.png; do
  [ -e "$source_dir/$path" ] || [ -e "$source_dir/include/journey/$path" ] || Fail "there is no $path"
done
echo "README.md holds"
