/**
 * Formats an evaluation as text: two Markdown tables, aligned for a terminal too, and the protocol below them. Names of
 * up to 19 characters keep them within 100 columns.
 */
import { checkOptions, fieldsOf, invalid, isArray } from '../core/check.ts';
import type { Evaluation, EvaluationProtocol, ImageMetrics } from './evaluation.ts';

/** The title of a column, and its text in a row. */
type Column = readonly [title: string, text: (metrics: ImageMetrics) => string];

/** Of the features. */
const DISTANCES: readonly Column[] = [
  ['images', ({ count }) => String(count)],
  ['Frechet', ({ frechetDistance }) => figure(frechetDistance)],
  ['kernel', ({ kernelDistance }) => figure(kernelDistance.mean)],
  ['95 % interval', ({ kernelDistance: { interval } }) => `${figure(interval[0])} to ${figure(interval[1])}`],
  ['precision', ({ precisionRecall }) => precisionRecall.precision.toFixed(3)],
  ['recall', ({ precisionRecall }) => precisionRecall.recall.toFixed(3)],
];

/** Of the classes and the pixels. */
const COUNTS: readonly Column[] = [
  ['missing', ({ classes }) => (classes === undefined ? '-' : String(classes.missing))],
  ['uneven', ({ classes }) => (classes === undefined ? '-' : classes.distanceFromUniform.toFixed(3))],
  ['nearest', ({ nearest }) => nearest.mean.toFixed(2)],
  ['least', ({ nearest }) => nearest.smallest.toFixed(2)],
  ['sharpness', ({ sharpness }) => figure(sharpness)],
];

/**
 * The tables of an evaluation, with one row for each set of images, and its protocol.
 *
 * @throws ArgumentError if it is no evaluation.
 * @example
 * const { images } = await loadMnist({ limit: 100 });
 * const { features } = digitClassifier();
 * const generated = denseGenerator().predict(createRandom(1).normal([100, 100]));
 * const options = { generated, real: images, training: images, features: (x: Tensor) => features.predict(x) };
 * console.log(formatEvaluation(evaluateImages(options)));
 */
export function formatEvaluation(evaluation: Evaluation): string {
  const where = 'formatEvaluation';
  checkOptions(where, evaluation ?? null, ['protocol', 'rows']);
  const { protocol, rows } = evaluation;
  checkFields(where, 'protocol', protocol, PROTOCOL);
  if (!isArray(rows)) invalid(where, 'rows', 'a list of { name, metrics }', rows);
  for (let i = 0; i < rows.length; i++) {
    checkFields(where, `rows[${i}]`, rows[i], ROW);
    const { classes } = rows[i]!.metrics;
    if (classes !== undefined) checkFields(where, `rows[${i}].metrics.classes`, classes, CLASSES);
  }
  const table = (columns: readonly Column[]): string[] =>
    markdownTable([
      ['', ...columns.map(([title]) => title)],
      ...rows.map(({ name, metrics }) => [name, ...columns.map(([, text]) => text(metrics))]),
    ]);
  return [...table(DISTANCES), '', ...table(COUNTS), '', ...protocolLines(protocol)].join('\n');
}

/** The type of each field that is printed, or the fields of an object in it. */
interface Fields {
  readonly [name: string]: 'number' | 'string' | Fields;
}

const PROTOCOL: Fields & Readonly<Record<keyof EvaluationProtocol, 'number' | 'string'>> = {
  features: 'string',
  featureCount: 'number',
  data: 'string',
  realCount: 'number',
  trainingCount: 'number',
  seed: 'number',
  batchSize: 'number',
  kernelSubsets: 'number',
  kernelSubsetSize: 'number',
  neighbours: 'number',
  nearestCount: 'number',
};

const ROW: Fields = {
  name: 'string',
  metrics: {
    count: 'number',
    frechetDistance: 'number',
    kernelDistance: { mean: 'number', interval: { 0: 'number', 1: 'number' } },
    precisionRecall: { precision: 'number', recall: 'number' },
    nearest: { mean: 'number', smallest: 'number' },
    sharpness: 'number',
  } satisfies Readonly<Record<Exclude<keyof ImageMetrics, 'classes'>, Fields[string]>>,
};

const CLASSES: Fields = { missing: 'number', distanceFromUniform: 'number' };

/** Evaluations are read from JSON, too, so every field is checked. */
function checkFields(where: string, argument: string, value: unknown, fields: Fields): void {
  const found = fieldsOf(where, argument, value, Object.keys(fields), 'a part of an evaluation');
  for (const [name, kind] of Object.entries(fields)) {
    const path = `${argument}.${name}`;
    if (typeof kind === 'object') checkFields(where, path, found[name], kind);
    else if (typeof found[name] !== kind) invalid(where, path, `a ${kind}`, found[name]);
  }
}

function markdownTable([header = [], ...body]: readonly (readonly string[])[]): string[] {
  const widths = header.map((_, column) => Math.max(3, ...[header, ...body].map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell[column === 0 ? 'padEnd' : 'padStart'](widths[column]!)).join(' | ')} |`;
  const rule = widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(header), line(rule), ...body.map(line)];
}

function protocolLines(protocol: EvaluationProtocol): string[] {
  const { features, featureCount, data, realCount, trainingCount, seed, batchSize, nearestCount } = protocol;
  const { kernelSubsets, kernelSubsetSize, neighbours } = protocol;
  return [
    `- Data: ${data}. Each row is compared with ${realCount} real images. The row "real" evaluates training images.`,
    `- Features: ${featureCount} of ${features}, for ${batchSize} images at a time.` +
      ` Pixels are clipped to [-1, 1] and rounded to 256 levels. Seed ${seed}.`,
    `- Frechet: squared distance of two Gaussians, covariance with n - 1. Compare only equal counts.`,
    `- Kernel: (x.y / d + 1)^3, unbiased squared MMD, mean of ${kernelSubsets} subsets of ${kernelSubsetSize}.` +
      ' The interval counts only subsets without common images.',
    `- Precision, recall: inside balls that reach to the ${ordinal(neighbours)} nearest neighbour.` +
      ' Noise can have a precision near 1: its features lie close together, and the wide balls of a few unusual real' +
      ' images hold them all. Its recall near 0 shows that. Read both together.',
    `- Missing: classes that no image has. Uneven: total variation distance of the classes from equal shares.`,
    `- Nearest, least: mean and smallest distance of the first ${nearestCount} images to the nearest of` +
      ` ${trainingCount} training images, pixels from -1 to 1. The row "real" has the distances of the real images.`,
    `- Sharpness: mean squared 4-neighbour Laplacian. Good is near that of "real"; noise has more.`,
  ];
}

function ordinal(n: number): string {
  const ending = n % 100 >= 11 && n % 100 <= 13 ? undefined : ['th', 'st', 'nd', 'rd'][n % 10];
  return `${n}${ending ?? 'th'}`;
}

/** Three significant digits, or all digits of a longer whole part; no exponent below 1e21. */
function figure(value: number): string {
  const size = Math.abs(value);
  let decimals = 2;
  for (let limit = 10; decimals > 0 && size >= limit; limit *= 10) decimals--;
  for (let limit = 1; decimals < 6 && size < limit && size > 0; limit /= 10) decimals++;
  return value.toFixed(decimals);
}
