/** Wrong calls of the operations. */
import { createRandom } from '../../src/autograd/random.ts';
import { tensor } from '../../src/autograd/tensor.ts';
import { ArgumentError as Argument, RuntimeError as Runtime, ShapeError as Shape } from '../../src/core/errors.ts';
import type * as ganvas from '../../src/index.ts';
import { batchMoments } from '../../src/ops/batch-normalization.ts';
import { arithmeticCases } from '../ops/samples/arithmetic.ts';
import { functionCases } from '../ops/samples/functions.ts';
import { reduceCases } from '../ops/samples/reduce.ts';
import { unaryCases } from '../ops/samples/unary.ts';
import { type Calls, FREED, keepsData, type WrongCall, wrongTensors } from './wrong-call.ts';

const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);
const v = tensor([1, 2, 3]);
const random = createRandom(1);
const options = { gamma: tensor([1, 1, 1]), beta: tensor([0, 0, 0]) };
const moments = batchMoments(x);
const otherMoments = batchMoments(tensor([[1]]));
keepsData(x, v, ...Object.values(options), ...Object.values(moments));
const [twoOnes, threeOnes] = [tensor([[[1]], [[1]]]), tensor([[[1]], [[1]], [[1]]])];
const [empty, one, single, pair] = [tensor([]), tensor(1), tensor([1]), tensor([[1, 2]])];

/** What is wrong beside the options and operands that are no tensors. */
const SPECIAL: Readonly<Record<string, readonly WrongCall[]>> = {
  matmul: [
    [Shape, [x, v], /^both operands must be matrices or stacks of them; got a \[2, 3\] and b \[3\]/],
    [Shape, [x, x], /^inner sizes differ: a \[2, 3\] gives 3, b \[2, 3\] gives 2/],
    [Shape, [x, x, { transposeA: true, transposeB: true }], /^inner sizes differ/],
    [Shape, [twoOnes, threeOnes], /^leading axes: shapes \[2\] and \[3\] do not broadcast/],
    [Argument, [2, x], /^a must be a Tensor; got 2/],
  ],
  leakyRelu: [
    [Argument, [x, -0.1], /^negativeSlope must be a finite number of at least 0; got -0.1/],
    [Argument, [x, NaN], /^negativeSlope/],
  ],
  clip: [
    [Argument, [x, 1, 0], /^high must be a finite number of at least 1; got 0/],
    [Argument, [x, 0, NaN], /^high must be a finite number of at least 0; got NaN/],
    [Argument, [x, undefined, undefined], /^low must be/],
    [Argument, [[1], 0, 1], /^x must be a Tensor/],
  ],
  sum: [
    [Argument, [x, 2], /^axis must be a whole number from -2 to 1; got 2/],
    [Argument, [x, '0'], /^axis must be/],
  ],
  mean: [
    [Argument, [x, [0, -2]], /^axis must be a list without repetition; got \[0, -2\]/],
    [Argument, [x, 0, 'yes'], /^keepDims must be true or false; got "yes"/],
  ],
  softmax: [
    [Argument, [x, 2], /^softmax: axis must be a whole number from -2 to 1; got 2/],
    [Argument, [one], /^softmax: axis must be absent, since a scalar has no axes; got -1/],
  ],
  logSoftmax: [[Argument, [x, '0'], /^logSoftmax: axis must be/]],
  max: [[Argument, [x, 2], /^max: axis must be a whole number from -2 to 1; got 2/]],
  where: [
    [Argument, [true, x, 0], /^where: condition must be a Tensor; got true/],
    [Argument, [x, null, 0], /^where: a must be a Tensor; got null/],
    [Argument, [x, x, '0'], /^where: b must be a Tensor; got "0"/],
    [Shape, [v, x, pair], /^where: shapes \[2, 3\] and \[1, 2\] do not broadcast: 3 meets 2/],
    [Shape, [pair, x, v], /^where: shapes \[1, 2\] and \[2, 3\] do not broadcast/],
  ],
  argMax: [
    [Argument, [x, [0]], /^axis must be a whole number from -2 to 1; got \[0\]/],
    [Argument, [x, 2], /^axis must be a whole number from -2 to 1; got 2/],
    [Shape, [empty], /^x \[0\] must have from 1 to 16777216 elements along the axis; it has 0/],
  ],
  norm: [
    [Argument, [x, 3], /^ord must be 'euclidean', 'fro', 1, 2, Infinity or -Infinity; got 3/],
    [Argument, [x, 2, [0, 1]], /^the order 2 of matrices, along the axes \[0, 1\], is not available/],
    [Argument, [x, 1, 5], /^axis must be a whole number from -2 to 1; got 5/],
  ],
  gather: [
    [Argument, [x, [0, 2]], /^indices\[1\] must be a whole number from 0 to 1; got 2/],
    [Argument, [x, tensor([0.5]), 1], /^indices\[0\] must be a whole number from 0 to 2; got 0.5/],
    [Argument, [x, ['0']], /^indices\[0\] must be a whole number; got "0"/],
    [Argument, [empty, [0]], /^indices\[0\] must be absent, since axis 0 is empty; got 0/],
    [Argument, [x, 1], /^indices must be a Tensor or a list of whole numbers; got 1/],
    [Argument, [x, [0], 2], /^axis must be a whole number from -2 to 1; got 2/],
  ],
  oneHot: [
    [Argument, [[1.5], 3], /^indices\[0\] must be a whole number; got 1.5/],
    [Argument, [['1'], 3], /^indices\[0\] must be a whole number; got "1"/],
    [Argument, [[1], 0], /^depth must be a whole number from 1 to \d+; got 0/],
    [Argument, [null, 3], /^indices must be a Tensor or a list of whole numbers; got null/],
    [Runtime, [FREED, 2], /^indices: tensor/],
    [Shape, [v, 2 ** 29], /^the result/],
  ],
  pad: [
    [Argument, [x, [[1, 1]]], /^paddings must be a list of 2 pairs \[before, after\], one for each axis of \[2, 3\]/],
    [Argument, [x, [[1, 1], 1]], /^paddings\[1\] must be a pair \[before, after\]; got 1/],
    [Argument, [v, [[-1, 0]]], /^paddings\[0\]\[0\] must be a whole number from 0 to \d+; got -1/],
    [Argument, [v, [[3, 0]], { mode: 'reflect' }], /^mode 'reflect' adds at most 2 elements on each side of axis 0/],
    [Argument, [v, [[0, 4]], { mode: 'symmetric' }], /^mode 'symmetric' adds at most 3 elements/],
    [Argument, [v, [[0, 4]], { mode: 'edge' }], /^mode must be one of 'constant', 'reflect', 'symmetric'; got "edge"/],
  ],
  flip: [
    [Argument, [x, 2], /^axis must be a whole number from -2 to 1; got 2/],
    [Argument, [x, [0, 0]], /^axis must be a list without repetition; got \[0, 0\]/],
  ],
  tile: [
    [Argument, [x, [2]], /^repetitions must be a list of 2 whole numbers, one for each axis of \[2, 3\]; got \[2\]/],
    [Argument, [x, [2, -1]], /^repetitions\[1\] must be a whole number from 0 to \d+; got -1/],
    [Shape, [x, [2 ** 20, 2 ** 20]], /^the result/],
  ],
  stack: [
    [Argument, [[]], /^tensors must be a list of at least one Tensor; got \[\]/],
    [Argument, [[x, 1]], /^tensors\[1\] must be a Tensor; got 1/],
    [Shape, [[x, v]], /^tensors\[1\] has shape \[3\], tensors\[0\] \[2, 3\]; they must be equal/],
    [Argument, [[x, x], 3], /^axis must be a whole number from -3 to 2; got 3/],
    [Argument, [x], /^tensors must be a list of at least one Tensor/],
  ],
  unstack: [[Argument, [one], /^axis must be absent, since a scalar has no axes; got 0/]],
  split: [
    [Shape, [x, 4, 1], /^axis 1 of \[2, 3\] cannot be cut into 4 equal parts/],
    [Shape, [x, [1, 3], 1], /^the sizes \[1, 3\] add up to 4; axis 1 of \[2, 3\] has 3/],
    [Argument, [x, [-1, 3]], /^sizes\[0\] must be a whole number from 0 to \d+; got -1/],
    [Argument, [x, 0], /^sizes must be a whole number from 1 to \d+; got 0/],
    [Argument, [v, new Array(2 ** 20)], /^sizes must be a list of at most 3 parts/],
  ],
  expandDims: [[Argument, [x, 3], /^axis must be a whole number from -3 to 2; got 3/]],
  squeeze: [[Shape, [x, 1], /^axis 1 of \[2, 3\] has size 3; only axes of size 1 can go/]],
  elu: [[Argument, [x, -1], /^elu: alpha must be a finite number of at least 0; got -1/]],
  gelu: [[Argument, [x, 'tanh'], /^gelu: approximate must be true or false; got "tanh"/]],
  step: [[Argument, [x, NaN], /^step: alpha must be a finite number; got NaN/]],
  reshape: [
    [Shape, [x, [4]], /^\[2, 3\] has 6 elements and does not fill \[4\], which has 4/],
    [Argument, [x, [-1, -1]], /^shape must be/],
    [Shape, [x, [4, -1]], /^the -1 in \[4, -1\] cannot be worked out for 6 elements/],
    [Shape, [empty, [0, -1]], /^the -1/],
    [Argument, [x, 6], /^shape must be a list/],
    [Argument, [x, [1.5, 4]], /^shape must be/],
  ],
  transpose: [
    [Argument, [x, [0]], /^permutation must name each of the 2 axes once; got \[0\]/],
    [Argument, [x, [0, 0]], /^permutation must name each/],
    [Argument, [x, [0, 2]], /^axis must be a whole number from -2 to 1; got 2/],
    [Argument, [x, 1], /^permutation must be a list of axes; got 1/],
  ],
  slice: [
    [Argument, [x, [0, 1], [2, 3]], /^size\[1\] must be a whole number from -1 to 2; got 3/],
    [Argument, [x, [-1, 0], [1, 1]], /^begin\[0\] must be a whole number from 0 to 2; got -1/],
    [Argument, [x, [0], [1]], /^begin must be a list of 2 whole numbers/],
    [Argument, [x, [0, 0], undefined], /^size must be a list of 2/],
    [Argument, [x, [0, 0.5], [1, 1]], /^begin\[1\]/],
  ],
  concat: [
    [Argument, [[]], /^tensors must be a list of at least one Tensor; got \[\]/],
    [Argument, [x], /^tensors must be a list/],
    [Shape, [[x, pair]], /^tensors\[1\] has shape \[1, 2\], tensors\[0\] \[2, 3\]; they may differ only along axis 0/],
    [Shape, [[x, v]], /^tensors\[1\] has shape \[3\]/],
    [Argument, [[one, one]], /^axis must be absent, since a scalar has no axes/],
    [Argument, [[x, 5]], /^tensors\[1\] must be a Tensor; got 5/],
    [Argument, [[x, x], 2], /^axis must be a whole number from -2 to 1; got 2/],
  ],
  broadcastTo: [
    [Shape, [x, [3]], /^\[2, 3\] does not stretch to the smaller \[3\]/],
    [Shape, [x, [2, 4]], /^shapes \[2, 3\] and \[2, 4\] do not broadcast/],
    [Argument, [x, 3], /^shape must be a shape/],
  ],
  dropout: [
    [Argument, [x, 1, random], /^rate must be a finite number from 0 to below 1; got 1/],
    [Argument, [x, -0.1, random], /^rate must be a finite number from 0 to below 1/],
    [Argument, [1, 0.5, random], /^x must be a Tensor/],
  ],
  batchMoments: [[Shape, [one], /^x must have a last axis of features; got a scalar/]],
  groupNorm: [
    [Shape, [x, 2, options], /^groups must divide the 3 channels of x; got 2/],
    [Argument, [x, 4, options], /^groups must be a whole number from 1 to 3; got 4/],
    [Shape, [v, 1, options], /^x must have shape \[n, ..., channels\]; got \[3\]/],
    [Shape, [x, 1, { ...options, beta: single }], /^beta must have shape \[3\], one value per channel; got \[1\]/],
    [Argument, [x, 1], /./],
  ],
  layerNorm: [
    [Shape, [one, options], /^x must have a last axis of features; got a scalar/],
    [Shape, [pair, options], /^gamma must have shape \[2\], one value per channel; got \[3\]/],
    [Argument, [x, { ...options, epsilon: -1 }], /^epsilon must be/],
  ],
  batchNormTraining: [
    [
      Shape,
      [x, moments, { ...options, gamma: single }],
      /^gamma must have shape \[3\], one value per feature; got \[1\]/,
    ],
    [Argument, [x, moments, { gamma: options.gamma }], /^beta must be a Tensor; got undefined/],
    [Argument, [x, moments, undefined], /^gamma must be a Tensor; got undefined/],
  ],
  batchNormInference: [
    [Argument, [x, undefined, options], /^moments must be/],
    [Shape, [x, otherMoments, options], /^mean must have shape \[3\]/],
  ],
  binaryCrossentropy: [
    [Shape, [v, x], /^labels \[3\] and predictions \[2, 3\] must have the same shape, or labels must be one number/],
    [Argument, [x, undefined], /^predictions must be a Tensor/],
  ],
  meanSquaredError: [
    [Shape, [x, v], /^labels \[2, 3\] and predictions \[3\]/],
    [Shape, [x, x, { weights: tensor([[[1]]]) }], /^weights \[1, 1, 1\] must broadcast to the losses \[2, 3\]/],
    [Shape, [x, x, { weights: pair }], /^shapes \[2, 3\] and \[1, 2\] do not broadcast/],
  ],
  sparseCategoricalCrossentropy: [
    ...[2.5, 3, -1, NaN, Infinity].map(
      (label): WrongCall => [
        Argument,
        [tensor([0, label]), x],
        new RegExp(
          `^sparseCategoricalCrossentropy: labels must be whole numbers from 0 to 2, .* element 1 is ${label}`,
        ),
      ],
    ),
    [Shape, [x, x], /^labels must have shape \[2\], .* logits \[2, 3\]; got \[2, 3\]/],
    [Shape, [v, x], /^labels must have shape \[2\], .* got \[3\]/],
    [Shape, [v, v], /^logits must have shape \[n, classes\], at least one class; got \[3\]/],
    [Shape, [tensor([0, 0]), tensor([], [2, 0])], /^logits must have shape .* got \[2, 0\]/],
  ],
};

/**
 * Functions of one tensor, whose first argument is named x: those of src/ops/unary.ts by their samples, and a few
 * more.
 */
const UNARY = [
  ...[...unaryCases, ...functionCases, ...reduceCases]
    .filter(({ name, samples }) => name !== 'clip' && !name.includes(' ') && samples[0]!.inputs.length === 1)
    .map(({ name }) => name),
  ...['transpose', 'batchMoments'],
];
const BINARY = arithmeticCases.map(({ name }) => name);

const ELEMENT_LOSSES = ['meanAbsoluteError', 'huber', 'logCosh', 'poisson', 'hinge', 'squaredHinge'];
const ROW_LOSSES = ['categoricalCrossentropy', 'klDivergence'];

const OPERANDS: Readonly<Record<string, readonly WrongCall[]>> = {
  ...Object.fromEntries(
    [...ELEMENT_LOSSES, ...ROW_LOSSES].map((name): [string, WrongCall[]] => [
      name,
      [
        ...wrongTensors(name, 'labels', [], [x]),
        ...wrongTensors(name, 'predictions', [x]),
        [Shape, [x, v], /^labels \[2, 3\] and predictions \[3\] must have the same shape/],
      ],
    ]),
  ),
  ...Object.fromEntries(UNARY.map((name) => [name, wrongTensors(name, 'x')])),
  ...Object.fromEntries(
    BINARY.map((name): [string, WrongCall[]] => [
      name,
      [
        ...wrongTensors(name, 'a', [], [v]),
        ...wrongTensors(name, 'b', [v]),
        [
          Shape,
          [x, pair],
          new RegExp(`^${name}: shapes \\[2, 3\\] and \\[1, 2\\] do not broadcast: 3 meets 2; .* must be equal`),
        ],
        [Argument, [2, '3'], new RegExp(`^${name}: b must be a Tensor; got "3"`)],
      ],
    ]),
  ),
  pow: [...wrongTensors('pow', 'base', [], [v]), ...wrongTensors('pow', 'exponent', [v])],
  prelu: [...wrongTensors('prelu', 'x', [], [v]), ...wrongTensors('prelu', 'alpha', [v])],
  silu: [...wrongTensors('swish', 'x')],
  batchNormTraining: [...wrongTensors('batchNormTraining', 'x', [], [moments, options])],
  groupNorm: [...wrongTensors('groupNorm', 'x', [], [1, options])],
  layerNorm: [...wrongTensors('layerNorm', 'x', [], [options])],
  batchNormInference: [...wrongTensors('batchNormInference', 'x', [], [moments, options])],
  binaryCrossentropy: [...wrongTensors('binaryCrossentropy', 'labels', [], [x])],
  matmul: [...wrongTensors('matmul', 'b', [x])],
  broadcastTo: [...wrongTensors('broadcastTo', 'x', [], [[2, 3]])],
  clip: [...wrongTensors('clip', 'x', [], [0, 1])],
  flip: [...wrongTensors('flip', 'x')],
  tile: [...wrongTensors('tile', 'x', [], [[1]])],
  unstack: [...wrongTensors('unstack', 'x')],
  expandDims: [...wrongTensors('expandDims', 'x')],
  squeeze: [...wrongTensors('squeeze', 'x')],
  concat: [[Runtime, [[x, FREED]], /^tensors\[1\]: tensor: it was freed/]],
  dropout: [
    [Argument, [x, 0.5], /^random must be a random generator; got undefined. Make one/],
    [Argument, [x, 0.5, 42], /^random must be a random generator; got 42/],
    [Argument, [x, NaN, random], /^rate must be a finite number from 0 to below 1; got NaN/],
  ],
  meanSquaredError: [
    ...wrongTensors('meanSquaredError', 'predictions', [1]),
    [Argument, ['1', x], /^labels must be a Tensor; got "1"/],
  ],
  sparseCategoricalCrossentropy: [
    ...wrongTensors('sparseCategoricalCrossentropy', 'labels', [], [x]),
    ...wrongTensors('sparseCategoricalCrossentropy', 'logits', [tensor([0, 2])]),
  ],
  reshape: [...wrongTensors('reshape', 'x', [], [[6]])],
  slice: [...wrongTensors('slice', 'x', [], [[0], [1]])],
};

const names = [...new Set([...Object.keys(SPECIAL), ...Object.keys(OPERANDS)])];

export const OP_CALLS: Calls<typeof ganvas> = Object.fromEntries(
  names.map((name) => [name, [...(SPECIAL[name] ?? []), ...(OPERANDS[name] ?? [])]]),
);
