#!/bin/sh
# watch.sh JOURNEY: `journey watch` as a user meets it: lines that come at once, requests, counts that add up, the report
# of a batch run, no values, clean ends.
set -u
journey=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failures=0

Failed() {
  echo "FAILED $1" && shift
  for file in "$@"; do echo "--- $file" && cat "$file"; done
  failures=$((failures + 1))
}
# Has NAME FILE PATTERN: an extended regular expression that a line of the file has. Lacks: that none has.
Has() { grep -Eq -- "$3" "$2" || Failed "$1: no line has: $3" "$2"; }
Lacks() { grep -Eq -- "$3" "$2" && Failed "$1: a line has: $3" "$2"; }
# Watch NAME CODE ARGUMENTS... <input: the exit code; leaves out and err.
Watch() {
  name=$1 code=$2
  shift 2
  "$journey" watch "$@" >out 2>err
  got=$?
  [ "$got" = "$code" ] || Failed "$name: exit code $got, expected $code" err
}
# Appears FILE PATTERN: within 10 seconds.
Appears() {
  tries=0
  until grep -Eq -- "$2" "$1"; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || return 1
    sleep 0.1
  done
}

cat >journeys.json <<'END'
{"journeys": [{"name": "loan", "steps": [{"name": "amount", "events": ["amount"]}, {"name": "sign", "events": ["sign"]}]},
              {"name": "visit", "steps": [{"name": "enter", "events": ["enter"]}]}]}
END
echo '{"time": {"column": "t"}, "name": {"column": "e"}, "channel": {"column": "c"}, "id": {"column": "id"},
       "record": {"column": "record"},
       "identifiers": {"user_id": {"column": "u"}, "cookie": {"column": "k"}}, "attributes": ["post_code", "context"]}' >map.json
echo 'a key of at least 16 bytes' >id.key
set -- --map map.json --journeys journeys.json --id-key-file id.key

# What happens, is asked for, and is wrong.
cat >events.jsonl <<'END'
{"report": true}
{"id": "1", "t": "2024-03-01T10:00:00Z", "c": "web", "e": "amount", "k": "SECRET-k", "post_code": "1010"}
{"id": "2", "t": "2024-03-01T10:01:00Z", "c": "web", "e": "amount", "k": "SECRET-k", "u": 77000777}

{"id": "2", "t": "2024-03-01T10:01:00Z", "c": "web", "e": "amount", "k": "SECRET-k", "u": 77000777}
{"context": {"user_id": 77000777}}
{"context": {"user_id": "SECRET-nobody"}}
{"context": "no such id SECRET"}
{"context": "00000000000000000000000000000000"}
{"id": "3", "t": "yesterday, SECRET", "c": "web", "e": "amount"}
not json SECRET
{"context": {"page": 1}, "id": "4", "t": "2024-03-01T10:02:00Z", "c": "app", "e": "sign", "u": 77000777}
{"erase": {"cookie": "SECRET-k"}, "until": "2024-03-01T10:00:30Z"}
{"erase": 7}
{"advance_to": "2024-06-01T00:00:00Z"}
{"advance_to": "soon, SECRET"}
{"id": "5", "t": "2024-09-01T10:02:00Z", "c": "app", "e": "sign", "u": 5}
{"report": true}
END
Watch "a session" 0 "$@" --carry post_code <events.jsonl
Has "totals of nothing" out '^report \(line 1\) .* 0 customers, 0 events'
Has "a finding" out '^2024-03-01T10:01:00Z [0-9a-f]{32} finding loan, step amount: .* at web/amount \[repetition \(repeat'
Has "a context" out '^context \(line 6\) of [0-9a-f]{32}$'
Has "what was given" out '^  Already given: post code 1010 \(web'
Has "a context of nobody" out '^context \(line 7\): nobody has this user_id$'
Has "a context of no id" out '^context \(line 9\): nobody has this id$'
Has "a journey's end" out '^2024-03-01T10:02:00Z [0-9a-f]{32} journey loan: reached its goal, 2 of 2 steps, the last sign; 3 events'
Has "an erasure" out '^erase \(line 13\): forgot who has this cookie, 1 event$'
Has "the time" out '^advance_to \(line 15\): it is 2024-06-01T00:00:00Z$'
Has "totals" out '^report \(line 18\) as of 2024-06-01T00:00:00Z: 1 customer, 2 events, 1 session, 0 findings, 1 journey: 1 achieved$'
Has "a wrong id" err '^stdin:8: context: expected an id of 32'
Has "a time that is none" err '^stdin:10: t: .*\(malformed\)$'
Has "a line that is no JSON" err '^stdin:11: .*\(malformed\)$'
Has "a wrong erasure" err '^stdin:14: erase: expected one identifier'
Has "a wrong time" err '^stdin:16: advance_to: expected a time'
Has "an event from the future" err '^stdin:17: t: .*\(future\)$'
Has "the sum" err '^stdin: 10 requests \(3 refused\), 7 rows = 2 accepted \+ 1 duplicate \+ 1 future \+ 2 malformed \+ 1 erased$'
for file in out err; do Lacks "no values" $file 'SECRET|77000777'; done
Lacks "nothing to warn of" err 'warning: .*(amount|sign)|came after later ones'
sed 's/"sign"/"sing"/g' journeys.json >misspelt.json
Watch "a name that no event has" 0 --map map.json --journeys misspelt.json --id-key-file id.key <events.jsonl
Has "which was meant" err '^misspelt\.json: warning: journeys\[0\]\.steps\[1\]\.events: no event has "sing"; did you mean "sign"\?$'
echo '{"erase": {"cookei": "nobody"}}' >nobody.jsonl
Watch "an erasure of nobody" 0 "$@" <nobody.jsonl
Has "that nobody was" out '^erase \(line 1\): forgot 0 events: none up to then has this cookei, or several'
Watch "a horizon and no lateness" 1 "$@" --horizon 2d <nobody.jsonl
Has "what it needs" err '^journey: --horizon needs --lateness'
Watch "strictly" 3 "$@" --strict <events.jsonl
id=$(sed -n 's/^context (line 6) of //p' out)
{ head -3 events.jsonl && echo "{\"context\": \"$id\"}"; } >by_id.jsonl
Watch "by the printed id, also in another run" 0 "$@" --strict <by_id.jsonl
Has "by the printed id, also in another run" out "^context \(line 4\) of $id\$"

# The same as JSON: one object a line, and the answers say to which line.
Watch "a session as JSON" 0 "$@" --format json <events.jsonl
Lacks "only objects" out '^[^{]|[^}]$'
Has "a finding as JSON" out '^\{"type": "finding", "customer": "[0-9a-f]{32}", "journey": "loan", "step": "amount", "fact": \{"fact": "finding", .*"detector": "repetition", .*"time": "2024-03-01T10:01:00Z"'
Has "an end as JSON" out '^\{"type": "journey_end", .*"fact": \{"fact": "journey", .*"name": "loan", .*"outcome": "achieved", "ended": "2024-03-01T10:02:00Z"'
Has "a context as JSON" out '^\{"type": "context", "line": 6, "context": \{"schema": "journey.context/1"'
Has "no context as JSON" out '^\{"type": "context", "line": 7, "context": null\}$'
Has "an erasure as JSON" out '^\{"type": "erased", "line": 13, "events": 1\}$'
Has "totals as JSON" out '^\{"type": "report", "line": 18, .*"customers": 1, .*"achieved": 1'

# Changes: what was stated and not taken back are the facts of the end.
Watch "changes" 0 "$@" --changes --format json <events.jsonl
Has "changes" out '^\{"change": "retracted", "fact": \{"fact": "session"'
Watch "changes as text" 0 "$@" --changes <events.jsonl
Has "changes as text" out '^- [0-9a-f]{32} journey from 2024-03-01T10:00:00Z: loan: may still go on, 1 of 2 steps'
grep '^[+-]' out | sed 's/^\(.\) /\1\t/' | awk -F'\t' '{ n[$2] += $1 == "+" ? 1 : -1 } END { for (fact in n) if (n[fact]) print n[fact], fact }' |
  sort >facts
[ "$(wc -l <facts)" = 2 ] || Failed "changes add up to one session and one journey" facts
Lacks "nothing is left twice or owed" facts '^(-|[2-9])'

# A context counts from the time that it is, also where nothing has happened to the customer since.
cat >later.jsonl <<'END'
{"id": "1", "t": "2024-03-01T10:00:00Z", "c": "web", "e": "amount", "u": 1}
{"context": {"user_id": 1}}
{"advance_to": "2024-03-07T10:00:00Z"}
{"context": {"user_id": 1}}
{"id": "2", "t": "2024-03-08T10:00:00Z", "c": "web", "e": "amount", "u": 2}
{"context": {"user_id": 1}}
{"advance_to": "2024-02-30"}
END
Watch "later" 0 "$@" <later.jsonl
awk '/last seen/ { match($0, /last seen [^(]*in web/); print substr($0, RSTART, RLENGTH) }' out >seen
printf 'last seen %s in web\n' 'just now' '6 days ago' '7 days ago' | cmp -s - seen || Failed "a context counts from now" out
Has "a day that is none" err '^stdin:7: advance_to: there is no such day, expected a time such as'
Watch "later, as JSON" 0 "$@" --format json <later.jsonl
Has "later, as JSON" out '"line": 4, .*"as_of": "2024-03-07T10:00:00Z", "first": "2024-03-01T10:00:00Z"'

# An id that was printed before a merge still finds the customer.
cat >merge.jsonl <<'END'
{"id": "1", "t": "2024-03-01T10:00:00Z", "c": "web", "e": "amount", "k": "a"}
{"context": {"cookie": "a"}}
{"id": "2", "t": "2024-03-01T10:01:00Z", "c": "web", "e": "amount", "k": "a", "u": 1}
END
Watch "before a merge" 0 "$@" <merge.jsonl
old=$(sed -n 's/^context (line 2) of //p' out)
echo "{\"context\": \"$old\"}" >>merge.jsonl
Watch "after a merge" 0 "$@" <merge.jsonl
Has "after a merge" out '^context \(line 4\) of [0-9a-f]{32}$'
Lacks "after a merge" out "^context \(line 4\) of $old\$"

# What was told and does not hold at the end is counted: here nobody drops off, as is known when the rest has come.
cat >early.jsonl <<'END'
{"id": "1", "t": "2024-03-01T10:00:00Z", "c": "web", "e": "amount", "u": 1}
{"id": "2", "t": "2024-03-01T10:05:00Z", "c": "app", "e": "amount", "u": 1}
{"id": "3", "t": "2024-03-01T10:02:00Z", "c": "web", "e": "sign", "u": 1}
END
Watch "taken back" 0 "$@" <early.jsonl
told=$(grep -c ' finding ' out)
Watch "taken back, each" 0 "$@" --changes <early.jsonl
stands=$(($(grep -c '^+ [0-9a-f]* finding ' out) - $(grep -c '^- [0-9a-f]* finding ' out)))
[ "$stands" -lt "$told" ] || Failed "nothing is taken back" out
Has "taken back, each" err "^$((told - stands)) of the $told findings told (was|were) taken back by what came later\$"
Watch "taken back" 0 "$@" <early.jsonl
Has "taken back" err "^$((told - stands)) of the $told findings told (was|were) taken back by what came later \(--changes shows each\)\$"
Has "why" err '^1 event came after later ones; of events in the order of their times, less is taken back$'

# Whatever the input and the shards, the report is that of a batch run.
"$journey" simulate --customers 60 --days 10 --seed 3 --out sim.csv --map sim.map --journeys sim.journeys ||
  failures=$((failures + 1))
"$journey" report sim.csv --map sim.map --journeys sim.journeys --no-insights --json batch.json >/dev/null 2>&1
for shards in 1 8; do
  Watch "a file" 0 sim.csv --map sim.map --journeys sim.journeys --shards $shards --report live.json
  cmp -s live.json batch.json || Failed "with $shards shards the live report is that of the batch"
done
mkfifo pipe.csv
cat sim.csv >pipe.csv &
Watch "a named pipe" 0 pipe.csv --map sim.map --journeys sim.journeys --report live.json
sed 's/"pipe\.csv"/"sim.csv"/' live.json | cmp -s - batch.json || Failed "through a pipe the live report is that of the batch"
gzip -c sim.csv >sim.csv.gz
Watch "a zipped file" 0 sim.csv.gz --map sim.map --journeys sim.journeys --report live.json
sed 's/"sim\.csv\.gz"/"sim.csv"/' live.json | cmp -s - batch.json || Failed "zipped the live report is that of the batch"

Has "the report that is written" err '^written: live\.json$'

# What was meant as a request is told as one, and no row of the report.
head -3 sim.csv >requests.csv
cat >>requests.csv <<'END'
{"contxt": {"user_id": "77000777"}}
{"context": {"user_id": "77000777"}, "also": 1}
{"context": {"user_id": "77000777"}
END
Watch "requests with slips" 0 --map sim.map - <requests.csv
Has "a key with a slip" err '^stdin:4: no event, and no request: unknown key "contxt"; did you mean "context"\?$'
Has "a key too many" err '^stdin:5: no row of the CSV, and no request: expected an object with context, erase '
Has "a brace too few" err '^stdin:6: no row of the CSV, and as a request not valid JSON$'
Has "they are no rows" err '^stdin: 3 requests \(3 refused\), 2 rows = 2 accepted$'
Lacks "no value of an identifier" err '77000777'
Watch "a request with a slip before any event" 0 "$@" <<'END'
{"reprot": true}
{"id": "1", "t": "2024-03-01T10:00:00Z", "c": "web", "e": "enter", "u": 1}
END
Has "a request with a slip before any event" err '^stdin:1: .*"reprot"; did you mean "report"\?$'

# Budgets and lateness.
cat >late.jsonl <<'END'
{"id": "1", "t": "2024-03-01T10:00:00Z", "c": "web", "e": "enter", "u": 1}
{"id": "2", "t": "2024-03-01T08:59:59Z", "c": "web", "e": "enter", "u": 1}
{"id": "3", "t": "2024-03-01T09:00:00Z", "c": "web", "e": "enter", "u": 1}
{"id": "4", "t": "2024-03-01T10:00:01Z", "c": "web", "e": "enter", "u": 1}
END
Watch "lateness" 0 "$@" --lateness 1h <late.jsonl
Has "lateness" err '4 rows = 3 accepted \+ 1 late$'
Watch "a budget" 0 "$@" --max-events 2 <late.jsonl
Has "a budget" err '4 rows = 2 accepted \+ 2 over_budget$'

# A stream that stays open: each line is answered before the next one is there.
mkfifo stream
"$journey" watch - "$@" <stream >open.out 2>open.err &
watcher=$!
exec 3>stream
sed -n 2p events.jsonl >&3
sed -n 3p events.jsonl >&3
Appears open.out ' finding ' || Failed "a finding comes while the stream is open" open.out open.err
echo '{"context": {"user_id": 77000777}}' >&3
Appears open.out '^context \(line 3\)' || Failed "a context comes while the stream is open" open.out open.err
echo nonsense >&3
Appears open.err '^stdin:4: ' || Failed "a malformed line is told while the stream is open" open.err
printf '{"half": ' >&3
kill -INT $watcher
wait $watcher
[ $? = 0 ] || Failed "an interruption ends it cleanly" open.err
Has "an interruption leaves the summary" open.err '^stdin: 1 request, 3 rows = 2 accepted \+ 1 malformed$'
exec 3>&-
# With a clock journeys end by silence while nothing comes: what began years ago is abandoned now.
"$journey" watch - "$@" --clock <stream >clock.out 2>clock.err &
watcher=$!
exec 3>stream
sed -n 2p events.jsonl >&3
Appears clock.out 'journey loan: was abandoned' || Failed "the clock ends journeys" clock.out clock.err
kill -TERM $watcher
wait $watcher || Failed "a termination ends it cleanly" clock.err
exec 3>&-
# Nobody reads any more.
{
  "$journey" watch sim.csv --map sim.map --journeys sim.journeys --changes 2>closed.err
  echo $? >closed.code
} | head -1 >/dev/null
[ "$(cat closed.code)" = 0 ] || Failed "a closed pipe ends it cleanly" closed.err
Has "a closed pipe leaves the summary" closed.err '^sim\.csv: 0 requests, '

# Usage, and inputs that cannot be read.
Watch "help" 0 --help </dev/null
Has "help" out '"advance_to"'
echo '{"context": {"user_id": 1}}' | cat late.jsonl - >carry.jsonl
Watch "an attribute to carry, and the file behind it" 0 --map map.json --id-key-file id.key --carry post_code carry.jsonl </dev/null
Has "an attribute to carry, and the file behind it" out '^context \(line 5\) of '
Watch "two attributes at once and one by itself" 0 --map map.json --id-key-file id.key --carry post_code,e --carry context carry.jsonl </dev/null
Has "two attributes at once and one by itself" out '^context \(line 5\) of '
Watch "a format that is none" 1 --format xml </dev/null
Watch "a lateness that is none" 1 --lateness soon </dev/null
Has "a lateness that is none" err 'lateness: found "soon"'
Watch "no shards" 1 --shards 0 </dev/null
Watch "two files" 1 sim.csv sim.csv
Watch "a file that is not there" 2 missing.jsonl
Has "a file that is not there" err 'missing\.jsonl: '
Watch "a folder" 2 .
echo short >short.key
Watch "a short key" 2 --id-key-file short.key </dev/null
Has "a short key" err 'short\.key: has 5 bytes, expected a key of 16 to 64'
echo '[{"t": 1}]' >array.jsonl
Watch "an array" 2 array.jsonl
Has "an array" err 'expected JSON Lines'
Watch "nothing at all" 0 "$@" </dev/null
Has "nothing at all" err '^stdin: 0 requests, 0 rows$'

[ "$failures" = 0 ] && echo "all as expected"
exit "$failures"
