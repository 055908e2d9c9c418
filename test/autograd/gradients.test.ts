import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/autograd/gradients.ts';
import { stopGradient, withoutRecording } from '../../src/autograd/record.ts';
import { scope } from '../../src/autograd/scope.ts';
import { type Tensor, tensor, type Variable, variable } from '../../src/autograd/tensor.ts';
import { RuntimeError } from '../../src/core/errors.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { add, mul, neg, sub } from '../../src/ops/arithmetic.ts';
import { batchMoments, batchNormTraining } from '../../src/ops/batch-normalization.ts';
import { matmul } from '../../src/ops/matmul.ts';
import { mean, sum } from '../../src/ops/reduce.ts';
import { reshape } from '../../src/ops/reshape.ts';
import { concat } from '../../src/ops/shape-ops.ts';
import { exp, square, tanh } from '../../src/ops/unary.ts';
import { countKernels } from '../support/spy.ts';
import { thrownBy } from '../support/thrown.ts';

const values = (tensors: readonly Tensor[]): number[][] => tensors.map((one) => Array.from(one.data));

describe('the graph', () => {
  it('gives the gradients in the order asked for', () => {
    const a = variable(tensor([1, 2]));
    const b = variable(tensor([3, 4]));
    const loss = sum(mul(a, b));
    expect(values(gradients(loss, [a, b]))).toEqual([
      [3, 4],
      [1, 2],
    ]);
    expect(values(gradients(loss, [b, a]))).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  it('adds the gradients of several paths: a diamond', () => {
    const x = variable(tensor([3]));
    const middle = square(x); // 9, slope 6
    const left = mul(middle, 2);
    const right = mul(middle, middle);
    // d/dx (2 x^2 + x^4 + x) = 4 x + 4 x^3 + 1
    expect(values(gradients(add(add(left, right), x), [x]))).toEqual([[12 + 108 + 1]]);
  });

  it('counts a tensor that is both operands twice', () => {
    const x = variable(tensor([3, -2]));
    expect(values(gradients(sum(mul(x, x)), [x]))).toEqual([[6, -4]]);
    expect(values(gradients(sum(add(x, x)), [x]))).toEqual([[2, 2]]);
    expect(values(gradients(sum(sub(x, x)), [x]))).toEqual([[0, 0]]);
    expect(values(gradients(sum(concat([x, x, x])), [x]))).toEqual([[3, 3]]);
    const m = variable(
      tensor([
        [1, 2],
        [3, 4],
      ]),
    );
    // d sum(M M) / dM = 1 M^T + M^T 1
    expect(values(gradients(sum(matmul(m, m)), [m]))).toEqual([[3 + 4, 7 + 4, 3 + 6, 7 + 6]]);
  });

  it('a lattice of 40 diamonds has 2^40 paths and takes no longer than its 80 edges', () => {
    const x = variable(tensor([1]));
    let y: Tensor = x;
    for (let i = 0; i < 40; i++) y = add(y, y);
    expect(values(gradients(y, [x]))).toEqual([[2 ** 40]]);
  });

  it('handles a chain of 100,000 operations, deeper than the call stack', () => {
    const x = variable(tensor([0.5]));
    const dx = scope(() => {
      let y: Tensor = x;
      for (let i = 0; i < 100_000; i++) y = neg(y);
      return gradients(y, [x])[0]!;
    });
    expect(dx.item()).toBe(1);
  });

  it('the loss itself may be the variable', () => {
    const x = variable(tensor([[7]]));
    expect(values(gradients(x, [x]))).toEqual([[1]]);
  });

  it('a loss of shape [1, 1] gives the same gradients as a scalar', () => {
    const x = variable(tensor([[1, 2]]));
    expect(values(gradients(sum(x, { keepDims: true }), [x]))).toEqual([[1, 1]]);
  });

  it('an empty list of variables gives an empty list', () => {
    expect(gradients(sum(variable(tensor([1]))), [])).toEqual([]);
  });
});

describe('several calls on one pass', () => {
  it('each gives its own result, the same when asked again', () => {
    const w = variable(tensor([2]));
    const u = variable(tensor([3]));
    const hidden = mul(w, u);
    const [one, two] = [square(hidden), neg(hidden)];
    const first = values(gradients(one, [w]));
    expect(values(gradients(two, [u]))).toEqual([[-2]]);
    expect(values(gradients(one, [w]))).toEqual(first);
    expect(first).toEqual([[2 * 6 * 3]]);
    expect(values(gradients(one, [u, w]))).toEqual([[24], [36]]);
  });

  it('batch normalisation does not mix up the sums of two losses', () => {
    const x = variable(
      tensor([
        [1, 2],
        [3, 5],
        [-1, 0],
      ]),
    );
    const gamma = variable(tensor([1, 2]));
    const beta = variable(tensor([0, 1]));
    const y = batchNormTraining(x, batchMoments(x), { gamma, beta });
    const [one, two] = [sum(square(y)), sum(y)];
    const alone = values(gradients(two, [gamma, beta]));
    const before = values(gradients(one, [beta, x, gamma]));
    expect(values(gradients(two, [gamma, beta]))).toEqual(alone);
    expect(values(gradients(one, [beta, x, gamma]))).toEqual(before);
    expect(alone[1]).toEqual([3, 3]);
  });

  it('results never share memory, with each other or with later ones', () => {
    const a = variable(tensor([1, 2]));
    const b = variable(tensor([3, 4]));
    const loss = sum(add(a, b)); // one dy goes to both
    const all = [...gradients(loss, [a, b, a]), ...gradients(loss, [a])];
    expect(new Set(all.map((one) => one.address)).size).toBe(all.length);
    all[0]!.data.fill(9);
    expect(values(all.slice(1))).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    all[0]!.dispose();
    expect(values(gradients(loss, [b]))).toEqual([[1, 1]]);
  });

  it('a disposed gradient of batch normalisation is not needed again', () => {
    const x = variable(tensor([[1], [2]]));
    const gamma = variable(tensor([1]));
    const beta = variable(tensor([0]));
    const loss = sum(square(batchNormTraining(x, batchMoments(x), { gamma, beta })));
    const first = gradients(loss, [gamma, beta]);
    const kept = values(first);
    for (const one of first) one.dispose();
    expect(values(gradients(loss, [gamma, beta]))).toEqual(kept);
  });
});

describe('only requested gradients are computed', () => {
  const layer = (x: Tensor, w: Variable): Tensor => tanh(matmul(x, w));
  const x = tensor([
    [1, 2],
    [3, 4],
  ]);
  const w1 = variable(
    tensor([
      [0.1, 0.2],
      [0.3, 0.4],
    ]),
  );
  const w2 = variable(
    tensor([
      [0.5, 0.6],
      [0.7, 0.8],
    ]),
  );
  const loss = mean(layer(layer(x, w1), w2));

  it('the last layer alone: one product, one tanh', () => {
    const { counts } = countKernels(() => gradients(loss, [w2]));
    expect(counts.gemm).toBe(1);
    expect(counts.tanhBackward).toBe(1);
  });

  it('the first layer alone: back through the second (1), its own weight (1), but not the second weight', () => {
    const { counts } = countKernels(() => gradients(loss, [w1]));
    expect(counts.gemm).toBe(2);
    expect(counts.tanhBackward).toBe(2);
  });

  it('both layers: three products, no gradient of the constant input', () => {
    const { counts } = countKernels(() => gradients(loss, [w1, w2]));
    expect(counts.gemm).toBe(3);
    expect(counts.tanhBackward).toBe(2);
  });

  it('batch normalisation sums once for x, gamma and beta together', () => {
    const input = variable(tensor([[1], [2]]));
    const [gamma, beta] = [variable(tensor([1])), variable(tensor([0]))];
    const y = sum(square(batchNormTraining(input, batchMoments(input), { gamma, beta })));
    const { counts } = countKernels(() => gradients(y, [input, gamma, beta]));
    expect(counts.batchNormalizeSums).toBe(1);
    expect(counts.batchNormalizeBackward).toBe(1);
    expect(countKernels(() => gradients(y, [gamma])).counts.batchNormalizeBackward).toBeUndefined();
  });

  it('a branch without a requested variable is not visited', () => {
    const [a, b] = [variable(tensor([1])), variable(tensor([2]))];
    const y = add(exp(a), square(b));
    expect(countKernels(() => gradients(y, [a])).counts).toEqual({ fill: 1, mul: 1 });
  });

  it('operations on plain tensors leave no nodes', () => {
    expect(add(tensor([1]), 2).node).toBeUndefined();
    expect(add(variable(tensor([1])), 2).node).toBeDefined();
  });
});

describe('memory', () => {
  it('frees a gradient as soon as it is not needed: one block for each variable stays', () => {
    scope(() => {
      const x = variable(tensor([0.5, 0.25]));
      const w = variable(tensor([2, 3]));
      let y: Tensor = x;
      // Passed on unchanged, shared, summed, reshaped: every way in which a block can hold several gradients.
      for (let i = 0; i < 8; i++) y = reshape(add(mul(y, w), add(y, y)), [2]);
      const loss = sum(y);
      const before = heap().usage().blocks;
      const [dx, dw] = gradients(loss, [x, w]);
      // Each turn computes y (w + 2) from y, so y = x (w + 2)^8, dx = (w + 2)^8 and dw = 8 x (w + 2)^7: exact in
      // float32.
      expect(values([dx!, dw!])).toEqual([
        [4 ** 8, 5 ** 8],
        [8 * 0.5 * 4 ** 7, 8 * 0.25 * 5 ** 7],
      ]);
      expect(heap().usage().blocks - before).toBe(2);
      x.dispose();
      w.dispose();
    });
  });
});

describe('stopGradient and withoutRecording', () => {
  it('stopGradient has the value and passes nothing back', () => {
    const x = variable(tensor([3]));
    const y = mul(stopGradient(x), x);
    expect(y.item()).toBe(9);
    expect(values(gradients(y, [x]))).toEqual([[3]]);
    expect(stopGradient(x).address).toBe(x.address);
  });

  it('withoutRecording leaves no nodes, nests, and ends with a throw', () => {
    const x = variable(tensor([3]));
    const inside = withoutRecording(() => {
      withoutRecording(() => square(x));
      return square(x);
    });
    expect(inside.node).toBeUndefined();
    expect(() =>
      withoutRecording(() => {
        throw new RangeError('inside');
      }),
    ).toThrow('inside');
    expect(square(x).node).toBeDefined();
  });
});

describe('what is refused', () => {
  it('a variable changed since the pass, by name and operation', () => {
    const w = variable(tensor([2]), 'kernel');
    const x = variable(tensor([3]));
    const loss = mul(w, x);
    w.assign([5]);
    const error = thrownBy(RuntimeError, () => gradients(loss, [x]));
    expect(error.message).toBe(
      'gradients: the variable "kernel" was changed after mul had used it. ' +
        'Take all gradients of a pass before applying any.',
    );
    expect(() => gradients(loss, [w])).toThrow(RuntimeError);
    expect(values(gradients(mul(w, x), [x]))).toEqual([[5]]);
  });

  it('a changed variable also where a reshape, stopGradient or the tensor it was made of was used', () => {
    const x = variable(tensor([3]));
    const uses: readonly ((w: Variable, source: Tensor) => Tensor)[] = [
      (w) => reshape(w, [1, 1]),
      (w) => stopGradient(w),
      (_, source) => source,
    ];
    for (const use of uses) {
      const source = tensor([2]);
      const w = variable(source);
      const loss = mul(use(w, source), x);
      w.assign([5]);
      expect(() => gradients(loss, [x]), use.toString()).toThrow(RuntimeError);
    }
  });

  it('a result that was made a variable and changed', () => {
    const x = variable(tensor([1]));
    const y = exp(x);
    variable(y).assign([0]);
    expect(() => gradients(y, [x])).toThrow(/^gradients: the result of exp was made a variable and changed/);
  });

  it('a derivative of a gradient that was not recorded, wherever the gradient went', () => {
    const x = variable(tensor([1, 2]));
    const w = variable(tensor([3, 4]));
    const dx = gradients(sum(mul(square(x), w)), [x])[0]!;
    expect(() => gradients(sum(square(dx)), [x])).toThrow(RuntimeError);
    // The gradient depends on w too, although it was not requested.
    expect(() => gradients(sum(dx), [w])).toThrow(/computed without \{ record: true \}/);
    expect(() => gradients(sum(reshape(dx, [2, 1])), [x])).toThrow(RuntimeError);
    // It may be used as a constant.
    expect(values(gradients(sum(mul(stopGradient(dx), x)), [x]))).toEqual([[6, 16]]);
  });

  it('a freed tensor between loss and variable, naming the scope that freed it', () => {
    const x = variable(tensor([2]));
    const loss = scope(() => mul(square(x), x), 'forward');
    expect(thrownBy(RuntimeError, () => gradients(loss, [x])).message).toMatch(/it was freed by scope "forward" #\d+/);
  });
});
