// The job in DuckDB. Texts become numbers first; connected components by the smallest neighbour and pointer jumping on
// a graph that is contracted every round; then one sort, after which all else is one pass: window functions without
// PARTITION BY and ORDER BY, which DuckDB streams in the order of the sorted table.
import {DuckDBInstance, version} from '@duckdb/node-api';
import {CHANNELS, DAY, FIRST_SUPPORT, HALF_HOUR, STEPS, contend, file, from, threads} from './contender.mjs';

const database = await DuckDBInstance.create(':memory:', {threads: String(threads)});
const connection = await database.connect();
const run = (sql) => connection.run(sql);
const rows = async (sql) => (await connection.runAndReadAll(sql)).getRowObjects();
const table = (name, sql) => run(`CREATE OR REPLACE TEMP TABLE ${name} AS ${sql}`);

function numberOf(column, texts, first, other) {
  const cases = texts.map((text, i) => `WHEN '${text}' THEN ${first + i}`);
  return `(CASE ${column} ${cases.join(' ')} ELSE ${other} END)::UTINYINT`;
}
const STEP = numberOf('name', STEPS, 1, 0);
const CHANNEL = numberOf('channel', CHANNELS, 0, 255);

// Every text of an identifier, with a number of its own.
const numberKeys = () => table('keys', `
  SELECT space, value, (row_number() OVER ())::INTEGER AS node FROM (
    SELECT DISTINCT 1::UTINYINT AS space, user_id AS value FROM seen WHERE user_id IS NOT NULL
    UNION ALL SELECT DISTINCT 2, device_id FROM seen WHERE device_id IS NOT NULL
    UNION ALL SELECT DISTINCT 3, email FROM seen WHERE email IS NOT NULL)`);

const NUMBERED = `
  LEFT JOIN keys AS u ON u.space = 1 AND u.value = user_id
  LEFT JOIN keys AS d ON d.space = 2 AND d.value = device_id
  LEFT JOIN keys AS e ON e.space = 3 AND e.value = email`;

async function load(as) {
  await run(`CREATE OR REPLACE TABLE events AS SELECT * FROM read_csv('${file.replaceAll("'", "''")}',
    header = true, auto_detect = false, delim = ',', nullstr = '',
    columns = {time: 'BIGINT', user_id: 'VARCHAR', device_id: 'VARCHAR', email: 'VARCHAR', name: 'VARCHAR',
               channel: 'VARCHAR', sequence: 'BIGINT'})`);
  if (as !== 'keys') return;
  await table('seen', 'SELECT DISTINCT user_id, device_id, email FROM events');
  await numberKeys();
  await run(`CREATE TABLE numbers AS SELECT time, sequence, u.node AS u, d.node AS d, e.node AS e, ${STEP} AS step,
    ${CHANNEL} AS channel FROM events ${NUMBERED}`);
  await run('DROP TABLE events; DROP TABLE seen; DROP TABLE keys');
}

// labels: node -> the smallest node of its component. Requires: edges.
async function connect(nodes) {
  await table('labels', `SELECT node, node AS label FROM (${nodes})`);
  while ((await rows('SELECT count(*) AS n FROM edges'))[0].n > 0n) {
    await table('step', `
      WITH low AS (SELECT a AS node, least(a, min(b)) AS label
                   FROM (FROM edges UNION ALL SELECT b, a FROM edges) GROUP BY a)
      SELECT low.node, jump.label FROM low JOIN low AS jump ON jump.node = low.label`);
    await table('edges', `
      SELECT DISTINCT x.label AS a, y.label AS b
      FROM edges JOIN step AS x ON x.node = a JOIN step AS y ON y.node = b WHERE x.label <> y.label`);
    await table('labels', `SELECT l.node, coalesce(s.label, l.label) AS label
      FROM labels AS l LEFT JOIN step AS s ON s.node = l.label`);
  }
}

// Whoever has three keys is joined by two edges.
const EDGES = (seen) => `
  SELECT DISTINCT d AS a, u AS b FROM ${seen} WHERE d IS NOT NULL AND u IS NOT NULL
  UNION SELECT DISTINCT coalesce(d, u), e FROM ${seen} WHERE coalesce(d, u) IS NOT NULL AND e IS NOT NULL`;

async function sortText(lap) {
  await table('seen', 'SELECT DISTINCT user_id, device_id, email FROM events');
  await numberKeys();
  await table('seen', `SELECT u.node AS u, d.node AS d, e.node AS e FROM seen ${NUMBERED}`);
  await table('edges', EDGES('seen'));
  await connect('FROM keys');
  lap('identity');
  await table('sorted', `
    SELECT label AS customer, time, ${STEP} AS step, ${CHANNEL} AS channel
    FROM events JOIN (SELECT space, value, label FROM keys JOIN labels USING (node))
      ON value = coalesce(device_id, user_id, email)
      AND space = CASE WHEN device_id IS NOT NULL THEN 2 WHEN user_id IS NOT NULL THEN 1 ELSE 3 END
    ORDER BY customer, time, sequence`);
}

async function sortNumbers(lap) {
  await table('seen', 'SELECT DISTINCT u, d, e FROM numbers');
  await table('edges', EDGES('seen'));
  await connect('SELECT DISTINCT unnest([u, d, e]) AS node FROM seen');
  lap('identity');
  await table('sorted', `SELECT label AS customer, time, step, channel
    FROM numbers JOIN labels ON node = coalesce(d, u, e) ORDER BY customer, time, sequence`);
}

// A part of a customer's timeline ends with a purchase or before a gap of more than a day. A journey is what lies in
// one part from its first view on. Places are counted eightfold, so that a channel fits into them.
const COUNTS = `
  WITH neighbours AS (
    SELECT *, row_number() OVER () * 8 AS place,
      lag(customer) OVER () AS customer_before, lead(customer) OVER () AS customer_after,
      time - lag(time) OVER () AS gap, lag(step) OVER () AS step_before, lag(channel) OVER () AS channel_before
    FROM sorted),
  firsts AS (SELECT *, customer_before IS DISTINCT FROM customer AS is_first FROM neighbours),
  parts AS (
    SELECT *,
      max(CASE WHEN is_first OR gap > ${DAY} OR step_before = 3 THEN place END) OVER so_far AS part,
      coalesce(max(CASE WHEN step = 1 THEN place + channel END) OVER so_far, 0) AS view
    FROM firsts WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)),
  insides AS (SELECT *, view >= part AS inside, lag(view, 1, 0) OVER () AS view_before FROM parts),
  journeys AS (
    SELECT *, step = 1 AND view_before < part AS opens,
      max(CASE WHEN step = 2 AND inside THEN place + channel END) OVER so_far AS cart,
      arg_max(time, CASE WHEN step = 1 AND view_before < part THEN place END) OVER so_far AS opened_at
    FROM insides WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)),
  carts AS (SELECT *, coalesce(lag(cart) OVER (), 0) AS cart_before FROM journeys),
  findings AS (
    SELECT *, inside AND step = 3 AS achieves, inside AND cart_before >= part AS has_cart,
      CASE step WHEN 1 THEN view_before ELSE cart_before END & 7 AS done_in,
      inside AND NOT opens AND (step = 1 OR step = 2 AND cart_before >= part) AS again,
      inside AND NOT opens AND channel <> channel_before AS switches
    FROM carts)
  SELECT count(*) AS events,
    count(*) FILTER (is_first) AS customers,
    count(*) FILTER (is_first OR gap > ${HALF_HOUR}) AS sessions,
    count(*) FILTER (opens) AS journeys,
    count(*) FILTER (inside) AS journey_events,
    count(*) FILTER (achieves) AS achieved,
    count(*) FILTER (inside AND NOT achieves AND customer_after IS DISTINCT FROM customer
      AND time >= (SELECT max(time) FROM sorted) - ${DAY}) AS open,
    journeys - achieved - open AS abandoned,
    journeys AS reached_view,
    count(*) FILTER (inside AND step = 2 AND NOT has_cart) AS reached_cart,
    count(*) FILTER (achieves AND has_cart) AS reached_purchase,
    (sum(time - opened_at) FILTER (achieves) // 1000000)::BIGINT AS goal_seconds,
    count(*) FILTER (again AND channel = done_in) AS repeats,
    count(*) FILTER (again AND channel <> done_in) AS redos,
    count(*) FILTER (switches) AS switches,
    count(*) FILTER (switches AND (again OR channel >= ${FIRST_SUPPORT})) AS forced_switches
  FROM findings`;

async function stitch(lap) {
  await (from === 'keys' ? sortNumbers : sortText)(lap);
  lap('timelines');
  const [counts] = await rows(COUNTS);
  lap('journeys');
  return counts;
}

await contend({who: 'duckdb', version: version(), load, stitch});
