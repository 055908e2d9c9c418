/** Wrong calls of tensors, gradients, random numbers, layers, models, optimizers and datasets. */
import { defineOp, type OpDefinition } from '../../src/autograd/define-op.ts';
import { stopGradient } from '../../src/autograd/record.ts';
import { type Tensor, tensor, variable } from '../../src/autograd/tensor.ts';
import {
  ArgumentError as Argument,
  RuntimeError as Runtime,
  ShapeError as Shape,
  GradientError as Wrong,
} from '../../src/core/errors.ts';
import type * as ganvas from '../../src/index.ts';
import * as layers from '../../src/nn/layers/index.ts';
import { add, mul } from '../../src/ops/arithmetic.ts';
import { sum } from '../../src/ops/reduce.ts';
import { square } from '../../src/ops/unary.ts';
import { type Calls, keepsData, type WrongCall, wrongTensors } from './wrong-call.ts';

const x = tensor([
  [1, 2, 3],
  [4, 5, 6],
]);
const w = variable(tensor([1, -2]), 'w');
const other = variable(tensor([3]), 'other');
const freedVariable = variable(tensor([1]), 'freed');
freedVariable.dispose();
const loss = sum(square(w));
const changedVariable = variable(tensor([1, 2]), 'changed');
const staleLoss = sum(square(changedVariable));
changedVariable.assign([5, 6]);
const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6);
keepsData(x, w, other, loss, bytes);

const selfContaining: unknown[] = [];
selfContaining.push(selfContaining);
const dense = layers.dense({ units: 2, inputShape: [3] });
const badShapes = (...behind: readonly unknown[]): WrongCall[] => [
  [Argument, [3, ...behind], /^shape must be a shape, a list of whole numbers such as \[2, 3\]; got 3/],
  [Argument, [[-1], ...behind], /^shape must be a shape, a list of whole numbers of at least 0; got \[-1\]/],
  [Argument, [[1.5], ...behind], /^shape must be .* got \[1.5\]/],
  [Argument, [[NaN, 2], ...behind], /^shape must be .* got \[NaN, 2\]/],
  [Argument, ['2, 3', ...behind], /^shape must be .* got "2, 3"/],
  [Shape, [[65536, 65536], ...behind], /^shape \[65536, 65536\] has 4294967296 elements; at most 1073741823 fit/],
  [Argument, [[1e200, 0], ...behind], /^shape must be .* got \[1e\+200, 0\]/],
];

const OWN: OpDefinition<[Tensor]> = { forward: square, pullbacks: [(dy) => dy] };
const unsteady = (): ((t: Tensor) => Tensor) => {
  let calls = 0;
  return (t) => mul(t, ++calls);
};

export const CORE_CALLS: Calls<typeof ganvas> = {
  tensor: [
    [Argument, [undefined], /^values must be a number, nested arrays of numbers or a typed array; got undefined/],
    [Argument, ['1, 2'], /^values must be .* got "1, 2"/],
    [Argument, [[1, '2']], /^values must be .* got "2"/],
    [Argument, [[1n]], /^values must be .* got 1n/],
    [Argument, [new BigInt64Array(2)], /^values must be .* got a BigInt64Array/],
    [Argument, [selfContaining], /^values must be nested at most 64 deep; got more. Does an array contain itself\?/],
    [
      Shape,
      [[[1, 2], [3]]],
      /^nested arrays must be rectangular; a part of shape \[2\] stands beside one of shape \[1\]/,
    ],
    [Shape, [[1, [2]]], /^nested arrays must be rectangular; a part of shape \[\]/],
    [
      Shape,
      [
        [1, 2, 3],
        [2, 2],
      ],
      /^3 values do not fill shape \[2, 2\], which has 4 elements/,
    ],
    [Argument, [[1], [-1]], /^shape must be .* got \[-1\]/],
    [Argument, [[1], 1], /^shape must be .* got 1/],
  ],
  scalar: [undefined, null, '1', [1], 1n, true].map(
    (value): WrongCall => [Argument, [value], /^value must be a number; got (undefined|null|"1"|\[1\]|1n|true)/],
  ),
  zeros: badShapes(),
  ones: badShapes(),
  full: [
    ...badShapes(1),
    [Argument, [[2]], /^value must be a number; got undefined/],
    [Argument, [[2], '1'], /^value must be a number; got "1"/],
  ],
  variable: [
    ...wrongTensors('variable', 'value'),
    [Argument, [x, 5], /^name must be a string; got 5/],
    [Argument, [x, null], /^name must be a string; got null/],
  ],
  gradients: [
    ...wrongTensors('gradients', 'loss', [], [[w]]),
    [Argument, [loss, w], /^tensors must be a list of tensors; got a Variable. Make them with variable/],
    [Argument, [loss, [5]], /^tensors must be a list of tensors; got \[5\]/],
    [Argument, [loss, [x]], /^tensors\[0\] \[2, 3\] is not tracked. Make it a variable\(\), or/],
    [Argument, [loss, undefined], /^tensors must be a list of tensors; got undefined/],
    [Argument, [loss, [w, other]], /^the variable "other" had no part in the loss. Was the loss computed inside/],
    [Argument, [stopGradient(loss), [w]], /^the variable "w" had no part in the loss/],
    [
      Shape,
      [square(w), [w]],
      /^loss must have exactly one element; got shape \[2\]. Reduce it with mean\(\) or sum\(\)/,
    ],
    [Runtime, [loss, [freedVariable]], /^tensors\[0\]: tensor: it was freed by dispose/],
    [Runtime, [staleLoss, [changedVariable]], /^the variable "changed" was changed after square had used it/],
  ],
  defineOp: [
    [Argument, [undefined, OWN], /^name must be a string that is not empty; got undefined/],
    [Argument, ['', OWN], /^name must be a string that is not empty; got ""/],
    [Argument, ['own'], /^options must be a plain object; got null/],
    [Argument, ['own', { pullbacks: ['zero'] }], /^forward must be a function; got undefined/],
    [Argument, ['own', { ...OWN, pullback: [] }], /^unknown option "pullback". Did you mean pullbacks\?/],
    [
      Argument,
      ['own', { forward: square, pullbacks: [] }],
      /^pullbacks must be a list with a function, or 'zero', for/,
    ],
    [Argument, ['own', { forward: square, pullbacks: ['one'] }], /^pullbacks must be a list .* got \["one"\]/],
    [Argument, ['own', { forward: square, pullbacks: square }], /^pullbacks must be a list .* got function square/],
  ],
  checkGradients: [
    ...wrongTensors('checkGradients', 'the result of f', [], []).map(
      ([kind, call, message]): WrongCall => [kind, [() => (Array.isArray(call) ? call[0] : call), [x]], message],
    ),
    [Argument, [5, [x]], /^f must be a function; got 5/],
    [Argument, [square, x], /^inputs must be a list of tensors; got a Tensor. Make them with tensor\(values\)/],
    [Argument, [square, [1]], /^inputs must be a list of tensors; got \[1\]/],
    [Runtime, [square, [freedVariable]], /^inputs\[0\]: tensor: it was freed by dispose/],
    [Argument, [unsteady(), [x]], /^f gave two results for the same inputs/],
    [Wrong, [defineOp('own', { ...OWN, pullbacks: ['zero'] }), [x]], /^6 of 36 derivatives are wrong. Largest error: /],
  ],
  stopGradient: wrongTensors('stopGradient', 'x'),
  watch: wrongTensors('watch', 'x'),
  withoutRecording: [
    ...[undefined, null, 5, {}, x].map(
      (value): WrongCall => [Argument, [value], /^body must be a function; got (undefined|null|5|\{|a Tensor)/],
    ),
    [Argument, [async () => x], /^body must be synchronous; got a Promise. Await outside/],
    [Argument, [() => Promise.reject(new Error('unheard'))], /^body must be synchronous/],
  ],
  scope: [
    ...[undefined, null, 5, 'fn', x].map(
      (value): WrongCall => [Argument, [value], /^fn must be a function; got (undefined|null|5|"fn"|a Tensor)/],
    ),
    [Argument, [async () => add(x, 1)], /^fn must be synchronous; got a Promise. Await outside/],
    [Argument, [() => x, 5], /^name must be a string; got 5/],
    [Argument, [() => mul(add(x, 1), '2' as never)], /^mul: b must be a Tensor; got "2"/],
  ],
  createRandom: [undefined, null, -1, 1.5, NaN, Infinity, '42', 2 ** 53].map(
    (seed): WrongCall => [
      Argument,
      [seed],
      /^seed must be a whole number of at least 0; got (undefined|null|-1|1.5|NaN|Infinity|"42"|9007199254740992)/,
    ],
  ),
  randomFromState: [
    [Argument, [undefined], /^state must be what state\(\) has returned; got undefined/],
    [Argument, [42], /^state must be what state\(\) has returned; got 42/],
    [Argument, [{ seed: 1, stream: 0 }], /^block must be a whole number of at least 0; got undefined/],
  ],
  sequential: [
    [Argument, [undefined], /^layers must be a list of at least one layer; got undefined. Make layers with/],
    [Argument, [[]], /^layers must be .* got \[\]/],
    [Argument, [dense], /^layers must be .* got \{ kind/],
    [Argument, [[dense, 'relu']], /^layers must be .*"relu"/],
    [Argument, [[dense, layers.dense]], /^layers must be .*function dense/],
    [
      Shape,
      [[dense, layers.reshape({ targetShape: [7] })]],
      /^layers.reshape: items of shape \[2\] do not fill targetShape \[7\]/,
    ],
    [
      Shape,
      [[layers.dense({ units: 2 ** 30, inputShape: [2 ** 20] })]],
      /^uniform: shape \[1048576, 1073741824\] has \d+ elements; at most/,
    ],
    [
      Argument,
      [[layers.dense({ units: 2, inputShape: [3], kernelInitializer: () => 5 as never })]],
      /^layers.dense: the result of kernelInitializer must be a Tensor; got 5/,
    ],
  ],
  dataset: [
    [
      Argument,
      [
        [1, 2],
        [2, 1],
      ],
      /^bytes must be a Uint8Array; got \[1, 2\]/,
    ],
    [Argument, [new Float32Array(6), [6, 1]], /^bytes must be a Uint8Array; got a Float32Array/],
    [Argument, [bytes, undefined], /^shape must be a shape.* got undefined/],
    [Argument, [bytes, [-6, -1]], /^shape must be a shape.* got \[-6, -1\]/],
    [Shape, [bytes, [2, 2]], /^6 bytes do not fill shape \[2, 2\], which takes 4/],
    [Shape, [bytes, [0, 6]], /^6 bytes do not fill shape \[0, 6\], which takes 0/],
    [
      Shape,
      [Uint8Array.of(1), []],
      /^the shape must have the number of items in front, \[n, ...item\]; got a scalar's/,
    ],
  ],
  tensorDataset: [
    ...wrongTensors('tensorDataset', 'images'),
    [Shape, [tensor(1)], /^the shape must have the number of items in front/],
  ],
};

export const LAYER_CALLS: Calls<typeof layers> = {
  activation: [undefined, null, 'Relu', 'than', 5, () => x].map(
    (name): WrongCall => [
      Argument,
      [name],
      /^activation must be one of 'linear', .*; got (undefined|null|"Relu". Did you mean relu\?|"than". Did you mean tanh\?|5|function)/,
    ],
  ),
  residual: [
    [Argument, [[]], /^branch must be a list of at least one layer; got \[\]/],
    [Argument, [layers.flatten()], /^branch must be a list of at least one layer; got/],
    [Argument, [[layers.flatten, 5]], /^branch must be a list of at least one layer; got/],
    [Argument, [[layers.flatten()], { shortcut: layers.flatten() }], /^shortcut must be a list of/],
    [Argument, [[layers.flatten()], { skip: [] }], /^.*skip/],
  ],
  spectralNormalization: [
    [Argument, [], /^layer must be a layer; got undefined/],
    [Argument, [[layers.flatten()]], /^layer must be/],
    [Argument, ['dense'], /^layer must be/],
    [
      Argument,
      [layers.flatten(), { powerIterations: 0 }],
      /^powerIterations must be a whole number of at least 1; got 0/,
    ],
    [Argument, [layers.flatten(), { iterations: 1 }], /iterations/],
  ],
};
