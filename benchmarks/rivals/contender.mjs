// What both rivals have in common: their arguments, how they are timed, and the line of JSON they answer with. The same
// protocol as stitch_file.cc's `run`.
//
//   node duckdb.mjs FILE.csv text|keys|csv THREADS
import fs from 'node:fs';

export const HALF_HOUR = 1_800_000_000;  // in microseconds, as all times
export const DAY = 86_400_000_000;
export const STEPS = ['view', 'cart', 'purchase'];  // in numbers 1, 2, 3; any other name is 0
export const CHANNELS = ['web', 'app', 'portal', 'email', 'chat', 'phone'];  // in numbers 0 to 5
export const FIRST_SUPPORT = 4;  // chat and phone

export const [, , file, from, threadsText] = process.argv;
export const threads = Number(threadsText);
if (!['text', 'keys', 'csv'].includes(from) || !(threads > 0)) {
  console.error('usage: node RIVAL.mjs FILE.csv text|keys|csv THREADS');
  process.exit(2);
}

// The peak of memory begins anew, where the system can do that (Linux).
function forgetPeak() {
  try {
    fs.writeFileSync('/proc/self/clear_refs', '5');
  } catch {}
}

function mebibytes(field, otherwise) {
  try {
    return Number(new RegExp(field + ':\\s*(\\d+)').exec(fs.readFileSync('/proc/self/status', 'utf8'))[1]) / 1024;
  } catch {
    return otherwise();
  }
}
const residentMiB = () => mebibytes('VmRSS', () => process.memoryUsage.rss() / 2 ** 20);
const peakMiB = () => mebibytes('VmHWM', () => process.resourceUsage().maxRSS / 1024);

// load(from) brings the file into memory, stitch(lap) does the job on it and gives the counts; lap(name) ends a part of
// the job, so that its seconds are told apart.
export async function contend({who, version, load, stitch}) {
  const start_mib = residentMiB();  // with Node and the rival loaded, and no data
  let start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  if (from !== 'csv') await load(from);
  globalThis.gc?.();  // what loading left behind is not the job's
  const result = {who, version, from, threads, load_seconds: from === 'csv' ? 0 : seconds(), start_mib};
  forgetPeak();
  for (let round = 0; round < (from === 'csv' ? 1 : 2); ++round) {
    const cpu = process.cpuUsage();
    start = performance.now();
    let last = 0;
    result.stages = {};
    const lap = (stage) => {
      result.stages[stage] = seconds() - last;
      last = seconds();
    };
    if (from === 'csv') {
      await load('text');
      lap('read');
    }
    result.counts = await stitch(lap);
    result.seconds = seconds();
    const used = process.cpuUsage(cpu);
    result.cpu_seconds = (used.user + used.system) / 1e6;
    if (round === 0) result.peak_mib = peakMiB();
  }
  for (const name of Object.keys(result.counts)) result.counts[name] = Number(result.counts[name]);
  console.log(JSON.stringify(result));
}
