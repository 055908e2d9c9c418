/**
 * Normalisation of groups. x is [images, rows, groups width]; a group is all rows of `width` neighbouring columns of
 * one image. Layer normalisation has one row and one group, instance normalisation a width of 1.
 *
 * Sums over a group go row by row, each row in vectors of four columns: lane l adds columns l, l + 4, ...; the sum is
 * (lane0 + lane1) + (lane2 + lane3). The vectors of all rows are the terms of the chains (summation.ts).
 */
import { type Expr, type FunctionBuilder, f32, f32x4, i32, type Local, v128 } from '../../wasm/index.ts';
import { type KernelOf, kernel, type NamesOf } from '../kernel.ts';
import type { Arithmetic } from '../sets.ts';
import { advance, keepLanes, mapVectors, type Pointer, repeat, sumLanes, type Vector } from '../simd/vectors.ts';
import type { Split } from '../split.ts';
import { CHAIN, chainedSums, createSums } from '../summation.ts';

const NORMALIZE =
  'y, mean, inverse, x, gamma, beta: address; epsilon: f32; firstGroup, count, groups, rows, width: i32';

/**
 * mean = (sum x) / n; variance = (sum (x - mean)^2) / n; inverse = 1 / sqrt(variance + epsilon), for the `count` groups
 * from firstGroup on, counted through all images; y = ((x - mean) inverse) gamma + beta. All addresses are those of
 * image 0.
 */
export const normalizeGroups: KernelOf<typeof NORMALIZE> = /*#__PURE__*/ kernel('normalizeGroups', NORMALIZE, {
  rare: true,
  portable: (heap, arithmetic) => {
    const { round } = arithmetic;
    const sum = groupSums(arithmetic);
    return (y, mean, inverse, x, gamma, beta, epsilon, firstGroup, count, groups, rows, width) => {
      const f = heap.floats;
      const size = round(rows * width);
      const stride = groups * width;
      for (let g = firstGroup; g < firstGroup + count; g++) {
        const column = (g % groups) * width;
        const start = Math.floor(g / groups) * rows * stride + column;
        const m = round(sum(rows, width, (r, c) => f[x + start + r * stride + c]!) / size);
        const squares = sum(rows, width, (r, c) => {
          const deviation = round(f[x + start + r * stride + c]! - m);
          return round(deviation * deviation);
        });
        const s = round(1 / round(Math.sqrt(round(round(squares / size) + round(epsilon)))));
        f[mean + g] = m;
        f[inverse + g] = s;
        for (let i = start; i < start + rows * stride; i += stride) {
          for (let c = 0; c < width; c++) {
            const xhat = round(round(f[x + i + c]! - m) * s);
            f[y + i + c] = round(xhat * f[gamma + column + c]!) + f[beta + column + c]!;
          }
        }
      }
    };
  },
  simd: (f, { y, mean, inverse, x, gamma, beta, epsilon, ...shape }) =>
    forGroups(f, shape, ({ offset, column, place, sums, forRows, size }) => {
      const average = (terms: (value: Vector) => Expr<'v128'>): Expr<'f32'> => {
        const [total] = sums(1, [x], ([value]) => [terms(value!)]);
        return f32.div(total!, size);
      };
      const m = f.let(
        average((value) => value),
        'mean',
      );
      const means = f.let(f32x4.splat(m));
      const variance = average((value) => {
        const deviation = f.let(f32x4.sub(value, means));
        return f32x4.mul(deviation, deviation);
      });
      const variances = f32x4.splat(f32.add(variance, epsilon));
      const inverses = f.let(f32x4.div(f32x4.const(1), f32x4.sqrt(variances)), 'inverses');
      f.emit(f32.store(i32.add(mean, place), m), v128.store32_lane(i32.add(inverse, place), inverses, 0));
      forRows((row) => {
        const [o, i] = [y, x].map((matrix) => f.let(i32.add(i32.add(matrix, offset), row)));
        const [scale, shift] = [gamma, beta].map((vector) => f.let(i32.add(vector, column)));
        mapVectors(f, o!, [i!, scale!, shift!], shape.width, (value, g, b) =>
          f32x4.add(f32x4.mul(f32x4.mul(f32x4.sub(value!, means), inverses), g!), b!),
        );
      });
    }),
  sample: { firstGroup: 1, count: 5, groups: 3, rows: [1, 3], width: [1, 7] },
  split: splitGroups(2),
});

const BACKWARD = 'dx, scaled, dy, x, mean, inverse, gamma: address; firstGroup, count, groups, rows, width: i32';

/**
 * With xhat = (x - mean) inverse and g = dy gamma: dx = inverse ((g - (sum g) / n) - xhat ((sum g xhat) / n)), and
 * scaled = dy xhat, whose sum down the rows is dgamma.
 */
export const normalizeGroupsBackward: KernelOf<typeof BACKWARD> = /*#__PURE__*/ kernel(
  'normalizeGroupsBackward',
  BACKWARD,
  {
    rare: true,
    portable: (heap, arithmetic) => {
      const { round } = arithmetic;
      const sum = groupSums(arithmetic);
      return (dx, scaled, dy, x, mean, inverse, gamma, firstGroup, count, groups, rows, width) => {
        const f = heap.floats;
        const size = round(rows * width);
        const stride = groups * width;
        for (let g = firstGroup; g < firstGroup + count; g++) {
          const column = (g % groups) * width;
          const start = Math.floor(g / groups) * rows * stride + column;
          const [m, s] = [f[mean + g]!, f[inverse + g]!];
          const xhatAt = (i: number): number => round(round(f[x + i]! - m) * s);
          const gradientAt = (i: number, c: number): number => round(f[dy + i]! * f[gamma + column + c]!);
          const placeOf = (r: number, c: number): number => start + r * stride + c;
          const one = sum(rows, width, (r, c) => gradientAt(placeOf(r, c), c));
          const two = sum(rows, width, (r, c) => round(gradientAt(placeOf(r, c), c) * xhatAt(placeOf(r, c))));
          const [shift, share] = [round(one / size), round(two / size)];
          for (let r = 0; r < rows; r++) {
            for (let c = 0; c < width; c++) {
              const i = placeOf(r, c);
              const xhat = xhatAt(i);
              f[scaled + i] = f[dy + i]! * xhat;
              f[dx + i] = s * round(round(gradientAt(i, c) - shift) - round(xhat * share));
            }
          }
        }
      };
    },
    simd: (f, { dx, scaled, dy, x, mean, inverse, gamma, ...shape }) =>
      forGroups(f, shape, ({ offset, column, place, sums, forRows, size }) => {
        const splat = (value: Expr<'f32'>): Vector => f.let(f32x4.splat(value));
        const means = f.let(v128.load32_splat(i32.add(mean, place)));
        const inverses = f.let(v128.load32_splat(i32.add(inverse, place)));
        const xhatOf = (value: Vector): Vector => f.let(f32x4.mul(f32x4.sub(value, means), inverses));
        const [one, two] = sums(2, [x, dy], ([value, gradient], columns) => {
          const g = f.let(f32x4.mul(gradient!, v128.load(i32.add(i32.add(gamma, column), columns))));
          return [g, f32x4.mul(g, xhatOf(value!))];
        });
        const [shift, share] = [splat(f32.div(one!, size)), splat(f32.div(two!, size))];
        forRows((row) => {
          const at = (matrix: Pointer): Pointer => f.let(i32.add(i32.add(matrix, offset), row));
          mapVectors(f, at(scaled), [at(dy), at(x)], shape.width, (gradient, value) =>
            f32x4.mul(gradient!, xhatOf(value!)),
          );
          const scale = f.let(i32.add(gamma, column));
          mapVectors(f, at(dx), [at(dy), at(x), scale], shape.width, (gradient, value, factor) => {
            const centred = f32x4.sub(f32x4.mul(gradient!, factor!), shift);
            return f32x4.mul(inverses, f32x4.sub(centred, f32x4.mul(xhatOf(value!), share)));
          });
        });
      }),
    sample: { firstGroup: 1, count: 5, groups: 3, rows: [1, 3], width: [1, 7] },
    split: splitGroups(4),
  },
);

/** The portable sum of a group. */
function groupSums(arithmetic: Arithmetic) {
  const { round } = arithmetic;
  const { chained } = createSums(arithmetic);
  return (rows: number, width: number, at: (r: number, c: number) => number): number => {
    const vectors = Math.ceil(width / 4);
    const lane = (l: number): number =>
      chained(rows * vectors, (term) => {
        const r = Math.floor(term / vectors);
        const c = 4 * (term - r * vectors) + l;
        return c < width ? at(r, c) : 0;
      });
    return round(round(lane(0) + lane(1)) + round(lane(2) + lane(3)));
  };
}

type Shape = Readonly<Record<'firstGroup' | 'count' | 'groups' | 'rows' | 'width', Local<'i32'>>>;

interface Group {
  /** Bytes from the start of a matrix to the group's first element, from gamma to its first column, to its mean. */
  readonly offset: Local<'i32'>;
  readonly column: Local<'i32'>;
  readonly place: Local<'i32'>;
  /** Number of elements. */
  readonly size: Local<'f32'>;
  /**
   * Sums over the group. `terms` emits the terms of four columns from the elements of the matrices there; `columns` is
   * how far they are from the group's first column, in bytes.
   */
  sums(
    count: number,
    matrices: readonly Pointer[],
    terms: (elements: readonly Vector[], columns: Local<'i32'>) => readonly Expr<'v128'>[],
  ): readonly Local<'f32'>[];
  /** Runs `body` for each row, with its distance from the first row in bytes. */
  forRows(body: (row: Local<'i32'>) => void): void;
}

function forGroups(f: FunctionBuilder, shape: Shape, body: (group: Group) => void): void {
  const { firstGroup, count, groups, rows, width } = shape;
  const widthBytes = f.let(i32.shl(width, 2), 'widthBytes');
  const stride = f.let(i32.mul(groups, widthBytes), 'stride');
  const rest = f.let(i32.and(width, 3), 'rest');
  const vectors = f.let(i32.shr_u(i32.add(width, 3), 2), 'vectors');
  const terms = f.let(i32.mul(rows, vectors), 'terms');
  const size = f.let(f32.convert_i32_s(i32.mul(rows, width)), 'size');
  const group = f.let(firstGroup, 'group');
  repeat(f, count, () => {
    const image = f.let(i32.div_u(group, groups));
    const column = f.let(i32.mul(i32.sub(group, i32.mul(image, groups)), widthBytes), 'column');
    const offset = f.let(i32.add(i32.mul(image, i32.mul(rows, stride)), column), 'offset');
    const place = f.let(i32.shl(group, 2), 'place');
    body({
      offset,
      column,
      place,
      size,
      sums(number, matrices, termsOf) {
        const row = f.let(i32.const(0), 'row');
        const columns = f.let(i32.const(0), 'columns');
        const left = f.let(vectors, 'vectorsLeft');
        const add = (chain: readonly Vector[], keep: (value: Expr<'v128'>) => Expr<'v128'>): void => {
          const at = f.let(i32.add(i32.add(offset, row), columns));
          const elements = matrices.map((matrix) => f.let(v128.load(i32.add(matrix, at))));
          for (const [k, term] of termsOf(elements, columns).entries())
            f.set(chain[k]!, f32x4.add(chain[k]!, keep(term)));
        };
        // A run of vectors within one row, then perhaps the next row.
        const addTerms = (chain: readonly Vector[], length: Local<'i32'>): void => {
          const open = f.let(length, 'open');
          f.while(open, () => {
            const whole = f.let(i32.sub(left, i32.ne(rest, 0)));
            f.if(i32.gt_u(whole, open), () => f.set(whole, open));
            f.set(open, i32.sub(open, whole));
            f.set(left, i32.sub(left, whole));
            const end = f.let(i32.add(columns, i32.shl(whole, 4)));
            f.for(columns, end, 16, () => add(chain, (value) => value));
            f.if(i32.and(i32.eq(left, i32.ne(rest, 0)), i32.or(i32.eqz(rest), i32.ne(open, 0))), () => {
              f.if(rest, () => {
                add(chain, (value) => keepLanes(value, rest));
                f.set(open, i32.sub(open, 1));
              });
              advance(f, stride, row);
              f.set(columns, i32.const(0));
              f.set(left, vectors);
            });
          });
        };
        const totals = Array.from({ length: number }, () => f.local('f32', 'total'));
        const write = (lanes: readonly Vector[]): void => {
          for (const [k, total] of totals.entries()) f.set(total, sumLanes(lanes[k]!));
        };
        f.if(
          i32.le_u(terms, CHAIN),
          // Few terms are a single chain: managing several chains would take longer than the sum.
          () => {
            const chain = totals.map(() => f.let(f32x4.const(0)));
            addTerms(chain, terms);
            write(chain);
          },
          () => write(chainedSums(f, terms, number, addTerms)),
        );
        return totals;
      },
      forRows(visit) {
        const row = f.let(i32.const(0), 'row');
        repeat(f, rows, () => {
          visit(row);
          advance(f, stride, row);
        });
      },
    });
    advance(f, 1, group);
  });
}

/** Threads share the groups. `cost` is that of one element. */
function splitGroups(cost: number): Split<NamesOf<typeof NORMALIZE> & NamesOf<typeof BACKWARD>> {
  return (at) => ({
    length: (args) => args[at.count]!,
    grain: 1,
    cost: (args) => 3 * cost * args[at.rows]! * args[at.width]!,
    part(out, args, begin, end) {
      out[at.firstGroup] = args[at.firstGroup]! + begin;
      out[at.count] = end - begin;
    },
  });
}
