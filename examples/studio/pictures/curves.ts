/** The curves of a training: losses of every step, and distances. They are drawn again at most twice a second. */
import { lineChart, type Series } from '../../charts/line-chart.ts';
import { card, element } from '../elements.ts';

const COLUMNS = 4;
const REDRAW_EVERY = 500;

interface Curve {
  /** Draws soon, unless it has just been drawn. */
  redraw(): void;
}

/** @param draw - gives the chart as SVG. */
function curve(figure: HTMLElement, draw: () => string): Curve {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = Number.NEGATIVE_INFINITY;
  return {
    redraw() {
      if (timer !== undefined) return;
      timer = setTimeout(
        () => {
          timer = undefined;
          last = performance.now();
          const { documentElement } = new DOMParser().parseFromString(draw(), 'image/svg+xml');
          figure.replaceChildren(document.importNode(documentElement, true));
        },
        Math.max(0, last + REDRAW_EVERY - performance.now()),
      );
    },
  };
}

export interface LossCurves {
  readonly root: HTMLElement;
  /** Begins again with these rows of step, discriminator loss, generator loss and penalty. */
  reset(rows: Float32Array): void;
  add(rows: Float32Array): void;
}

export function lossCurves(): LossCurves {
  const figure = element('div', { class: 'chart' });
  const columns: number[][] = Array.from({ length: COLUMNS }, () => []);
  const series = (name: string, column: number): Series => {
    return { name, x: columns[0]!, y: columns[column]!, band: true };
  };
  const { redraw } = curve(figure, () =>
    lineChart({
      title: 'Losses',
      xLabel: 'step',
      yLabel: 'loss',
      series: [series('discriminator', 1), series('generator', 2)],
      width: 440,
      height: 230,
    }),
  );
  const add = (rows: Float32Array): void => {
    for (let i = 0; i < rows.length; i++) columns[i % COLUMNS]!.push(rows[i]!);
    redraw();
  };
  return {
    root: card('Losses', figure),
    add,
    reset(rows) {
      for (const column of columns) column.length = 0;
      add(rows);
    },
  };
}

export interface DistanceCurve {
  readonly root: HTMLElement;
  /** Below the chart: how it is measured, or why it is not. */
  readonly note: HTMLElement;
  reset(distances: readonly number[]): void;
  add(epoch: number, distance: number): void;
  /** The distance of real images, a dashed line. */
  setReal(distance: number): void;
}

export function distanceCurve(): DistanceCurve {
  const figure = element('div', { class: 'chart' });
  const note = element('p', { class: 'hint' });
  const [epochs, values]: [number[], number[]] = [[], []];
  let real: number | undefined;
  const { redraw } = curve(figure, () =>
    lineChart({
      title: 'Frechet distance',
      xLabel: 'epoch',
      yLabel: 'distance to real digits, lower is better',
      yScale: 'logarithmic',
      series: [{ name: 'generated', x: epochs, y: values }],
      references: real === undefined ? [] : [{ name: 'real digits', y: real }],
      width: 440,
      height: 210,
    }),
  );
  const root = card('Frechet distance', figure, note);
  return {
    root,
    note,
    reset(distances) {
      epochs.length = 0;
      values.length = 0;
      for (let i = 0; i + 1 < distances.length; i += 2) {
        epochs.push(distances[i]!);
        values.push(distances[i + 1]!);
      }
      figure.hidden = values.length === 0;
      redraw();
    },
    add(epoch, distance) {
      epochs.push(epoch);
      values.push(distance);
      figure.hidden = false;
      redraw();
    },
    setReal(distance) {
      real = distance;
      redraw();
    },
  };
}
