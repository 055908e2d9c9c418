/**
 * Second and third derivatives of random graphs of 5 to 15 steps, in float64, against PyTorch's create_graph
 * (test/fixtures/second_derivatives.py, which has the formulas of the ops). Both compute in float64, in another order:
 * their results may differ by some 1e-14 of the largest terms, so 1e-9 of the largest gradient leaves room for terms
 * that cancel, and a wrong formula differs in its first digits.
 */
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src/autograd/gradients.ts';
import { scope } from '../../src/autograd/scope.ts';
import { type Tensor, variable } from '../../src/autograd/tensor.ts';
import { withRuntime } from '../../src/kernels/runtime.ts';
import { add, div, mul, neg, sub } from '../../src/ops/arithmetic.ts';
import { batchMoments, batchNormTraining } from '../../src/ops/batch-normalization.ts';
import { conv2d } from '../../src/ops/convolution.ts';
import { binaryCrossentropy } from '../../src/ops/losses.ts';
import { matmul } from '../../src/ops/matmul.ts';
import { maxPooling2d } from '../../src/ops/max-pooling.ts';
import { mean, sum } from '../../src/ops/reduce.ts';
import { reshape } from '../../src/ops/reshape.ts';
import { concat, slice, transpose } from '../../src/ops/shape-ops.ts';
import { softmax } from '../../src/ops/softmax.ts';
import { abs, exp, leakyRelu, log, relu, sigmoid, softplus, sqrt, square, tanh } from '../../src/ops/unary.ts';
import { readSecondDerivatives, unhashed } from '../support/fixtures.ts';
import { valuesOf } from '../support/float64.ts';
import { float64Runtime, toTensor } from '../support/gradient-check.ts';
import { nd, ndRandom } from '../support/nd.ts';

const { inputs, weights, graphs } = readSecondDerivatives();

type Inputs = Readonly<Record<string, Tensor>>;
type Step = (operands: readonly [Tensor, Tensor, Tensor], given: Inputs) => Tensor;

const asPicture = (a: Tensor): Tensor => reshape(a, [1, 3, 4, 1]);
const asMatrix = (a: Tensor): Tensor => reshape(a, [3, 4]);

const OPS: Readonly<Record<string, Step>> = {
  neg: ([a]) => neg(a),
  square: ([a]) => square(a),
  tanh: ([a]) => tanh(a),
  sigmoid: ([a]) => sigmoid(a),
  softplus: ([a]) => softplus(a),
  exp: ([a]) => exp(tanh(a)),
  log: ([a]) => log(add(square(a), 1)),
  sqrt: ([a]) => sqrt(add(square(a), 1)),
  abs: ([a]) => abs(a),
  relu: ([a]) => relu(a),
  leakyRelu: ([a]) => leakyRelu(a),
  softmax: ([a]) => softmax(a),
  centred: ([a]) => sub(a, mean(a, 1, true)),
  transpose: ([a]) => asMatrix(transpose(a)),
  batchNorm: ([a], { gamma, beta }) =>
    batchNormTraining(a, batchMoments(a), { gamma: gamma!, beta: beta!, negativeSlope: 0.3 }),
  conv2d: ([a], { kernel }) => asMatrix(conv2d(asPicture(a), kernel!, { padding: 'same' })),
  maxPooling2d: ([a]) => asMatrix(maxPooling2d(asPicture(a), { poolSize: 2, strides: 1, padding: 'same' })),
  add: ([a, b]) => add(a, b),
  sub: ([a, b]) => sub(a, b),
  mul: ([a, b]) => mul(a, b),
  div: ([a, b]) => div(a, add(square(b), 1)),
  scaled: ([a, b]) => mul(a, sum(b, 0)),
  halves: ([a, b]) => concat([slice(a, [0, 2], [3, 2]), slice(b, [0, 0], [3, 2])], 1),
  crossEntropy: ([a, b]) => mul(a, binaryCrossentropy(sigmoid(b), a, { fromLogits: true })),
  matmul: ([a, b, c]) => matmul(matmul(a, b, { transposeB: true }), c),
};

const weighted = (x: Tensor, salt: number): Tensor => sum(mul(x, toTensor(ndRandom(x.shape, salt))));

describe('gradients of gradients of random graphs, against PyTorch', () => {
  it.each(graphs.map((graph, i) => [i, graph.order, graph.steps.length, graph] as const))(
    'graph %i: order %i, %i steps',
    (_, __, ___, { steps, order, loss, gradients: expected }) => {
      const result = withRuntime(float64Runtime(), () =>
        scope(() => {
          const given = Object.fromEntries(
            Object.entries(inputs).map(([name, hashed]) => {
              const { shape, values } = unhashed(hashed);
              return [name, variable(toTensor(nd(shape, values)), name)];
            }),
          );
          const variables = Object.values(given);
          const { x, y } = given;
          const values: Tensor[] = [x!, y!];
          for (const [name, ...operands] of steps) {
            const [a, b = a, c = a] = operands.map((i) => values[i]!);
            values.push(OPS[name]!([a!, b!, c!], given));
          }
          const first = weighted(values[values.length - 1]!, weights);
          let current = first;
          let all: Tensor[] = [];
          for (let k = 1; k <= order; k++) {
            // The last gradients are ordinary ones.
            all = gradients(current, variables, { record: k < order, unconnected: 'zeros' });
            if (k < order) current = all.map((one, i) => weighted(one, weights + 10 * k + i + 1)).reduce(add);
          }
          const got = { loss: first.item(), gradients: all.map(valuesOf) };
          for (const one of variables) one.dispose();
          return got;
        }),
      );
      const largest = Math.max(...Object.values(expected).flat().map(Math.abs));
      expect(Math.abs(result.loss - loss)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(loss)));
      Object.keys(inputs).forEach((name, i) => {
        expected[name]!.forEach((value, element) => {
          const error = Math.abs(result.gradients[i]![element]! - value);
          expect(error, `${name}[${element}] is ${value}`).toBeLessThanOrEqual(1e-9 * largest);
        });
      });
    },
  );
});
