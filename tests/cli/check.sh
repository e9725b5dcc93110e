#!/bin/sh
# check.sh JOURNEY: the command as a user meets it: exit codes, messages that name what and where, counts that add up.
set -u
journey=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

# Expect NAME CODE PATTERN ARGUMENTS...: the exit code, and an extended regular expression that a line of stderr has.
Expect() {
  name=$1 code=$2 pattern=$3
  shift 3
  "$journey" "$@" >out 2>err </dev/null
  got=$?
  if [ "$got" != "$code" ]; then
    echo "FAILED $name: exit code $got, expected $code" && cat err
    failures=$((failures + 1))
  elif [ -n "$pattern" ] && ! grep -Eq -- "$pattern" err; then
    echo "FAILED $name: no line of stderr has: $pattern" && cat err
    failures=$((failures + 1))
  fi
}
# Status NAME COUNT: in the JSON written to stdout by the last command.
Status() {
  if ! grep -Eq "\"$1\": $2(,|\$)" out; then
    echo "FAILED $name: expected \"$1\": $2 in" && grep -A 14 '"offered"' out
    failures=$((failures + 1))
  fi
}

header='event_id,timestamp,channel,event,user_id,status'
good='a1,2024-03-01T10:00:00Z,web,view,7,ok'
more='a2,2024-03-01T10:01:00Z,web,pay,7,ok'
printf '%s\n%s\n%s\n' "$header" "$good" "$more" >good.csv
map='{"time":{"column":"timestamp","format":"iso8601"},"name":{"column":"event"},"channel":{"column":"channel"},"id":{"column":"event_id"},"identifiers":{"user_id":{"column":"user_id"}},"attributes":["status"]}'
echo "$map" >map.json
steps='{"journeys":[{"name":"buy","steps":[{"name":"view","events":["view"]},{"name":"pay","events":["pay"]}]}]}'
echo "$steps" >journeys.json

Expect 'an event to align on that none is' 0 '^warning: --align: no event has "pey"; did you mean "pay"\?; no path has' \
  report good.csv --align pey
printf '%s\n%s\n%s\n%s\n%s\n' "$header" "$good" 'b1,2024-03-01T10:05:00Z,web,view,8,ok' \
  'b2,2024-03-07T10:05:00Z,app,view,9,ok' 'b3,2024-03-09T10:05:00Z,phone,call,9,ok' >two.csv
Expect 'a control of a channel that none is' 1 '^journey: --control: no journey began in "phnoe"; those in which journeys began are app, web$' \
  compare two.csv --map map.json --journeys journeys.json --at 2024-03-05 --control channel=phnoe
Expect 'a control of an attribute that none is' 1 '--control: no event has the attribute "arm"; is it among' \
  compare two.csv --map map.json --journeys journeys.json --at 2024-03-05 --control arm=x
Expect 'a control of a value that none is' 1 '--control: no journey has this value of "status"$' \
  compare two.csv --map map.json --journeys journeys.json --at 2024-03-05 --control status=new

Expect "a good file" 0 '' report good.csv --map map.json --journeys journeys.json --json -
Status offered 2
Status accepted 2
Status achieved 1
Expect "strict, and nothing to complain of" 0 '' report good.csv --map map.json --strict

# Usage.
Expect "nothing at all" 1 'Usage'
Expect "an unknown flag" 1 'frobnicate' report good.csv --frobnicate
Expect "no file" 1 'EVENTS' report
Expect "an unknown subcommand" 1 'unknown command "embalm", expected one of report, ' embalm
Expect "a subcommand with a slip" 1 'unknown command "repot"; did you mean "report"\?' repot good.csv
Expect "help on what is not there" 1 'unknown command "repot"' help repot
for help in help '--help' 'help report' 'report --help'; do
  Expect "$help" 0 '' $help
  grep -q 'Usage: journey' out || { echo "FAILED $help: shows no usage" && failures=$((failures + 1)); }
done
Expect "a gap that is none" 1 'session-gap: found "soon", expected a duration' report good.csv --session-gap soon
Expect "a gap of nothing" 1 'session-gap: found "0m"' report good.csv --session-gap 0m
Expect "a time that is none" 1 'as-of: found "noon", expected a time' report good.csv --as-of noon
Expect "a day that is none" 1 'as-of: found "2024-02-30", but there is no such day, expected' report good.csv --as-of 2024-02-30
early='--as-of: every event is later than 1999-01-01T00:00:00Z; the first is of 2024-03-01T10:00:00Z$'
Expect "a time before every event" 3 "$early" report good.csv --as-of 1999-01-01 --html early.html
[ ! -e early.html ] || { echo "FAILED a report of no event was written" && failures=$((failures + 1)); }
Expect "one to explain at" 3 "$early" explain good.csv --as-of 1999-01-01 --customer user_id=7
Expect "the time of the first event" 0 '' report good.csv --map map.json --as-of 2024-03-01T10:00:00Z --json -
Status accepted 1
Status future 1
Expect "no threads" 1 '^journey: --threads: found "0", expected a whole number from 1 to 256$' report good.csv --threads 0
Expect "too few resamples" 1 '^journey: --replicates: found "5", expected a whole number from 200 to 100000$' report good.csv --replicates 5
Expect "a seed that is none" 1 '^journey: --seed: found "x", expected a whole number$' report good.csv --seed x
Expect "a format that is none" 1 '^journey: --format: found "xml", expected text or json$' watch good.csv --format xml
Expect "no customer" 1 'customer' explain good.csv
Expect "a customer without a value" 1 'NAMESPACE=VALUE' explain good.csv --customer user_id=
Expect "a namespace that nobody has" 1 'namespace "passport"; there are: user_id' explain good.csv --customer passport=1
Expect "a customer that is not there" 1 'no accepted event has this user_id' explain good.csv --customer user_id=8
Expect "a namespace for the other that nobody has" 1 '^journey: --with: .*"passport"; there are: user_id' explain good.csv --customer user_id=7 --with passport=1
Expect "another that is not there" 1 '^journey: --with: no accepted event has this user_id$' explain good.csv --customer user_id=7 --with user_id=8
Expect "a customer that is not there, and another" 1 '^journey: --customer: no accepted event has this user_id$' explain good.csv --customer user_id=8 --with user_id=7
Expect "one file to compare" 1 'found 1 file, expected two' compare good.csv
Expect "a file compared with itself" 0 '^warning: both are the same file' compare good.csv ./good.csv
Expect "values before the file" 1 '^journey: --values: no journey has the first value of "plan"' compare --arm plan --values a,b good.csv --map map.json
Expect "three values" 1 'the two values of --arm' compare good.csv --arm plan --values a,b,c
Expect "a simulation of nobody" 1 'customers' simulate --customers 0 --days 1 --seed 1 --out x.csv
for sub in report compare explain watch simulate; do Expect "$sub --help" 0 '' $sub --help; done

# No output is an input, or another output, under whatever name.
cp good.csv kept.csv
ln -s good.csv link.csv
Expect "an output that is the input" 1 '--json good\.csv would overwrite what is read, EVENTS good\.csv' report good.csv --json good.csv
Expect "the same by a link" 1 '--html link\.csv would overwrite' report good.csv --html link.csv
Expect "the same by another path" 1 '--dot \./good\.csv would overwrite' report good.csv --dot ./good.csv
Expect "an output that is the map" 1 '--html map\.json would overwrite what is read, --map map\.json' report good.csv --map map.json --html map.json
Expect "two outputs in one file" 1 '--html r\.html and --json \./r\.html are the same file' report good.csv --html r.html --json ./r.html
Expect "two outputs on stdout" 1 '--html - and --json - would mix' report good.csv --html - --json -
Expect "compare over its input" 1 '--html kept\.csv would overwrite' compare good.csv kept.csv --html kept.csv
Expect "compare into one file" 1 '--html c and --json c are' compare good.csv kept.csv --html c --json c
Expect "a watch over its input" 1 '--report good\.csv would overwrite' watch good.csv --report good.csv
Expect "a simulation into one file" 1 '--out s and --truth s are' simulate --out s --truth s
Expect "a simulation that mixes" 1 '--out - and --map - would mix' simulate --out - --map -
cmp -s good.csv kept.csv || { echo "FAILED an input was overwritten" && failures=$((failures + 1)); }
[ ! -e r.html ] && [ ! -e c ] && [ ! -e s ] || { echo "FAILED a refused output was written" && failures=$((failures + 1)); }
Expect "one device twice" 0 '' report good.csv --map map.json --html /dev/null --json /dev/null

# Inputs that cannot be read.
: >empty.csv
mkdir folder
Expect "an empty file" 2 'empty\.csv: .*empty' report empty.csv
Expect "a file that is not there" 2 'missing\.csv: ' report missing.csv
Expect "a folder" 2 'folder: .*(directory|folder)' report folder
cp good.csv secret.csv && chmod 000 secret.csv
if [ "$(id -u)" != 0 ]; then
  Expect "a file without permission" 2 'secret\.csv: .*permission' report secret.csv
elif command -v setpriv >/dev/null; then
  chmod 755 "$work"
  setpriv --reuid=65534 --regid=65534 --clear-groups "$journey" report secret.csv >/dev/null 2>err </dev/null
  if [ $? != 2 ] || ! grep -Eqi 'secret\.csv: .*permission' err; then
    echo "FAILED a file without permission:" && cat err && failures=$((failures + 1))
  fi
  setpriv --reuid=65534 --regid=65534 --clear-groups "$journey" report good.csv --json x.json >out 2>err </dev/null
  if [ $? != 2 ] || [ -s out ] || ! grep -q '^journey: x\.json: cannot be written$' err; then
    echo "FAILED a folder without permission:" && cat out err && failures=$((failures + 1))
  fi
fi
gzip -c good.csv | head -c 40 >cut.csv.gz
Expect "a truncated gzip" 2 'cut\.csv\.gz: .*breaks off at byte 40' report cut.csv.gz
printf 'a,b,c\n1,2,3\n' >strange.csv
Expect "a header without a time" 2 'strange\.csv: ' report strange.csv
printf '%s\n' "$header,event" >twice.csv
Expect "a header with a column twice" 2 'twice\.csv: line 1: .*event.*twice' report twice.csv --map map.json
printf 'timestamp,channel,event,user_id\n' >column.csv
Expect "a column that is not there" 2 'column\.csv: line 1: .*event_id' report column.csv --map map.json
Expect "a page that cannot be written" 2 '^journey: no/such/page\.html: cannot be written$' report good.csv --html no/such/page.html
[ -s out ] && echo "FAILED a page that cannot be written: the work was done before that was seen" && failures=$((failures + 1))
Expect "a page that is a directory" 2 '^journey: \./: cannot be written$' compare good.csv good.csv --html ./

# Configuration.
echo '{"time": {"column": "timestamp", "format": "iso"}, "name": {"column": "event"}, "channel": {"constant": "web"}}' >bad_map.json
Expect "a wrong map" 2 'bad_map\.json: time\.format: found "iso", expected one of' report good.csv --map bad_map.json
echo '{"time": ' >broken.json
Expect "a map that is no JSON" 2 'broken\.json: line 2' report good.csv --map broken.json
echo '{"journeys":[{"name":"buy","steps":[]}]}' >no_steps.json
Expect "a definition without steps" 2 'no_steps\.json: journeys\[0\]\.steps' report good.csv --journeys no_steps.json
echo '{"journeys":[{"name":"buy","steps":[{"name":"view","events":["view"],"within":"1 hour"}]}]}' >within.json
Expect "a duration that is none" 2 'within: found "1 hour", expected a duration' report good.csv --journeys within.json
echo '{"journeys":[{"name":"buy","steps":[{"name":"view","events":["view"],"channels":["wbe"]}]}]}' >channel.json
Expect "a channel that no event has" 0 'channels: no event has "wbe"; did you mean "web"' report good.csv --journeys channel.json

echo '{"errors":{"events":["paid"]},"support":{"channels":["wbe"]},"feedback":{"events":["veiw"]}}' >classes.json
Expect "an error that no event is" 0 'classes\.json: warning: errors\.events: no event has "paid"$' report good.csv --journeys classes.json
Expect "a support that no event is" 0 'warning: support\.channels: no event has "wbe"; did you mean "web"' report good.csv --journeys classes.json
Expect "a feedback that no event is" 0 'warning: feedback\.events: no event has "veiw"; did you mean "view"' report good.csv --journeys classes.json

# Rows. Every one of them is offered, and each has one status.
Expect "a header and no rows" 0 'no rows' report "$(printf '%s\n' "$header" >head.csv && echo head.csv)" --map map.json --json -
Status offered 0
Row() {  # Row NAME STATUS PATTERN ROW: a bad row between two good ones costs itself
  printf '%s\n%s\n%b\n%s\n' "$header" "$good" "$4" "$more" >row.csv
  Expect "$1" 0 "$3" report row.csv --map map.json --json -
  Status offered 3
  Status accepted 2
  Status "$2" 1
  Expect "$1, strictly" 3 '' report row.csv --map map.json --strict
}
Row "a time that is none" malformed 'row\.csv:3: timestamp: .*expected a time' 'b,yesterday,web,view,8,ok'
Row "a day that is none" malformed 'row\.csv:3: timestamp: found a time of the right form, but there is no such day, ' 'b,2024-02-30T10:00:00Z,web,view,8,ok'
Row "a time out of range" out_of_range 'row\.csv:3: ' 'b,2345-01-01T00:00:00Z,web,view,8,ok'
Row "bytes that are no UTF-8" malformed 'row\.csv:3: event: .*UTF-8' 'b,2024-03-01T10:00:00Z,web,vi\0377ew,8,ok'
Row "a NUL byte" malformed 'row\.csv:3: ' 'b,2024-03-01T10:00:00Z,web,vi\0000ew,8,ok'
Row "a row with too few cells" malformed 'row\.csv:3: .*6' 'b,2024-03-01T10:00:00Z'
Row "a quote that is never closed" malformed 'row\.csv:3: .*quote' 'b,2024-03-01T10:00:00Z,web,"view,8,ok'
Row "no name" malformed 'row\.csv:3: event: ' 'b,2024-03-01T10:00:00Z,web,,8,ok'
{
  printf '%s\n%s\nb,2024-03-01T10:00:00Z,web,' "$header" "$good"
  head -c 10485760 /dev/zero | tr '\0' x
  printf ',8,ok\n%s\n' "$more"
} >large.csv
Expect "a field of 10 MB" 0 'large\.csv:3: event: ' report large.csv --map map.json --json -
Status offered 3
Status accepted 2
Status too_large 1

# What is said of rows that were not accepted adds up to what the report counts, also where the original of a duplicate
# loses to an event of the same id.
printf '%s\n%s\n%s\n%s\n%s\n' "$header" 'c,2024-03-01T10:00:00Z,web,zoo,7,ok' 'c,2024-03-01T10:00:00Z,web,zoo,7,ok' \
  'c,2024-03-01T10:00:00Z,web,ant,7,ok' "$more" >conflict.csv
Expect "a duplicate whose original loses" 0 '^conflict\.csv: 1 more row was not accepted$' report conflict.csv --map map.json --json -
Status conflict 2
Status accepted 2
[ "$(grep -c '^conflict\.csv' err)" = 2 ] || { echo "FAILED two rows are not told as two:" && cat err && failures=$((failures + 1)); }

# No value of an identifier in a message; no name drives the terminal.
printf '%s\n%s\n' "$header" 'b,nonsense,web,view,SECRET-77,ok' >secret_row.csv
Expect "a bad row with an identifier" 3 'timestamp' report secret_row.csv --map map.json
if grep -q 'SECRET' err out; then echo "FAILED an identifier's value is shown" && failures=$((failures + 1)); fi

# Nothing that can be used is no success, and leaves what was written before.
echo before >before.html
Expect "not one row" 3 'no row was accepted: see the messages above' report secret_row.csv --map map.json --html before.html
grep -q before before.html || { echo "FAILED a report of nothing was written" && failures=$((failures + 1)); }
Expect "not one row to explain" 3 'no row was accepted' explain secret_row.csv --map map.json --customer user_id=1
Expect "not one row to compare" 3 'no row was accepted' compare good.csv secret_row.csv --map map.json
Expect "not one row to watch" 3 'no row was accepted' watch secret_row.csv --map map.json

# The truth has its columns by name.
printf 'event_id,person\na1,7\na2,7\n' >truth.csv
Expect "a truth" 0 '' report good.csv --map map.json --truth truth.csv
printf 'person,note,event_id\n7,x,a1\n7,x,a2\n' >turned.csv
Expect "a truth in another order" 0 '' report good.csv --map map.json --truth turned.csv
Expect "what is no truth" 2 'good\.csv:1: expected a header with the columns event_id and person' report good.csv --map map.json --truth good.csv

printf '%s\n%s\n%b\n' "$header" "$good" 'b,2024-03-01T10:02:00Z,<script>\0033[31m,=1+1 \0342\0200\0256 "",7,ok' >names.csv
Expect "names that mean harm" 0 '' report names.csv --map map.json --html names.html --json names.json --dot names.dot
if grep -q "$(printf '\033')" out err names.html names.json names.dot; then
  echo "FAILED an escape sequence comes through" && failures=$((failures + 1))
fi
if grep -qi '<script' names.html; then echo "FAILED a tag comes through" && failures=$((failures + 1)); fi

# Pipes, and the same bytes whatever the threads.
"$journey" simulate --customers 100 --days 10 --seed 3 --out sim.csv --truth sim.truth --map sim.map --journeys sim.journeys ||
  failures=$((failures + 1))
for threads in 1 2 8; do
  "$journey" report - --map sim.map --journeys sim.journeys --threads $threads --json - <sim.csv >threads.$threads 2>/dev/null
done
if ! cmp threads.1 threads.2 || ! cmp threads.1 threads.8 || [ ! -s threads.1 ]; then
  echo "FAILED threads change the report" && failures=$((failures + 1))
fi
# A pipe has no end at the right: no cell is cut. At a terminal of 80 columns some are.
"$journey" report sim.csv --map sim.map --journeys sim.journeys 2>/dev/null >piped
grep -q 'the id of an accepted event, but other content; one of them was kept$' piped ||
  { echo "FAILED a table is cut in a pipe" && failures=$((failures + 1)); }
gzip -c sim.csv >sim.csv.gz
"$journey" report sim.csv.gz --map sim.map --journeys sim.journeys --json zipped.json >/dev/null 2>&1
"$journey" report sim.csv --map sim.map --journeys sim.journeys --json plain.json >/dev/null 2>&1
if ! grep -v '"source"' zipped.json | cmp -s - "$(grep -v '"source"' plain.json >plain && echo plain)"; then
  echo "FAILED gzip changes the report" && failures=$((failures + 1))
fi

# Progress is for who waits at a terminal, and leaves nothing behind: the last that it writes clears its line. The input
# comes slowly, so that there is something to wait for.
Slowly() {
  echo "(head -n 100 sim.csv; sleep 1.3; tail -n +101 sim.csv) | '$journey' report - --map sim.map --threads $1 --json $2 >/dev/null"
}
clear=$(printf '\r\033\\[K')  # as a pattern
if TERM=xterm script -qec true /dev/null >/dev/null 2>&1 </dev/null; then
  for threads in 1 2; do
    TERM=xterm script -qec "$(Slowly $threads "terminal.$threads")" /dev/null >tty.out 2>&1 </dev/null
    if ! grep -q "reading stdin .* rows, .* rows/s" tty.out || ! grep -q "customers, sessions, journeys and friction" tty.out; then
      echo "FAILED a terminal shows no progress" && cat tty.out && failures=$((failures + 1))
    fi
    # What stands behind the last clearing of the line is what a person sees.
    if sed "s/.*$clear//" tty.out | grep -q "reading\|friction \.\.\."; then
      echo "FAILED progress leaves a trace" && cat tty.out && failures=$((failures + 1))
    fi
  done
  TERM=xterm script -qec "'$journey' report sim.csv --map sim.map --json quick >/dev/null" /dev/null >tty.out 2>&1 </dev/null
  if grep -q "reading" tty.out; then echo "FAILED progress where nobody waits" && failures=$((failures + 1)); fi
else
  echo "no pseudo terminal (script): progress is not tested"
fi
sh -c "$(Slowly 2 silent)" 2>err
if grep -q "reading\|friction" err; then echo "FAILED progress where there is no terminal" && cat err && failures=$((failures + 1)); fi
"$journey" report - --map sim.map --json quick_pipe <sim.csv >/dev/null 2>&1
for other in silent terminal.1 terminal.2; do
  [ ! -e "$other" ] || cmp "$other" quick_pipe || failures=$((failures + 1))
done

[ "$failures" = 0 ] && echo "all as expected"
exit "$failures"
