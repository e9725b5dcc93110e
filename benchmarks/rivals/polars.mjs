// The job in Polars. Texts become numbers first; connected components by the smallest neighbour and pointer jumping on
// a graph that is contracted every round; then one sort (by the streaming engine, the fastest of the ways tried),
// after which all else is shifts and running maxima over whole columns.
//
// Every call that makes an expression costs this binding nearly a millisecond, whatever the size of the data. So all
// expressions are made once, when the program is loaded, which is not timed.
import {CHANNELS, DAY, FIRST_SUPPORT, HALF_HOUR, STEPS, contend, file, from, threads} from './contender.mjs';

process.env.POLARS_MAX_THREADS = String(threads);  // read when the library is loaded
const {default: pl} = await import('nodejs-polars');

const KEYS = ['user_id', 'device_id', 'email'];
const COLUMNS = ['time', ...KEYS, 'name', 'channel', 'sequence'];
const typeOf = (name) => (name === 'time' || name === 'sequence' ? pl.Int64 : pl.Utf8);
const SCHEMA = Object.fromEntries(COLUMNS.map((name) => [name, typeOf(name)]));
const collect = (lazy) => lazy.collectSync({engine: 'streaming'});
const col = pl.col;
const int = (value, type = pl.Int64) => pl.lit(value).cast(type);
const byte = (value) => int(value, pl.UInt8);
const plain = (...names) => names.map((name) => col(name));

function numberOf(name, texts, first, other) {
  let expression = byte(other);
  texts.forEach((text, i) => {
    expression = pl.when(col(name).eq(pl.lit(text))).then(byte(first + i)).otherwise(expression);
  });
  return expression;
}

// The keys as numbers u, d, e: those that Polars gives to categories, told apart by the column.
const ENCODED = [...plain('time', 'sequence'), numberOf('name', STEPS, 1, 0).alias('step'),
  numberOf('channel', CHANNELS, 0, 255).alias('channel'),
  ...KEYS.map((name, i) => col(name).cast(pl.Categorical).toPhysical().alias('ude'[i]))];
const TOLD_APART = [...'ude'].map((name, i) => col(name).mul(int(3, pl.UInt32)).add(int(i, pl.UInt32)));
const asNumbers = (frame) => frame.select(...ENCODED).withColumns(...TOLD_APART);

let events;
function load(as) {
  events = pl.readCSV(file, {schema: SCHEMA, missingUtf8IsEmptyString: false, numThreads: threads});
  if (as === 'keys') events = asNumbers(events);
}

// Whoever has three keys is joined by two edges.
const UDE = plain('u', 'd', 'e');
const NODES = [...'ude'].map((name) => col(name).alias('node'));
const FIRST_EDGE = [col('d').alias('a'), col('u').alias('b')];
const SECOND_EDGE = [col('d').fillNull(col('u')).alias('a'), col('e').alias('b')];

const AS_LABELS = [col('node'), col('node').alias('label')];
const TURNED = [col('b').alias('a'), col('a').alias('b')];
const BY_A = col('a');
const LOWEST = col('b').min().alias('low');
const LOWER = pl.when(col('low').lt(col('a'))).then(col('low')).otherwise(col('a'));
const LOW = [col('a').alias('node'), LOWER.alias('label')];
const JUMP = [col('node').alias('label'), col('label').alias('to')];
const STEP = plain('node', 'to');
const END_A = [col('node').alias('a'), col('to').alias('new_a')];
const END_B = [col('node').alias('b'), col('to').alias('new_b')];
const CONTRACTED = [col('new_a').alias('a'), col('new_b').alias('b')];
const IS_NO_LOOP = col('a').neq(col('b'));
const STEP_OF_LABEL = [col('node').alias('label'), col('to')];
const NEW_LABEL = [col('node'), col('to').fillNull(col('label')).alias('label')];

// node -> the smallest node of its component.
function connect(nodes, edges) {
  let labels = nodes.select(...AS_LABELS);
  while (edges.height > 0) {
    const low = pl.concat([edges, edges.select(...TURNED)]).groupBy(BY_A).agg(LOWEST).select(...LOW);
    const step = low.join(low.select(...JUMP), {on: 'label', how: 'inner'}).select(...STEP);
    edges = edges.join(step.select(...END_A), {on: 'a', how: 'inner'})
      .join(step.select(...END_B), {on: 'b', how: 'inner'}).select(...CONTRACTED).filter(IS_NO_LOOP).unique();
    labels = labels.join(step.select(...STEP_OF_LABEL), {on: 'label', how: 'left'}).select(...NEW_LABEL);
  }
  return labels;
}

const WITH_NODE = [...plain('time', 'sequence', 'step', 'channel'),
  col('d').fillNull(col('u')).fillNull(col('e')).alias('node')];
const OF_CUSTOMER = [col('label').alias('customer'), ...plain('time', 'sequence', 'step', 'channel')];
const ORDER = plain('customer', 'time', 'sequence');

function sortByCustomer(lap) {
  const numbers = from === 'keys' ? events : asNumbers(events);
  const seen = collect(numbers.lazy().select(...UDE).unique());
  const nodes = pl.concat(NODES.map((node) => seen.select(node).dropNulls().unique()));
  const edges = pl.concat([FIRST_EDGE, SECOND_EDGE].map((edge) => seen.select(...edge).dropNulls())).unique();
  const labels = connect(nodes, edges);
  lap('identity');
  return collect(numbers.lazy().select(...WITH_NODE).join(labels.lazy(), {on: 'node', how: 'inner'})
    .select(...OF_CUSTOMER).sort(ORDER));
}

// The largest place so far where a condition held, else 0; places are counted eightfold, so that a channel fits in.
const latest = (condition, place) => pl.when(condition).then(place).otherwise(int(0)).cumMax();
const previous = (name) => col(name).shift(1).fillNull(int(0));
const differs = (name, by) => col(name).shift(by).neq(col(name)).fillNull(pl.lit(true));
const is = (name) => col(name);
const isNot = (name) => col(name).not();
const isStep = (step) => col('step').eq(byte(step));
const countOf = (name, first, ...others) =>
  others.reduce((all, one) => all.and(one), first).sum().cast(pl.Int64).alias(name);

// A part of a customer's timeline ends with a purchase or before a gap of more than a day. A journey is what lies in
// one part from its first view on.
const PLACE = col('row').cast(pl.Int64).add(int(1)).mul(int(8)).alias('place');
const placed = col('place').add(col('channel').cast(pl.Int64));
const isCut = is('first').or(col('gap').gt(int(DAY))).or(previous('step').eq(byte(3)));
const LAYERS = [
  [PLACE, differs('customer', 1).alias('first'), differs('customer', -1).alias('last'),
    col('time').sub(previous('time')).alias('gap'), differs('channel', 1).alias('moved')],
  [is('first').or(col('gap').gt(int(HALF_HOUR))).alias('session'), latest(isCut, col('place')).alias('part'),
    latest(isStep(1), placed).alias('view')],
  [col('view').gtEq(col('part')).alias('inside'), previous('view').alias('view_before')],
  [isStep(1).and(col('view_before').lt(col('part'))).alias('opens'),
    latest(isStep(2).and(is('inside')), placed).alias('cart')],
  [pl.when(is('opens')).then(col('time')).otherwise(pl.lit(null)).forwardFill().alias('opened_at'),
    previous('cart').alias('cart_before')],
  [is('inside').and(isStep(3)).alias('achieves'),
    is('inside').and(col('cart_before').gtEq(col('part'))).alias('has_cart'),
    pl.when(isStep(1)).then(col('view_before')).otherwise(col('cart_before')).modulo(int(8)).alias('done_in'),
    is('inside').and(isNot('opens')).alias('later')],
  [is('later').and(isStep(1).or(isStep(2).and(is('has_cart')))).alias('again'),
    is('later').and(is('moved')).alias('switch'), col('channel').cast(pl.Int64).eq(col('done_in')).alias('same')],
];
const COUNTS = [
  countOf('events', col('step').gtEq(byte(0))), countOf('customers', is('first')), countOf('sessions', is('session')),
  countOf('journeys', is('opens')), countOf('journey_events', is('inside')), countOf('achieved', is('achieves')),
  countOf('open', is('inside'), is('last'), isNot('achieves'), col('time').gtEq(col('time').max().sub(int(DAY)))),
  countOf('reached_view', is('opens')), countOf('reached_cart', is('inside'), isStep(2), isNot('has_cart')),
  countOf('reached_purchase', is('achieves'), is('has_cart')),
  col('time').sub(col('opened_at')).filter(is('achieves')).sum().alias('goal_us'),
  countOf('repeats', is('again'), is('same')), countOf('redos', is('again'), isNot('same')),
  countOf('switches', is('switch')),
  countOf('forced_switches', is('switch'), is('again').or(col('channel').gtEq(byte(FIRST_SUPPORT)))),
];

function stitch(lap) {
  const sorted = sortByCustomer(lap);
  lap('timelines');
  const rows = LAYERS.reduce((frame, layer) => frame.withColumns(...layer), sorted.lazy().withRowIndex('row'));
  const [{goal_us, ...counts}] = collect(rows.select(...COUNTS)).toRecords();
  lap('journeys');
  return {
    ...counts, goal_seconds: Math.floor(Number(goal_us) / 1_000_000),
    abandoned: Number(counts.journeys) - Number(counts.achieved) - Number(counts.open),
  };
}

await contend({who: 'polars', version: pl.version, load, stitch});
