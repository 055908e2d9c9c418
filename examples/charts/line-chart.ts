/**
 * Line charts as SVG text, for pages, reports and files. It needs neither Node nor a browser, and the text neither
 * scripts nor styles, so that a strict content security policy allows it. Lines have colours with a contrast of at
 * least 3 on white and on near black; text and axes have the colour of the text around (currentColor).
 *
 * The first colours are those of M. Okabe and K. Ito, "Color Universal Design", 2008, which colour-blind readers can
 * tell apart; the blue is lighter, for dark pages. From the seventh series on the colours come again with dashes.
 */
import { finiteRange, formatTick, makeScale, type Scale, type ScaleKind, widened } from './scales.ts';
import { type Column, columnsOf, lineThrough, type Point } from './thinning.ts';

export interface Series {
  readonly name: string;
  /** In ascending order. */
  readonly x: ArrayLike<number>;
  /** As many as x. A value that is not finite, or not above 0 on a logarithmic axis, makes a gap. */
  readonly y: ArrayLike<number>;
  /**
   * For noisy values, such as the losses of single steps: where points are dense, the line shows means, and a pale band
   * behind it the least and the greatest values. Default false: the line goes through the extremes.
   */
  readonly band?: boolean;
}

export interface LineChart {
  /** The name of the chart for screen readers; a chart that is a file of its own also shows it. */
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** Horizontal dashed lines, such as the best value possible. */
  readonly references?: readonly { readonly name: string; readonly y: number }[];
  /** Default linear. */
  readonly xScale?: ScaleKind;
  /** Default linear. */
  readonly yScale?: ScaleKind;
  /** In units of the picture, whose text is 12 high; default 480. */
  readonly width?: number;
  /** Default 280. */
  readonly height?: number;
  /** A file of its own has a background, dark or light as the reader prefers. Default false. */
  readonly file?: boolean;
}

/** Colours of the series: blue, vermilion, green, purple, brown, grey. */
export const COLOURS: readonly string[] = ['#1a80c4', '#d55e00', '#009e73', '#cc79a7', '#a6761d', '#808080'];

const LINE_HEIGHT = 16;
/** Mean width of a character of a sans-serif font 12 high. */
const CHARACTER = 6.3;
/** A band has a column for so many pixels, a line for each pixel. */
const BAND_STEP = 4;
/** Series of up to so many points show each of them. */
const DOTS = 40;

/**
 * @throws RangeError if a series has different numbers of x and y.
 * @example
 * lineChart({ title: 'Loss', xLabel: 'step', yLabel: 'loss', series: [{ name: 'generator', x: [1, 2], y: [3, 2] }] });
 */
export function lineChart(chart: LineChart): string {
  const { title, series, xLabel, yLabel, references = [], width = 480, height = 280, file = false } = chart;
  for (const { name, x, y } of series) {
    if (x.length !== y.length) throw new RangeError(`lineChart: series "${name}" has ${x.length} x and ${y.length} y`);
  }
  const names = legend(series, width - 20);
  const top = (file ? 26 : 6) + names.lines * LINE_HEIGHT + 22;
  const bottom = height - 40;
  const range = rangesOf(chart);
  const yAxis = makeScale(
    range.yScale,
    range.y[0],
    range.y[1],
    bottom,
    top,
    Math.max(2, Math.floor((bottom - top) / 36)),
  );
  const left = 16 + Math.ceil(Math.max(...yAxis.ticks.map((tick) => formatTick(tick).length), 1) * CHARACTER);
  const right = width - 14;
  const xAxis = makeScale(
    range.xScale,
    range.x[0],
    range.x[1],
    left,
    right,
    Math.max(2, Math.floor((right - left) / 80)),
  );
  const curves = series.map((one, i) => drawn(one, i, xAxis, yAxis));
  const isEmpty = series.every(({ x, y }) => !hasPoint(x, y, xAxis, yAxis));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-size="12" ` +
      'font-family="system-ui, sans-serif" fill="currentColor">',
    `<title>${escaped(title)}</title>`,
    `<desc>${escaped(describe(chart))}</desc>`,
    ...(file ? [FILE_STYLE, text([width / 2, 18], 'middle', title, 'font-weight="600"')] : []),
    `<g transform="translate(10 ${file ? 26 : 6})">${names.content}</g>`,
    ...yAxis.ticks.flatMap((tick) => [
      line([left, yAxis.place(tick)], [right, yAxis.place(tick)], GRID),
      text([left - 6, yAxis.place(tick) + 4], 'end', formatTick(tick)),
    ]),
    ...xAxis.ticks.flatMap((tick) => [
      line([xAxis.place(tick), bottom], [xAxis.place(tick), bottom + 4], AXIS),
      text([xAxis.place(tick), bottom + 17], 'middle', formatTick(tick)),
    ]),
    line([left, bottom], [right, bottom], AXIS),
    text([(left + right) / 2, height - 6], 'middle', xLabel, LABEL),
    text([left, top - 6], 'start', yLabel, LABEL),
    ...references.flatMap(({ name, y }) => [
      line([left, yAxis.place(y)], [right, yAxis.place(y)], 'stroke="currentColor" stroke-dasharray="5 4"'),
      text([right, yAxis.place(y) - 4], 'end', name),
    ]),
    ...curves.map(({ band }) => band),
    ...curves.map(({ line }) => line),
    ...(isEmpty ? [text([(left + right) / 2, (top + bottom) / 2], 'middle', 'no values yet', LABEL)] : []),
    '</svg>',
  ].join('\n');
}

const GRID = 'stroke="currentColor" stroke-opacity="0.14"';
const AXIS = 'stroke="currentColor" stroke-opacity="0.5"';
const LABEL = 'fill-opacity="0.75"';
const FILE_STYLE =
  '<style>svg{color:#1f2328;background:#fff}@media(prefers-color-scheme:dark){svg{color:#e6e8eb;background:#15171a}}</style>';

/** The part of each axis that is shown, and its kind. */
function rangesOf({ series, references = [], xScale = 'linear', yScale = 'linear' }: LineChart): {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly xScale: ScaleKind;
  readonly yScale: ScaleKind;
} {
  const xs = finiteRange(
    series.map(({ x }) => x),
    xScale,
  );
  const ys = finiteRange([...series.map(({ y }) => y), references.map(({ y }) => y)], yScale);
  return { x: widened(xs, xScale, 0), y: widened(ys, yScale, 0.06), xScale, yScale };
}

function hasPoint(x: ArrayLike<number>, y: ArrayLike<number>, xAxis: Scale, yAxis: Scale): boolean {
  for (let i = 0; i < x.length; i++) {
    if (Number.isFinite(xAxis.place(x[i]!)) && Number.isFinite(yAxis.place(y[i]!))) return true;
  }
  return false;
}

/** A series; the bands of all belong behind the lines of all. */
function drawn(
  { x, y, band = false }: Series,
  i: number,
  xAxis: Scale,
  yAxis: Scale,
): { readonly band: string; readonly line: string } {
  const colour = colourOf(i);
  const place = (at: number): Point => [xAxis.place(x[at]!), yAxis.place(y[at]!)];
  const parts = columnsOf(y, place, band ? BAND_STEP : 1);
  const isDense = parts.some((columns) => columns.some(({ low, high }) => low !== high));
  const around = (columns: readonly Column[]): Point[] => [
    ...columns.map(({ high }) => high),
    ...columns.map(({ low }) => low).reverse(),
  ];
  const lines = parts.map((columns) =>
    band ? columns.map(({ x: at, mean }): Point => [at, yAxis.place(mean)]) : lineThrough(columns),
  );
  const style = `fill="none" stroke="${colour}" stroke-width="1.8" stroke-linejoin="round"${dash(i)}`;
  const dots = isDense || y.length > DOTS ? [] : lines.flat();
  return {
    band:
      band && isDense ? `<path d="${parts.map((one) => `${path(around(one))}Z`).join('')}" ${bandFill(colour)}/>` : '',
    line: `<path d="${lines.map(path).join('')}" ${style}/>${dots.map((point) => dot(point, colour)).join('')}`,
  };
}

function bandFill(colour: string): string {
  return `fill="${colour}" fill-opacity="0.22"`;
}

/** The names with a short line each, in as many lines as they need. */
function legend(series: readonly Series[], width: number): { readonly content: string; readonly lines: number } {
  let [x, lines] = [0, 1];
  const entries = series.map(({ name }, i) => {
    const needed = 28 + name.length * CHARACTER + 14;
    if (x > 0 && x + needed > width) [x, lines] = [0, lines + 1];
    const y = lines * LINE_HEIGHT - 4;
    const stroke = `stroke="${colourOf(i)}" stroke-width="3"${dash(i)}`;
    const entry = line([x, y - 4], [x + 20, y - 4], stroke) + text([x + 26, y], 'start', name);
    x += needed;
    return entry;
  });
  return { content: entries.join(''), lines: series.length === 0 ? 0 : lines };
}

function describe({ xLabel, yLabel, series }: LineChart): string {
  const sentences = series.map(({ name, x, y }) => {
    const range = finiteRange([y], 'linear');
    if (range === undefined) return `${name}: no values.`;
    const last = y.length - 1;
    const short = (value: number): string => formatTick(Number(value.toPrecision(3)));
    return (
      `${name}: ${y.length} values, ${short(y[0]!)} at ${short(x[0]!)}, ${short(y[last]!)} at ${short(x[last]!)}, ` +
      `lowest ${short(range[0])}, highest ${short(range[1])}.`
    );
  });
  return [`${yLabel} against ${xLabel}.`, ...sentences].join(' ');
}

function colourOf(i: number): string {
  return COLOURS[i % COLOURS.length]!;
}

function dash(i: number): string {
  const round = Math.floor(i / COLOURS.length);
  return round === 0 ? '' : ` stroke-dasharray="${round === 1 ? '6 3' : '2 3'}"`;
}

function dot([x, y]: Point, colour: string): string {
  return `<circle cx="${pixel(x)}" cy="${pixel(y)}" r="2.4" fill="${colour}"/>`;
}

function line(from: Point, to: Point, style: string): string {
  return `<path d="${path([from, to])}" ${style}/>`;
}

function path(points: readonly Point[]): string {
  return `M${points.map(([x, y]) => `${pixel(x)} ${pixel(y)}`).join('L')}`;
}

function text([x, y]: Point, anchor: 'start' | 'middle' | 'end', content: string, style = ''): string {
  return `<text x="${pixel(x)}" y="${pixel(y)}" text-anchor="${anchor}" ${style}>${escaped(content)}</text>`;
}

function pixel(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** For the text and the attributes of SVG and HTML. */
export function escaped(content: string): string {
  return content.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] ?? '&quot;');
}
