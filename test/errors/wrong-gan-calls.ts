/** Wrong calls of the models beside the article's pair, of what draws with them, and of cloneModel. */
import { createRandom } from '../../src/autograd/random.ts';
import { tensor, zeros } from '../../src/autograd/tensor.ts';
import { ArgumentError as Argument, RuntimeError as Runtime, ShapeError as Shape } from '../../src/core/errors.ts';
import type * as ganvas from '../../src/index.ts';
import * as layers from '../../src/nn/layers/index.ts';
import { sequential } from '../../src/nn/sequential.ts';
import { type Calls, FREED, keepsData, type WrongCall } from './wrong-call.ts';

const random = createRandom(1);
/** Of two numbers and three classes. */
const generator = sequential([layers.dense({ units: 4, inputShape: [5] }), layers.reshape({ targetShape: [2, 2, 1] })]);
const unbuilt = sequential([layers.dense({ units: 1 })], { name: 'unbuilt' });
const noise = tensor([
  [1, 2, 3, 4, 5],
  [-1, -2, -3, -4, -5],
]);
keepsData(noise, ...generator.weights);

const wrongModels = (argument: string, ...behind: readonly unknown[]): WrongCall[] =>
  [undefined, null, 'dense', layers.flatten(), { call: () => noise }].map((model): WrongCall => {
    return [Argument, [model, ...behind], new RegExp(`^${argument} must be a model; got .*Make one with sequential`)];
  });
const three = { classes: 3 };

export const GAN_CALLS: Calls<typeof ganvas> = {
  cloneModel: [
    ...wrongModels('model'),
    [Runtime, [unbuilt], /^unbuilt is not built yet and has no weights. Give its first layer an inputShape/],
  ],
  withClasses: [
    [Argument, [[[1, 2]], [0]], /^items must be a Tensor; got \[/],
    [Runtime, [FREED, [0, 1]], /^items: tensor: it was freed/],
    [Argument, [noise, '01'], /^labels must be a list of class numbers; got "01"/],
    [Argument, [noise, [0, 10]], /^labels\[1\] must be a whole number from 0 to 9, .* got 10/],
    [Argument, [noise, [0, 1], { classes: 1 }], /^labels\[1\] must be a whole number from 0 to 0, .* got 1/],
    [Shape, [noise, [0]], /^items must have shape \[1, ...item\], a row for each label; got \[2, 5\]/],
  ],
  sampleClasses: [
    ...wrongModels('generator', [1], three),
    [Argument, [generator, undefined, three], /^labels must be a list .* got undefined/],
    [Argument, [generator, 7, three], /^labels must be .* got 7/],
    [Argument, [generator, [0, 3], three], /^labels\[1\] must be a whole number from 0 to 2, .* got 3/],
    [Argument, [generator, [NaN], three], /^labels\[0\] must be .* got NaN/],
    [Argument, [generator, [1], { ...three, noise: [[1, 2]] }], /^noise must be a Tensor; got \[/],
    [Runtime, [generator, [1], { ...three, noise: FREED }], /^noise: tensor: it was freed/],
    [Shape, [generator, [1], { ...three, noise }], /^noise must have shape \[1, 2\], .* got \[2, 5\]/],
    [Argument, [generator, [1], { ...three, random, noise: zeros([1, 2]) }], /^give noise or random, not both/],
    [
      Shape,
      [generator, [1], { classes: 10 }],
      /^the generator must take vectors of noise and 10 classes; it takes \[5\]/,
    ],
    [Argument, [generator, [1]], /^generator is not known to take classes/],
    [Shape, [unbuilt, [1], three], /^the generator must take .* it takes anything, being not built yet/],
  ],
  interpolate: [
    ...wrongModels('generator', noise),
    [Argument, [generator, [[1, 2, 3, 4, 5]]], /^noise must be a Tensor; got \[/],
    [Runtime, [generator, FREED], /^noise: tensor: it was freed/],
    [Shape, [generator, tensor([1, 2, 3, 4, 5])], /^noise must have shape \[n, length\] .* got \[5\]/],
    [Shape, [generator, tensor([[1, 2, 3, 4, 5]])], /^noise must have .* at least two vectors; got \[1, 5\]/],
    [Shape, [generator, zeros([2, 4])], /^the generator takes items of shape \[5\]; the noise has vectors of 4/],
    [Argument, [generator, noise, { steps: 3 }], /^two vectors in a row point in opposite directions/],
  ],
};
