// Runs all contenders on one file, by turns, so that a noisy moment meets all of them, and prints one table. Exit code
// 1 if not every run of every contender counted the same.
//
//   node compare.mjs STITCH_FILE_PROGRAM FILE.csv ROUNDS RESULTS.jsonl
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const [, , program, file, roundsText, results] = process.argv;
const here = path.dirname(fileURLToPath(import.meta.url));
const rival = (name) => [process.execPath, '--expose-gc', path.join(here, name), file];
const CONTENDERS = {
  journey: [program, 'run', file],
  duckdb: rival('duckdb.mjs'),
  polars: rival('polars.mjs'),
};
const FROM = {text: 'text in memory', keys: 'numbers in memory', csv: 'the CSV file'};

const runs = new Map();  // 'from threads who' -> results
for (let round = 0; round < Number(roundsText); ++round) {
  for (const from of Object.keys(FROM)) {
    for (const threads of ['1', '2']) {
      const names = Object.keys(CONTENDERS);
      for (let i = 0; i < names.length; ++i) {
        const who = names[(i + round) % names.length];  // nobody always goes first
        const [command, ...args] = [...CONTENDERS[who], from, threads];
        const line = execFileSync(command, args, {encoding: 'utf8', maxBuffer: 1 << 24}).trim();
        fs.appendFileSync(results, line + '\n');
        const key = [from, threads, who].join(' ');
        runs.set(key, [...(runs.get(key) ?? []), JSON.parse(line)]);
        if (process.stderr.isTTY) process.stderr.write(`\r\x1b[Kround ${round + 1}: ${key}`);
      }
    }
  }
}
if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');

const ordered = (list, value) => list.map(value).sort((a, b) => a - b);
const median = (list) => (list[(list.length - 1) >> 1] + list[list.length >> 1]) / 2;
const expected = runs.get('text 1 journey')[0].counts;
const differing = (counts) => [...new Set([...Object.keys(expected), ...Object.keys(counts)])]
  .filter((name) => counts[name] !== expected[name]);

const table = [['from', 'threads', 'who', 'seconds', 'min - max', 'cpu s', 'events/s', 'x journey', 'load s',
  'empty MiB', 'peak MiB', 'counts']];
let wrong = 0;
for (const [key, list] of runs) {
  const [from, threads, who] = key.split(' ');
  const seconds = ordered(list, (run) => run.seconds);
  const ours = median(ordered(runs.get([from, threads, 'journey'].join(' ')), (run) => run.seconds));
  const others = [...new Set(list.flatMap((run) => differing(run.counts)))];
  wrong += others.length > 0;
  table.push([FROM[from], threads, who, median(seconds).toFixed(3),
    `${seconds[0].toFixed(3)} - ${seconds.at(-1).toFixed(3)}`,
    median(ordered(list, (run) => run.cpu_seconds)).toFixed(3),
    Math.round(expected.events / median(seconds)).toLocaleString('en'), (median(seconds) / ours).toFixed(2),
    from === 'csv' ? '-' : median(ordered(list, (run) => run.load_seconds)).toFixed(3),
    Math.round(median(ordered(list, (run) => run.start_mib))).toString(),
    Math.round(median(ordered(list, (run) => run.peak_mib))).toString(),
    others.length === 0 ? 'same' : `OTHER: ${others.join(', ')}`]);
}

const versions = Object.keys(CONTENDERS).map((who) => `${who} ${runs.get(`text 1 ${who}`)[0].version}`);
console.log(`${expected.events.toLocaleString('en')} events, ${roundsText} rounds; ${versions.join(', ')}; ` +
  `node ${process.version}; ${os.cpus().length} x ${os.cpus()[0].model}; load ${os.loadavg()[0].toFixed(1)}\n`);
const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
const isText = (column) => column < 3 || column === table[0].length - 1;
const pad = (cell, column) => (isText(column) ? cell.padEnd(widths[column]) : cell.padStart(widths[column]));
const line = (row) => `| ${row.map(pad).join(' | ')} |`;
table.splice(1, 0, widths.map((width, column) => '-'.repeat(width - 1) + (isText(column) ? '-' : ':')));
console.log(table.map(line).join('\n'));
console.log('\n' + Object.entries(expected).map(([name, count]) => `${name} ${count}`).join(', '));

const stages = new Map();  // who -> stage -> seconds on one thread from text
for (const who of Object.keys(CONTENDERS)) {
  const list = runs.get(`text 1 ${who}`);
  stages.set(who, Object.keys(list[0].stages)
    .map((stage) => `${stage} ${median(ordered(list, (run) => run.stages[stage])).toFixed(3)}`).join(', '));
}
console.log('\nSeconds by stage, from text, one thread:');
for (const [who, text] of stages) console.log(`  ${who.padEnd(8)}${text}`);
console.log(wrong === 0 ? '\nAll counts are identical.' : '\nThe counts are NOT identical.');
process.exitCode = wrong === 0 ? 0 : 1;
