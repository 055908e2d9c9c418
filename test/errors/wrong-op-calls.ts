/** Wrong calls of the operations. */
import { createRandom } from '../../src/autograd/random.ts';
import { tensor } from '../../src/autograd/tensor.ts';
import { ArgumentError, RuntimeError, ShapeError } from '../../src/core/errors.ts';
import type * as ganvas from '../../src/index.ts';
import { batchMoments, batchNormInference, batchNormTraining } from '../../src/ops/batch-normalization.ts';
import { clip } from '../../src/ops/clip.ts';
import { dropout } from '../../src/ops/dropout.ts';
import { binaryCrossentropy, meanSquaredError } from '../../src/ops/losses.ts';
import { matmul } from '../../src/ops/matmul.ts';
import { mean, sum } from '../../src/ops/reduce.ts';
import { reshape } from '../../src/ops/reshape.ts';
import { broadcastTo, concat, slice, transpose } from '../../src/ops/shape-ops.ts';
import { sparseCategoricalCrossentropy } from '../../src/ops/softmax-cross-entropy.ts';
import { leakyRelu } from '../../src/ops/unary.ts';
import { unaryCases } from '../ops/samples/unary.ts';
import { wrong } from '../support/thrown.ts';
import { type Calls, type ErrorKind, FREED, keepsData, type WrongCall, wrongTensors } from './wrong-call.ts';

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
const [empty, one, single, pair] = [tensor([]), tensor(1), tensor([1]), tensor([[1, 2]])];

type LabelledCall = readonly [string, ErrorKind, () => unknown, RegExp];

/** Calls whose label begins with the function's name. */
const LABELLED: readonly LabelledCall[] = [
  [
    'matmul of a vector',
    ShapeError,
    () => matmul(x, v),
    /^matmul: both operands must be matrices; got a \[2, 3\] and b \[3\]/,
  ],
  [
    'matmul of misfits',
    ShapeError,
    () => matmul(x, x),
    /^matmul: inner sizes differ: a \[2, 3\] gives 3, b \[2, 3\] gives 2/,
  ],
  [
    'matmul of transposed misfits',
    ShapeError,
    () => matmul(x, x, { transposeA: true, transposeB: true }),
    /^matmul: inner sizes differ/,
  ],
  [
    'matmul with a misspelt option',
    ArgumentError,
    () => matmul(x, x, wrong({ tranposeB: true })),
    /^matmul: unknown option "tranposeB". Did you mean transposeB\?/,
  ],
  [
    'matmul with a number for a flag',
    ArgumentError,
    () => matmul(x, x, wrong({ transposeB: 1 })),
    /^matmul: transposeB must be true or false; got 1/,
  ],
  [
    'matmul with null options',
    ArgumentError,
    () => matmul(x, x, wrong(null)),
    /^matmul: options must be a plain object; got null/,
  ],
  ['matmul of a number', ArgumentError, () => matmul(wrong(2), x), /^matmul: a must be a Tensor; got 2/],

  [
    'leakyRelu with a negative slope',
    ArgumentError,
    () => leakyRelu(x, -0.1),
    /^leakyRelu: negativeSlope must be a finite number of at least 0; got -0.1/,
  ],
  ['leakyRelu with NaN', ArgumentError, () => leakyRelu(x, NaN), /^leakyRelu: negativeSlope/],
  [
    'clip with crossed limits',
    ArgumentError,
    () => clip(x, 1, 0),
    /^clip: high must be a finite number of at least 1; got 0/,
  ],
  ['clip with NaN', ArgumentError, () => clip(x, 0, NaN), /^clip: high must be a finite number of at least 0; got NaN/],
  ['clip without limits', ArgumentError, () => clip(x, wrong(undefined), wrong(undefined)), /^clip: low must be/],
  ['clip of a list', ArgumentError, () => clip(wrong([1]), 0, 1), /^clip: x must be a Tensor/],

  ['sum over an axis too far', ArgumentError, () => sum(x, 2), /^sum: axis must be a whole number from -2 to 1; got 2/],
  [
    'mean over an axis twice',
    ArgumentError,
    () => mean(x, [0, -2]),
    /^mean: axis must be a list without repetition; got \[0, -2\]/,
  ],
  ['sum over a word', ArgumentError, () => sum(x, wrong('0')), /^sum: axis must be/],
  [
    'sum with a misspelt option',
    ArgumentError,
    () => sum(x, wrong({ keepdim: true })),
    /^sum: unknown option "keepdim". Did you mean keepDims\?/,
  ],
  ['sum with null', ArgumentError, () => sum(x, wrong(null)), /^sum: options must be a plain object; got null/],
  [
    'mean with a word for keepDims',
    ArgumentError,
    () => mean(x, 0, wrong('yes')),
    /^mean: keepDims must be true or false; got "yes"/,
  ],

  [
    'reshape to another size',
    ShapeError,
    () => reshape(x, [4]),
    /^reshape: \[2, 3\] has 6 elements and does not fill \[4\], which has 4/,
  ],
  ['reshape with two open sizes', ArgumentError, () => reshape(x, [-1, -1]), /^reshape: shape must be/],
  [
    'reshape with an open size that does not divide',
    ShapeError,
    () => reshape(x, [4, -1]),
    /^reshape: the -1 in \[4, -1\] cannot be worked out for 6 elements/,
  ],
  ['reshape of nothing to an open size', ShapeError, () => reshape(empty, [0, -1]), /^reshape: the -1/],
  ['reshape to a number', ArgumentError, () => reshape(x, wrong(6)), /^reshape: shape must be a list/],
  ['reshape to a fraction', ArgumentError, () => reshape(x, [1.5, 4]), /^reshape: shape must be/],

  [
    'transpose by too few axes',
    ArgumentError,
    () => transpose(x, [0]),
    /^transpose: permutation must name each of the 2 axes once; got \[0\]/,
  ],
  ['transpose by one axis twice', ArgumentError, () => transpose(x, [0, 0]), /^transpose: permutation must name each/],
  [
    'transpose by an axis too far',
    ArgumentError,
    () => transpose(x, [0, 2]),
    /^transpose: axis must be a whole number from -2 to 1; got 2/,
  ],
  [
    'transpose by a number',
    ArgumentError,
    () => transpose(x, wrong(1)),
    /^transpose: permutation must be a list of axes; got 1/,
  ],

  [
    'slice beyond the end',
    ArgumentError,
    () => slice(x, [0, 1], [2, 3]),
    /^slice: size\[1\] must be a whole number from -1 to 2; got 3/,
  ],
  [
    'slice from before the start',
    ArgumentError,
    () => slice(x, [-1, 0], [1, 1]),
    /^slice: begin\[0\] must be a whole number from 0 to 2; got -1/,
  ],
  [
    'slice with too few numbers',
    ArgumentError,
    () => slice(x, [0], [1]),
    /^slice: begin must be a list of 2 whole numbers/,
  ],
  ['slice without size', ArgumentError, () => slice(x, [0, 0], wrong(undefined)), /^slice: size must be a list of 2/],
  ['slice by fractions', ArgumentError, () => slice(x, [0, 0.5], [1, 1]), /^slice: begin\[1\]/],

  [
    'concat of nothing',
    ArgumentError,
    () => concat([]),
    /^concat: tensors must be a list of at least one Tensor; got \[\]/,
  ],
  ['concat of a tensor', ArgumentError, () => concat(wrong(x)), /^concat: tensors must be a list/],
  [
    'concat of misfits',
    ShapeError,
    () => concat([x, pair]),
    /^concat: tensors\[1\] has shape \[1, 2\], tensors\[0\] \[2, 3\]; they may differ only along axis 0/,
  ],
  ['concat of ranks', ShapeError, () => concat([x, v]), /^concat: tensors\[1\] has shape \[3\]/],
  [
    'concat of scalars',
    ArgumentError,
    () => concat([one, one]),
    /^concat: axis must be absent, since a scalar has no axes/,
  ],
  [
    'concat with a number inside',
    ArgumentError,
    () => concat([x, wrong(5)]),
    /^concat: tensors\[1\] must be a Tensor; got 5/,
  ],
  [
    'concat along an axis too far',
    ArgumentError,
    () => concat([x, x], 2),
    /^concat: axis must be a whole number from -2 to 1; got 2/,
  ],

  [
    'broadcastTo a smaller shape',
    ShapeError,
    () => broadcastTo(x, [3]),
    /^broadcastTo: \[2, 3\] does not stretch to the smaller \[3\]/,
  ],
  [
    'broadcastTo a misfit',
    ShapeError,
    () => broadcastTo(x, [2, 4]),
    /^broadcastTo: shapes \[2, 3\] and \[2, 4\] do not broadcast/,
  ],
  ['broadcastTo a number', ArgumentError, () => broadcastTo(x, wrong(3)), /^broadcastTo: shape must be a shape/],

  [
    'dropout with rate 1',
    ArgumentError,
    () => dropout(x, 1, random),
    /^dropout: rate must be a finite number from 0 to below 1; got 1/,
  ],
  [
    'dropout with a negative rate',
    ArgumentError,
    () => dropout(x, -0.1, random),
    /^dropout: rate must be a finite number from 0 to below 1/,
  ],
  ['dropout of a number', ArgumentError, () => dropout(wrong(1), 0.5, random), /^dropout: x must be a Tensor/],

  [
    'batchMoments of a scalar',
    ShapeError,
    () => batchMoments(one),
    /^batchMoments: x must have a last axis of features; got a scalar/,
  ],
  [
    'batchNormTraining with gamma too short',
    ShapeError,
    () => batchNormTraining(x, moments, { ...options, gamma: single }),
    /^batchNormTraining: gamma must have shape \[3\], one value per feature; got \[1\]/,
  ],
  [
    'batchNormTraining without beta',
    ArgumentError,
    () => batchNormTraining(x, moments, wrong({ gamma: options.gamma })),
    /^batchNormTraining: beta must be a Tensor; got undefined/,
  ],
  [
    'batchNormTraining without options',
    ArgumentError,
    () => batchNormTraining(x, moments, wrong(undefined)),
    /^batchNormTraining: gamma must be a Tensor; got undefined/,
  ],
  [
    'batchNormInference without moments',
    ArgumentError,
    () => batchNormInference(x, wrong(undefined), options),
    /^batchNormInference: moments must be/,
  ],
  [
    'batchNormInference with other moments',
    ShapeError,
    () => batchNormInference(x, otherMoments, options),
    /^batchNormInference: mean must have shape \[3\]/,
  ],
  [
    'batchNormInference with a negative epsilon',
    ArgumentError,
    () => batchNormInference(x, moments, { ...options, epsilon: -1 }),
    /^batchNormInference: epsilon/,
  ],
  [
    'batchNormInference with a misspelt option',
    ArgumentError,
    () => batchNormInference(x, moments, wrong({ ...options, epsilom: 1 })),
    /^batchNormInference: unknown option "epsilom". Did you mean epsilon\?/,
  ],

  [
    'binaryCrossentropy of other shapes',
    ShapeError,
    () => binaryCrossentropy(v, x),
    /^binaryCrossentropy: labels \[3\] and predictions \[2, 3\] must have the same shape, or labels must be one number/,
  ],
  [
    'binaryCrossentropy with a misspelt option',
    ArgumentError,
    () => binaryCrossentropy(x, x, wrong({ fromlogits: true })),
    /^binaryCrossentropy: unknown option "fromlogits". Did you mean fromLogits\?/,
  ],
  [
    'binaryCrossentropy with a word for a flag',
    ArgumentError,
    () => binaryCrossentropy(x, x, wrong({ fromLogits: 'yes' })),
    /^binaryCrossentropy: fromLogits must be true or false/,
  ],
  [
    'binaryCrossentropy without predictions',
    ArgumentError,
    () => binaryCrossentropy(x, wrong(undefined)),
    /^binaryCrossentropy: predictions must be a Tensor/,
  ],
  [
    'meanSquaredError of other shapes',
    ShapeError,
    () => meanSquaredError(x, v),
    /^meanSquaredError: labels \[2, 3\] and predictions \[3\]/,
  ],
  ...([2.5, 3, -1, Number.NaN, Infinity] as const).map(
    (label): LabelledCall => [
      'sparseCategoricalCrossentropy of no class',
      ArgumentError,
      () => sparseCategoricalCrossentropy(tensor([0, label]), x),
      new RegExp(`^sparseCategoricalCrossentropy: labels must be whole numbers from 0 to 2, .* element 1 is ${label}`),
    ],
  ),
  [
    'sparseCategoricalCrossentropy of one-hot labels',
    ShapeError,
    () => sparseCategoricalCrossentropy(x, x),
    /^sparseCategoricalCrossentropy: labels must have shape \[2\], .* logits \[2, 3\]; got \[2, 3\]/,
  ],
  [
    'sparseCategoricalCrossentropy of too many labels',
    ShapeError,
    () => sparseCategoricalCrossentropy(v, x),
    /^sparseCategoricalCrossentropy: labels must have shape \[2\], .* got \[3\]/,
  ],
  [
    'sparseCategoricalCrossentropy of a vector',
    ShapeError,
    () => sparseCategoricalCrossentropy(v, v),
    /^sparseCategoricalCrossentropy: logits must have shape \[n, classes\], at least one class; got \[3\]/,
  ],
  [
    'sparseCategoricalCrossentropy without classes',
    ShapeError,
    () => sparseCategoricalCrossentropy(tensor([0, 0]), tensor([], [2, 0])),
    /^sparseCategoricalCrossentropy: logits must have shape .* got \[2, 0\]/,
  ],
];

/** Functions of one tensor, whose first argument is named x: those of src/ops/unary.ts by their samples, and a few more. */
const UNARY = [
  ...unaryCases.map(({ name }) => name).filter((name) => name !== 'clip' && !name.includes(' ')),
  ...['sum', 'mean', 'transpose', 'batchMoments'],
];
const BINARY = ['add', 'sub', 'mul', 'div'] as const;

function byFirstWord(): Record<string, WrongCall[]> {
  const table: Record<string, WrongCall[]> = {};
  for (const [label, kind, call, message] of LABELLED) (table[label.split(' ')[0]!] ??= []).push([kind, call, message]);
  return table;
}

const labelled = byFirstWord();

export const OP_CALLS: Calls<typeof ganvas> = {
  ...labelled,
  ...Object.fromEntries(UNARY.map((name) => [name, [...wrongTensors(name, 'x'), ...(labelled[name] ?? [])]])),
  ...Object.fromEntries(
    BINARY.map((name): [string, WrongCall[]] => [
      name,
      [
        ...wrongTensors(name, 'a', [], [v]),
        ...wrongTensors(name, 'b', [v]),
        [
          ShapeError,
          [x, pair],
          new RegExp(`^${name}: shapes \\[2, 3\\] and \\[1, 2\\] do not broadcast: 3 meets 2; .* must be equal`),
        ],
        [ArgumentError, [2, '3'], new RegExp(`^${name}: b must be a Tensor; got "3"`)],
      ],
    ]),
  ),
  batchNormTraining: [
    ...labelled['batchNormTraining']!,
    ...wrongTensors('batchNormTraining', 'x', [], [moments, options]),
  ],
  batchNormInference: [
    ...labelled['batchNormInference']!,
    ...wrongTensors('batchNormInference', 'x', [], [moments, options]),
  ],
  binaryCrossentropy: [...labelled['binaryCrossentropy']!, ...wrongTensors('binaryCrossentropy', 'labels', [], [x])],
  matmul: [...labelled['matmul']!, ...wrongTensors('matmul', 'b', [x])],
  broadcastTo: [...labelled['broadcastTo']!, ...wrongTensors('broadcastTo', 'x', [], [[2, 3]])],
  clip: [...labelled['clip']!, ...wrongTensors('clip', 'x', [], [0, 1])],
  concat: [...labelled['concat']!, [RuntimeError, [[x, FREED]], /^concat: tensors\[1\]: tensor: it was freed/]],
  dropout: [
    ...labelled['dropout']!,
    [ArgumentError, [x, 0.5], /^dropout: random must be a random generator; got undefined. Make one/],
    [ArgumentError, [x, 0.5, 42], /^dropout: random must be a random generator; got 42/],
    [ArgumentError, [x, NaN, random], /^dropout: rate must be a finite number from 0 to below 1; got NaN/],
  ],
  meanSquaredError: [
    ...labelled['meanSquaredError']!,
    ...wrongTensors('meanSquaredError', 'predictions', [1]),
    [ArgumentError, ['1', x], /^meanSquaredError: labels must be a Tensor; got "1"/],
  ],
  sparseCategoricalCrossentropy: [
    ...labelled['sparseCategoricalCrossentropy']!,
    ...wrongTensors('sparseCategoricalCrossentropy', 'labels', [], [x]),
    ...wrongTensors('sparseCategoricalCrossentropy', 'logits', [tensor([0, 2])]),
  ],
  reshape: [...labelled['reshape']!, ...wrongTensors('reshape', 'x', [], [[6]])],
  slice: [...labelled['slice']!, ...wrongTensors('slice', 'x', [], [[0], [1]])],
};
