/** Wrong calls of the methods of what public functions return. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRandom } from '../../src/autograd/random.ts';
import { type Tensor, tensor, variable } from '../../src/autograd/tensor.ts';
import { ArgumentError as Argument, RuntimeError as Runtime, ShapeError as Shape } from '../../src/core/errors.ts';
import { adam, dataset, layers, memoryCheckpoints, sequential, tensorDataset } from '../../src/index.ts';
import { checkpointDirectory } from '../../src/node/checkpoints.ts';
import { FREED, keepsData, type WrongCall, wrongTensors } from './wrong-call.ts';

interface MethodCalls {
  readonly name: string;
  readonly target: unknown;
  readonly calls: readonly WrongCall[];
}

const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);
const w = variable(tensor([1, -2]), 'w');
const twin = variable(w, 'twin');
const freed = variable(tensor([1, 2]), 'freed');
freed.dispose();
const g = tensor([0.5, 0.25]);
const nothing = tensor([]);
const random = createRandom(3);
const bytes = dataset(Uint8Array.of(1, 2, 3, 4), [4, 1]);
const rows = tensorDataset(x);
const model = sequential([layers.dense({ units: 1, inputShape: [3] }), layers.dropout({ rate: 0.5 })], { name: 'm' });
const unbuilt = sequential([layers.dense({ units: 1 })], { name: 'unbuilt' });
const optimizer = adam();
const { m, v } = optimizer.slots(w);
const broken = adam();
broken.slots(w).v.dispose();
keepsData(x, w, g, m, v, ...model.weights);

const GATHER: readonly WrongCall[] = [undefined, null, 3, [-1], [0.5], [99], [NaN], ['0']].map(
  (indices): WrongCall => [
    Argument,
    [indices],
    new RegExp(
      `^gather: indices${Array.isArray(indices) ? '\\[0\\] must be a whole number from 0 to \\d' : ' must be a list of whole numbers'}; got `,
    ),
  ],
);
const save = (name: string): WrongCall[] =>
  [undefined, null, 'bytes', [1], new Float32Array(1), {}].map((value): WrongCall => {
    return [Argument, [value], new RegExp(`^${name}: bytes must be a Uint8Array; got `)];
  });

/** Draws and updates that fail must not have moved on. */
function still<T>(state: () => T, call: () => unknown): () => unknown {
  return () => {
    const before = JSON.stringify(state());
    try {
      return call();
    } finally {
      const after = JSON.stringify(state());
      // biome-ignore lint/correctness/noUnsafeFinally: a state that has moved is worth more than the error.
      if (after !== before) throw new Error(`the failed call moved ${before} to ${after}`);
    }
  };
}

const draw = (call: () => Tensor | Int32Array): (() => unknown) => still(() => random.state(), call);
const apply = (variables: unknown, gradients: unknown): (() => unknown) =>
  still(
    () => [optimizer.step, broken.step],
    () => Reflect.apply(optimizer.apply, optimizer, [variables, gradients]),
  );

export const METHOD_CALLS: readonly MethodCalls[] = [
  {
    name: 'Tensor.item',
    target: undefined,
    calls: [
      [Shape, () => x.item(), /^the tensor must have exactly one element; got shape \[2, 3\]. Use toArray\(\) or data/],
      [Shape, () => nothing.item(), /^.* got shape \[0\]/],
      [Shape, () => w.item(), /^.* got shape \[2\]/],
      [Runtime, () => FREED.data, /^tensor: it was freed by dispose\(\). Return it from the scope to keep it/],
      [Runtime, () => FREED.toArray(), /^tensor: it was freed by dispose\(\)/],
    ],
  },
  {
    name: 'Variable.assign',
    target: w.assign.bind(w),
    calls: [
      [Shape, [[1]], /^w has shape \[2\]; got \[1\]/],
      [Shape, [x], /^w has shape \[2\]; got \[2, 3\]/],
      [Argument, [[1, '2']], /^values\[1\] must be a number; got "2"/],
      [Shape, [new Float32Array(3)], /^w has shape \[2\]; got a Float32Array/],
      [Shape, [undefined], /^w has shape \[2\]; got undefined/],
      [Shape, [5], /^w has shape \[2\]; got 5/],
    ],
  },
  {
    name: 'Random.normal',
    target: undefined,
    calls: [
      [Argument, draw(() => random.normal(3 as never)), /^shape must be a shape, .* got 3/],
      [Argument, draw(() => random.normal([-1])), /^shape must be .* got \[-1\]/],
      [Argument, draw(() => random.normal([2], NaN)), /^mean must be a finite number; got NaN/],
      [Argument, draw(() => random.normal([2], 0, -1)), /^stddev must be a finite number of at least 0; got -1/],
      [
        Argument,
        draw(() => random.normal([2], 0, 1e300)),
        /^mean and stddev must be small enough .* got \[0, 1e\+300\]/,
      ],
      [Argument, draw(() => random.normal([2], 1e39)), /^mean and stddev must be small enough .* got \[1e\+39, 1\]/],
      [Shape, draw(() => random.normal([2 ** 40])), /^shape \[1099511627776\] has 1099511627776 elements/],
    ],
  },
  {
    name: 'Random.uniform',
    target: undefined,
    calls: [
      [Argument, draw(() => random.uniform('2' as never)), /^shape must be a shape, .* got "2"/],
      [Argument, draw(() => random.uniform([2], Infinity)), /^low must be a finite number; got Infinity/],
      [Argument, draw(() => random.uniform([2], 1, 0)), /^high must be a finite number of at least 1; got 0/],
      [
        Argument,
        draw(() => random.uniform([2], 0, 1e300)),
        /^low and high must be small enough that all values are finite float32 .* got \[0, 1e\+300\]/,
      ],
      [
        Argument,
        draw(() => random.uniform([2], -3e38, 3e38)),
        /^low and high must be small enough .* got \[-3e\+38, 3e\+38\]/,
      ],
      [Argument, draw(() => random.uniform([2], 0, '1' as never)), /^high must be .* got "1"/],
    ],
  },
  {
    name: 'Random.permutation',
    target: undefined,
    calls: [-1, 1.5, NaN, Infinity, 2 ** 31].map(
      (n): WrongCall => [
        Argument,
        draw(() => random.permutation(n)),
        new RegExp(`^n must be a whole number from 0 to 1073741823; got ${n}`),
      ],
    ),
  },
  { name: 'dataset().gather', target: bytes.gather, calls: GATHER },
  { name: 'tensorDataset().gather', target: rows.gather, calls: GATHER },
  {
    name: 'adam().apply',
    target: undefined,
    calls: [
      [Argument, apply(w, [g]), /^variables must be a list of variables; got a Variable/],
      [Argument, apply([x], [x]), /^variables must be a list of variables; got \[a Tensor\]/],
      [Argument, apply([w], []), /^there must be one gradient for each of the 1 variables; got 0/],
      [Argument, apply([w], undefined), /^there must be one gradient for each of the 1 variables; got undefined/],
      [Argument, apply([w], [5]), /^gradients\[0\] must be a Tensor; got 5/],
      [Shape, apply([w], [x]), /^gradients\[0\] has shape \[2, 3\], its variable w \[2\]/],
      [Runtime, apply([w], [FREED]), /^gradients\[0\]: tensor: it was freed/],
      [Runtime, apply([w, freed], [g, g]), /^variables\[1\]: tensor: it was freed/],
      [Argument, apply([w, w], [g, g]), /^variables must be distinct; variables\[1\] has the values of variables\[0\]/],
      [Argument, apply([w, twin], [g, g]), /^variables must be distinct; variables\[1\]/],
      [Runtime, () => broken.apply([w], [g]), /^the slot v of variables\[0\]: tensor: it was freed/],
    ],
  },
  {
    name: 'adam().slots',
    target: optimizer.slots.bind(optimizer),
    calls: [undefined, null, x, 5, 'w'].map(
      (value): WrongCall => [
        Argument,
        [value],
        /^variable must be a variable; got (undefined|null|a Tensor|5|"w"). Make one with variable\(tensor\)/,
      ],
    ),
  },
  {
    name: 'adam().restore',
    target: optimizer.restore.bind(optimizer),
    calls: [undefined, -1, 1.5, NaN, '3'].map(
      (step): WrongCall => [
        Argument,
        [step],
        /^step must be a whole number of at least 0; got (undefined|-1|1.5|NaN|"3")/,
      ],
    ),
  },
  {
    name: 'Model.call',
    target: model.call.bind(model),
    calls: [
      ...wrongTensors('m.call', 'x'),
      [Shape, [tensor(1)], /^m.call: x must be a batch, \[n, ...item\]; got a scalar/],
      [Shape, [w], /^m.call: x must have shape \[n, 3\]; got \[2\]/],
      [Argument, [x, { training: true }], /^layers.dropout: a training call needs a random generator/],
    ],
  },
  {
    name: 'Model.predict',
    target: model.predict.bind(model),
    calls: [...wrongTensors('m.predict', 'x'), [Shape, [w], /^m.predict: x must have shape \[n, 3\]; got \[2\]/]],
  },
  {
    name: 'Model.summary',
    target: model.summary.bind(model),
    calls: [
      ...[null, 5, 'print', {}].map(
        (print): WrongCall => [Argument, [print], /^m.summary: print must be a function; got (null|5|"print"|\{)/],
      ),
      [
        Runtime,
        () => unbuilt.summary(() => {}),
        /^unbuilt.summary: the model is not built yet. Give its first layer an inputShape/,
      ],
    ],
  },
  { name: 'memoryCheckpoints().save', target: memoryCheckpoints().save, calls: save('memoryCheckpoints') },
  {
    name: 'checkpointDirectory().save',
    target: checkpointDirectory(join(tmpdir(), 'ganvas-is-not-here')).save,
    calls: save('checkpointDirectory'),
  },
];
