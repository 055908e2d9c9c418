/**
 * Points that the user draws: a pen that leaves points along its way, an eraser, and the drawing as text for the URL,
 * where each coordinate is a byte.
 */
import { LIMIT } from './view.ts';

/** So many stay; the oldest go first. The text of all of them has 2,668 characters. */
export const MOST_POINTS = 1000;

/** Standard deviation of the points around the tip of the pen. */
const SPREAD = 0.025;
/** Way of the pen from point to point. */
const SPACING = 0.016;
/** Points of a dot, that is a click or a key. */
const DOT = 16;
/** Points so close to the eraser vanish. */
export const ERASER = 0.09;

export interface Drawing {
  /** x and y of each point in turn. */
  readonly points: Float32Array<ArrayBuffer>;
  replace(points: Float32Array): void;
  /** Some points around a place. */
  dot(x: number, y: number): void;
  /** Points along a straight way. */
  stroke(fromX: number, fromY: number, toX: number, toY: number): void;
  erase(x: number, y: number): void;
}

/** @param uniform - random numbers in [0, 1). What a hand draws need not be repeatable. */
export function createDrawing(uniform: () => number = Math.random): Drawing {
  let values: number[] = [];
  /** Way since the last point. */
  let way = 0;
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const within = (value: number): number => Math.min(LIMIT, Math.max(-LIMIT, value));
  const leave = (x: number, y: number): void => {
    values.push(within(x + SPREAD * normal()), within(y + SPREAD * normal()));
    if (values.length > 2 * MOST_POINTS) values = values.slice(-2 * MOST_POINTS);
  };
  return {
    get points() {
      return Float32Array.from(values);
    },
    replace(points) {
      values = [...points.subarray(Math.max(0, points.length - 2 * MOST_POINTS))];
    },
    dot(x, y) {
      for (let i = 0; i < DOT; i++) leave(x, y);
    },
    stroke(fromX, fromY, toX, toY) {
      const length = Math.hypot(toX - fromX, toY - fromY);
      for (way += length; way >= SPACING; way -= SPACING) {
        // The share of this way at which the point is due.
        const share = 1 - Math.min(1, (way - SPACING) / length);
        leave(fromX + share * (toX - fromX), fromY + share * (toY - fromY));
      }
    },
    erase(x, y) {
      values = values.filter((_, i) => {
        const first = i - (i % 2);
        return Math.hypot(values[first]! - x, values[first + 1]! - y) > ERASER;
      });
    },
  };
}

const STEPS = 255 / (2 * LIMIT);

/** The drawing in letters of base64url. */
export function encodeDrawing(points: Float32Array): string {
  const bytes = Array.from(points, (value) => Math.round((value + LIMIT) * STEPS));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
}

/** The points of such text; undefined if it is not what encodeDrawing() writes. */
export function decodeDrawing(text: string): Float32Array | undefined {
  if (!/^[\w-]+$/.test(text) || text.length > Math.ceil((8 * MOST_POINTS) / 3)) return undefined;
  let bytes: string;
  try {
    bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    return undefined;
  }
  if (bytes.length % 2 === 1) return undefined;
  return Float32Array.from(bytes, (letter) => letter.charCodeAt(0) / STEPS - LIMIT);
}
