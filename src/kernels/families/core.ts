/** The core: elementwise kernels, movements, sums, the matrix product and random draws. */
import { A, F, I } from '../arguments.ts';
import type { CoreKernels } from '../contract.ts';
import type { KernelFamily } from '../family.ts';
import { elementwise } from '../portable/elementwise.ts';
import { elementwiseBackward } from '../portable/elementwise-backward.ts';
import { gemm } from '../portable/gemm.ts';
import { movement } from '../portable/movement.ts';
import { random } from '../portable/random.ts';
import { reductions } from '../portable/reductions.ts';
import { elementwise as emitElementwise } from '../simd/elementwise.ts';
import { gemm as emitGemm } from '../simd/gemm.ts';
import { movement as emitMovement } from '../simd/movement.ts';
import { random as emitRandom } from '../simd/random.ts';
import { reductions as emitReductions } from '../simd/reductions.ts';
import { argument, columns, copyArguments, elements, LINE, one, rows, type SplitRule } from '../threads/split.ts';

/** Elementwise with broadcasting: along the rows, or along the columns of a single row. */
const binary: SplitRule = {
  length: (args) => (args[3]! > 1 ? args[3]! : args[4]!),
  grain: LINE,
  cost: (args) => (args[3]! > 1 ? args[4]! : 1),
  part(out, args, begin, end) {
    copyArguments(out, args);
    const manyRows = args[3]! > 1;
    out[0] = args[0]! + begin * (manyRows ? args[4]! : 1);
    out[1] = args[1]! + begin * args[manyRows ? 5 : 6]!;
    out[2] = args[2]! + begin * args[manyRows ? 7 : 8]!;
    out[manyRows ? 3 : 4] = end - begin;
  },
};

/** Random draws: four floats a block of the stream, so the counter moves by a quarter. */
function draws(cost: number): SplitRule {
  const rule = elements(8, [0], cost);
  return {
    ...rule,
    part(out, args, begin, end) {
      rule.part(out, args, begin, end);
      const low = (args[3]! >>> 0) + begin / 4;
      out[3] = low | 0;
      out[4] = (args[4]! + (low > 0xffffffff ? 1 : 0)) | 0;
    },
  };
}

/**
 * GEMM: along the columns of C if it has more of them than rows, so that the smaller operand is the one packed by every thread.
 * A row of C or a column is n k or m k multiply-adds.
 */
const product: SplitRule = {
  length: (args) => Math.max(args[3]!, args[4]!),
  grain: LINE,
  cost: (args) => (Math.min(args[3]!, args[4]!) * args[5]!) / GEMM_RATE,
  part(out, args, begin, end) {
    copyArguments(out, args);
    if (args[4]! >= args[3]!) {
      out[0] = args[0]! + begin;
      out[2] = args[2]! + begin * (args[10] === 1 ? args[8]! : 1);
      out[4] = end - begin;
    } else {
      out[0] = args[0]! + begin * args[6]!;
      out[1] = args[1]! + begin * (args[9] === 1 ? 1 : args[7]!);
      out[3] = end - begin;
    }
  },
};

/** Multiply-adds that take about as long as one element of an elementwise kernel. */
const GEMM_RATE = 8;

export const CORE: KernelFamily<keyof CoreKernels> = {
  arguments: {
    add: [A, A, A, I, I, I, I, I, I],
    sub: [A, A, A, I, I, I, I, I, I],
    mul: [A, A, A, I, I, I, I, I, I],
    div: [A, A, A, I, I, I, I, I, I],
    neg: [A, A, I],
    square: [A, A, I],
    sqrt: [A, A, I],
    exp: [A, A, I],
    log: [A, A, I],
    abs: [A, A, I],
    tanh: [A, A, I],
    sigmoid: [A, A, I],
    relu: [A, A, I],
    leakyRelu: [A, A, F, I],
    clip: [A, A, F, F, I],
    absBackward: [A, A, A, I],
    tanhBackward: [A, A, A, I],
    sigmoidBackward: [A, A, A, I],
    reluBackward: [A, A, A, I],
    leakyReluBackward: [A, A, A, F, I],
    clipBackward: [A, A, A, F, F, I],
    fill: [A, F, I],
    copy: [A, A, I, I, I, I, I],
    sumRows: [A, A, I, I, I],
    sumColumns: [A, A, I, I, I],
    countNonFinite: [A, I],
    gemm: [A, A, A, I, I, I, I, I, I, I, I, I],
    gatherBytes: [A, A, A, F, F, I, I],
    randomUniform: [A, I, I, I, I, I, F, F, I],
    randomNormal: [A, I, I, I, I, I, F, F, I],
    dropout: [A, A, A, F, F, I],
  },
  portable: (heap, arithmetic) => ({
    ...elementwise(heap, arithmetic),
    ...elementwiseBackward(heap, arithmetic),
    ...movement(heap, arithmetic),
    ...reductions(heap, arithmetic),
    ...gemm(heap, arithmetic),
    ...random(heap, arithmetic),
  }),
  simd: (module, { workspace, tileColumns }) => ({
    ...emitElementwise(module),
    ...emitMovement(module),
    ...emitReductions(module),
    gemm: emitGemm(module, workspace, tileColumns),
    ...emitRandom(module),
  }),
  split: {
    add: binary,
    sub: binary,
    mul: binary,
    div: binary,
    neg: elements(2, [0, 1]),
    square: elements(2, [0, 1]),
    sqrt: elements(2, [0, 1]),
    exp: elements(2, [0, 1], 4),
    log: elements(2, [0, 1], 4),
    abs: elements(2, [0, 1]),
    tanh: elements(2, [0, 1], 6),
    sigmoid: elements(2, [0, 1], 6),
    relu: elements(2, [0, 1]),
    leakyRelu: elements(3, [0, 1]),
    clip: elements(4, [0, 1]),
    absBackward: elements(3, [0, 1, 2]),
    tanhBackward: elements(3, [0, 1, 2]),
    sigmoidBackward: elements(3, [0, 1, 2]),
    reluBackward: elements(3, [0, 1, 2]),
    leakyReluBackward: elements(4, [0, 1, 2]),
    clipBackward: elements(5, [0, 1, 2]),
    fill: elements(2, [0]),
    copy: rows(2, 3, { 0: argument(4), 1: argument(5) }),
    sumRows: rows(2, 3, { 0: one, 1: argument(4) }),
    sumColumns: columns(3, 2, [0, 1]),
    countNonFinite: elements(1, [0]),
    gemm: product,
    gatherBytes: rows(5, 6, { 0: argument(6), 2: one }),
    randomUniform: draws(8),
    randomNormal: draws(16),
    dropout: elements(5, [0, 1, 2]),
  },
};
