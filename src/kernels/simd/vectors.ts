/** Building blocks of the SIMD bodies: pointers, loops over four lanes with their tails, lane sums, shuffles. */
import { type Expr, type FunctionBuilder, f32, f32x4, i8x16, i32, i32x4, type Local, v128 } from '../../wasm/index.ts';

export type Vector = Local<'v128'>;
export type Pointer = Local<'i32'>;

/** Converts strides from floats to bytes, as loads and stores need them. Addresses of kernels are already in bytes. */
export function toBytes(f: FunctionBuilder, ...addresses: Pointer[]): void {
  for (const address of addresses) f.set(address, i32.shl(address, 2));
}

export function advance(f: FunctionBuilder, bytes: number | Expr<'i32'>, ...pointers: Pointer[]): void {
  for (const pointer of pointers) f.set(pointer, i32.add(pointer, bytes));
}

/** Runs `body` `count` times. */
export function repeat(f: FunctionBuilder, count: Expr<'i32'>, body: () => void): void {
  const left = f.let(count, 'left');
  f.while(left, () => {
    body();
    advance(f, -1, left);
  });
}

/**
 * out[i] = body(inputs[i]) for i < count, four at a time. The last, partial vector is computed like the others, since
 * the heap lets loads run past the end of a block, but only its valid lanes are stored. So the body is emitted once.
 * Moves all pointers by `count` floats.
 */
export function mapVectors(
  f: FunctionBuilder,
  out: Pointer,
  inputs: readonly Pointer[],
  count: Local<'i32'>,
  body: (...values: Vector[]) => Expr<'v128'>,
): void {
  const end = f.let(i32.add(out, i32.shl(count, 2)), 'end');
  const left = f.local('i32', 'left');
  f.while(i32.lt_u(out, end), () => {
    const value = f.let(body(...inputs.map((input) => f.let(v128.load(input)))));
    f.set(left, i32.sub(end, out));
    f.if(
      i32.ge_u(left, 16),
      () => {
        f.emit(v128.store(out, value));
        advance(f, 16, out, ...inputs);
      },
      () => {
        storeLanes(f, out, value, f.let(i32.shr_u(left, 2)));
        advance(f, left, out, ...inputs);
      },
    );
  });
}

/** Stores the first `lanes` (1 to 3) lanes. */
export function storeLanes(f: FunctionBuilder, out: Pointer, value: Vector, lanes: Local<'i32'>): void {
  f.emit(v128.store32_lane(out, value, 0));
  f.if(i32.gt_u(lanes, 1), () => f.emit(v128.store32_lane(out, value, 1, 4)));
  f.if(i32.gt_u(lanes, 2), () => f.emit(v128.store32_lane(out, value, 2, 8)));
}

/** The value in the first `lanes` lanes, and +0 in the others, which does not change a lane sum. */
export function keepLanes(value: Expr<'v128'>, lanes: Local<'i32'>): Expr<'v128'> {
  return v128.and(value, i32x4.lt_s(i32x4.const(0, 1, 2, 3), i32x4.splat(lanes)));
}

/** (lane0 + lane1) + (lane2 + lane3) */
export function sumLanes(value: Vector): Expr<'f32'> {
  const lane = (i: number): Expr<'f32'> => f32x4.extract_lane(value, i);
  return f32.add(f32.add(lane(0), lane(1)), f32.add(lane(2), lane(3)));
}

/** The sum of four int32 lanes. */
export function sumIntegers(value: Vector): Expr<'i32'> {
  const lane = (i: number): Expr<'i32'> => i32x4.extract_lane(value, i);
  return i32.add(i32.add(lane(0), lane(1)), i32.add(lane(2), lane(3)));
}

/** condition ? a : b in each lane. The lanes of the condition are all ones or all zeros. */
export function choose(condition: Expr<'v128'>, a: Expr<'v128'>, b: Expr<'v128'>): Expr<'v128'> {
  return v128.bitselect(a, b, condition);
}

/** The sign bit of each lane. */
export function signOf(x: Vector): Expr<'v128'> {
  return v128.and(x, i32x4.const(-0x80000000));
}

/** The polynomial with these coefficients, highest power first, by Horner's rule. */
export function horner(coefficients: readonly number[], x: Vector): Expr<'v128'> {
  return coefficients
    .slice(1)
    .reduce((p, coefficient) => f32x4.add(f32x4.mul(p, x), coefficient), f32x4.const(coefficients[0]!));
}

/**
 * Runs `body` over the columns in groups of `widest` vectors, then groups of one, then the remaining 1 to 3 columns,
 * computed as 4. `vectors` is the size of the group, `byteOffset` where it begins. `store` writes a vector to out +
 * byteOffset + 16 index, without the columns that do not exist.
 */
export function forColumnGroups(
  f: FunctionBuilder,
  columns: Local<'i32'>,
  widest: number,
  body: (vectors: number, offset: Pointer, store: (out: Pointer, index: number, value: Vector) => void) => void,
): void {
  const offset = f.let(i32.const(0), 'offset');
  const column = f.let(i32.const(0), 'column');
  const storeWhole = (out: Pointer, index: number, value: Vector): void =>
    f.emit(v128.store(i32.add(out, offset), value, 16 * index));
  for (const vectors of [widest, 1]) {
    const width = 4 * vectors;
    f.while(i32.le_u(i32.add(column, width), columns), () => {
      body(vectors, offset, storeWhole);
      advance(f, width, column);
      advance(f, 4 * width, offset);
    });
  }
  const rest = f.let(i32.sub(columns, column), 'rest');
  f.if(rest, () => body(1, offset, (out, _, value) => storeLanes(f, f.let(i32.add(out, offset)), value, rest)));
}

/** A vector of four lanes, chosen from a (0 to 3) and b (4 to 7). */
export function shuffleWords(a: Expr<'v128'>, b: Expr<'v128'>, lanes: readonly number[]): Expr<'v128'> {
  return i8x16.shuffle(
    a,
    b,
    lanes.flatMap((lane) => [4 * lane, 4 * lane + 1, 4 * lane + 2, 4 * lane + 3]),
  );
}

/** The columns of the 4 x 4 matrix with these rows. */
export function transpose4x4(f: FunctionBuilder, rows: readonly Vector[]): Vector[] {
  const [a, b, c, d] = rows as readonly [Vector, Vector, Vector, Vector];
  const ab01 = f.let(shuffleWords(a, b, [0, 4, 1, 5]));
  const ab23 = f.let(shuffleWords(a, b, [2, 6, 3, 7]));
  const cd01 = f.let(shuffleWords(c, d, [0, 4, 1, 5]));
  const cd23 = f.let(shuffleWords(c, d, [2, 6, 3, 7]));
  return [
    f.let(shuffleWords(ab01, cd01, [0, 1, 4, 5])),
    f.let(shuffleWords(ab01, cd01, [2, 3, 6, 7])),
    f.let(shuffleWords(ab23, cd23, [0, 1, 4, 5])),
    f.let(shuffleWords(ab23, cd23, [2, 3, 6, 7])),
  ];
}
