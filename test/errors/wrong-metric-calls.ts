/** Wrong calls of the metrics. */
import { tensor } from '../../src/autograd/tensor.ts';
import { ArgumentError as Argument, ShapeError as Shape } from '../../src/core/errors.ts';
import type * as ganvas from '../../src/index.ts';
import { type Calls, keepsData, type WrongCall, wrongTensors } from './wrong-call.ts';

const a = tensor(
  Float32Array.from({ length: 16 }, (_, i) => i),
  [8, 2],
);
const wider = tensor(new Float32Array(24), [8, 3]);
const few = tensor([[1, 2]]);
const broken = tensor([1, 2, NaN, 4, 5, 6, 7, 8], [4, 2]);
const list = tensor([1, 2, 3]);
const images = tensor(new Float32Array(8 * 12), [8, 4, 3, 1]);
const others = tensor(new Float32Array(8 * 16), [8, 4, 4, 1]);
const flat = tensor(new Float32Array(8 * 12), [8, 12]);
const brokenImages = tensor(new Float32Array(96).fill(Infinity), [8, 4, 3, 1]);
const noImages = tensor(new Float32Array(0), [0, 4, 3, 1]);
keepsData(a, wider, few, broken, list, images, others, flat, brokenImages);

const pair = (name: string, first: string, second: string): WrongCall[] => [
  ...wrongTensors(name, first, [], [a]),
  ...wrongTensors(name, second, [a]),
  [Shape, [list, a], new RegExp(`^${first} must be a matrix \\[n, d\\], .* got shape \\[3\\]`)],
  [Shape, [a, few], new RegExp(`^${second} must be a matrix .* n at least [24]; got shape \\[1, 2\\]`)],
  [Shape, [a, wider], new RegExp(`^${first} \\[8, 2\\] and ${second} \\[8, 3\\] must have equally many columns`)],
  [Argument, [broken, a], new RegExp(`^${first} must be finite; 1 of its 8 values are not`)],
];

const noSource = (argument: string, call: (value: unknown) => readonly unknown[]): WrongCall[] => [
  ...[undefined, null, 5, 'digits', [1], new Uint8Array(9), { count: 3 }].map(
    (value): WrongCall => [
      Argument,
      call(value),
      new RegExp(`^${argument} must be a Dataset or a Tensor \\[n, 28, 28, 1\\]; got .* Make one with dataset\\(`),
    ],
  ),
  [Argument, call(brokenImages), new RegExp(`^${argument} must be finite; 96 of its 96 values are not`)],
  [Shape, call(list), new RegExp(`^${argument} must have shape \\[n, height, width, 1 or 3\\]; got \\[3\\]`)],
  [
    Shape,
    call(noImages),
    new RegExp(`^${argument} must have at least one image of at least one pixel; got shape \\[0, 4, 3, 1\\]`),
  ],
  [
    Argument,
    call({ count: -1, itemShape: [4, 3, 1], gather: () => images }),
    new RegExp(`^${argument}.count must be a whole number from 0 to 1073741823; got -1`),
  ],
  [
    Argument,
    call({ count: 8, itemShape: 'square', gather: () => images }),
    new RegExp(`^${argument}.itemShape must be a shape, .* got "square"`),
  ],
];

const right = { real: images, training: images, features: () => a, logits: () => a };
const protocol = {
  ...{ features: 'features', featureCount: 3, data: 'images', realCount: 8, trainingCount: 8, seed: 0, batchSize: 8 },
  ...{ kernelSubsets: 2, kernelSubsetSize: 2, neighbours: 3, nearestCount: 8 },
};
const evaluator = (more: object): WrongCall[] => {
  const wrongly = (changes: object, message: string, kind: WrongCall[0] = Argument): WrongCall => [
    kind,
    [{ ...right, ...more, ...changes }],
    new RegExp(`^${message}`),
  ];
  return [
    ...noSource('real', (real) => [{ ...right, ...more, real }]),
    ...noSource('training', (training) => [{ ...right, ...more, training }]),
    wrongly(
      { training: others },
      'real and training must be images of one shape; got \\[4, 3, 1\\] and \\[4, 4, 1\\]',
      Shape,
    ),
    wrongly({ real: flat }, 'real must be images, .* got \\[n, 12\\]', Shape),
    wrongly({ real: tensor(new Float32Array(36), [3, 4, 3, 1]) }, 'real must be at least 8 images; got 3', Shape),
    wrongly({ features: a }, 'features must be a function; got a Tensor'),
    wrongly({ kernelSubsetSize: 5 }, 'kernelSubsetSize must be a whole number from 2 to 4; got 5'),
    wrongly({ neighbours: 8 }, 'neighbours must be a whole number from 1 to 7; got 8'),
    wrongly({ features: () => 7 }, 'features must return a Tensor; got 7'),
    wrongly({ features: () => list }, 'features must return a matrix \\[8, d\\], .* got shape \\[3\\]', Shape),
    wrongly({ logits: () => few }, 'logits must return a matrix \\[8, d\\], .* got shape \\[1, 2\\]', Shape),
  ];
};

export const METRIC_CALLS: Calls<typeof ganvas> = {
  frechetDistance: pair('frechetDistance', 'featuresA', 'featuresB'),
  kernelDistance: [...pair('kernelDistance', 'featuresA', 'featuresB')],
  precisionRecall: [
    ...pair('precisionRecall', 'real', 'generated'),
    [Argument, [a, a, { neighbours: 8 }], /^neighbours must be a whole number from 1 to 7; got 8/],
    [Argument, [a, a, { neighbours: 0 }], /^neighbours must be a whole number from 1 to 7; got 0/],
  ],
  classHistogram: [
    ...[undefined, null, 3, '123', [], {}].map(
      (value): WrongCall => [
        Argument,
        [value],
        /^images must be a list of class numbers or a Tensor of logits \[n, classes\], not empty; got /,
      ],
    ),
    [Argument, [[1, 10]], /^images\[1\] must be a class number from 0 to 9; got 10. Pass \{ classes \}/],
    [Argument, [[0.5]], /^images\[0\] must be a class number from 0 to 9; got 0.5/],
    [Argument, [['1']], /^images\[0\] must be a class number from 0 to 9; got "1"/],
    [Shape, [list], /^logits must have shape \[n, classes\], n at least 1; got \[3\]/],
    [Shape, [a, { classes: 10 }], /^logits must have shape \[n, 10\], n at least 1; got \[8, 2\]/],
    [Argument, [broken], /^images must be finite; 1 of its 8 values are not/],
  ],
  nearestNeighbours: [
    ...noSource('images', (value) => [value, images]),
    ...noSource('trainingImages', (value) => [images, value]),
    [
      Shape,
      [images, others],
      /^images and trainingImages must be images of one shape; got \[4, 3, 1\] and \[4, 4, 1\]/,
    ],
  ],
  sharpness: [
    ...noSource('images', (value) => [value]),
    [Shape, [flat], /^images must be images, .* at least 3; got \[n, 12\]/],
    [Shape, [tensor(new Float32Array(8), [2, 2, 2, 1])], /^images must be images, .* got \[n, 2, 2, 1\]/],
    [Shape, [tensor(new Float32Array(36), [2, 3, 3, 2])], /^images must be images, .* got \[n, 3, 3, 2\]/],
  ],
  imageEvaluator: evaluator({}),
  evaluateImages: [
    ...evaluator({ generated: images }),
    ...noSource('generated', (generated) => [{ ...right, generated }]),
    [
      Shape,
      [{ ...right, generated: others }],
      /^generated and real must be images of one shape; got \[4, 4, 1\] and \[4, 3, 1\]/,
    ],
  ],
  formatEvaluation: [
    [Argument, [undefined], /^options must be a plain object; got null/],
    [Argument, ['table'], /^options must be a plain object; got "table"/],
    [Argument, [{ protocol: {}, row: [] }], /^unknown option "row". Did you mean rows\?/],
    [Argument, [{ rows: [] }], /^protocol must be a part of an evaluation; got undefined/],
    [Argument, [{ protocol: {}, rows: [] }], /^protocol.features must be a string; got undefined/],
    [Argument, [{ protocol }], /^rows must be a list of \{ name, metrics \}; got undefined/],
    [Argument, [{ protocol, rows: [1] }], /^rows\[0\] must be a part of an evaluation; got 1/],
    [
      Argument,
      [{ protocol, rows: [{ name: 'mine', metrics: { count: '5' } }] }],
      /^rows\[0\].metrics.count must be a number; got "5"/,
    ],
  ],
};
