/**
 * What is wrong when a step gives NaN or infinity. One such number spreads through everything within a step, so the first culprit is
 * looked for, from the inside out: what the step began with (images, weights, slots) before what it computed (activations, gradients,
 * updates). The search costs nothing until there is something to find.
 */
import type { Tensor, Variable } from '../autograd/tensor.ts';
import { DivergenceError } from '../core/errors.ts';
import * as sums from '../kernels/library/sums.ts';
import type { Model } from '../nn/sequential.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import type { Measures } from './progress.ts';

/** One of a training's networks. Lists of them are in the order of the forward pass. */
export interface NamedNetwork {
  readonly name: string;
  readonly model: Model;
}

export interface UpdatedNetwork extends NamedNetwork {
  readonly optimizer: Optimizer;
  /** In the order of trainableWeights. */
  readonly gradients: readonly Tensor[];
}

/** Before the updates: the losses must be finite. `images` is the batch that they come from; `where` is the training's name. */
export function checkLosses<M extends Measures<M>>(
  where: string,
  networks: readonly NamedNetwork[],
  losses: M,
  images: Tensor,
): void {
  const entry = Object.entries<number>(losses).find(([, value]) => !Number.isFinite(value));
  if (entry === undefined) return;
  const loss = `${entry[0]} is ${entry[1]}`;
  const bad = countNonFinite(images);
  if (bad > 0) {
    throw new DivergenceError(
      `${where}: the images of this step hold ${bad} ${bad === 1 ? 'value that is' : 'values that are'} NaN or infinite; ${loss}. ${UNTOUCHED}`,
    );
  }
  for (const network of networks) {
    const found = network.model.trainableWeights.find(isBroken);
    if (found !== undefined) throw broken(where, network, found, `It did so before the step: ${loss}.`);
  }
  // What a layer hands to batch normalisation is seen in the moving statistics.
  for (const network of networks) {
    const found = firstBrokenStatistic(network);
    if (found !== undefined) throw broken(where, network, found, `What its layer was given has overflowed: ${loss}.`);
  }
  throw diverged(where, loss, 'What the networks made is too large.');
}

/** After the updates. `brokenWeights` are the weights that the optimizers returned: they, or slots of theirs, are not finite. */
export function checkUpdates(
  where: string,
  networks: readonly UpdatedNetwork[],
  brokenWeights: ReadonlySet<Variable>,
): void {
  if (brokenWeights.size === 0) return;
  // The last network first: an earlier one's gradients come through it, and within a network through the layers behind.
  for (const network of [...networks].reverse()) {
    const { model, gradients } = network;
    const weights = model.trainableWeights;
    for (let i = weights.length - 1; i >= 0; i--) {
      if (brokenWeights.has(weights[i]!) && isBroken(gradients[i]!)) {
        throw broken(where, network, weights[i]!, 'Its gradient was not finite, and no gradient nearer to the loss.');
      }
    }
  }
  for (const network of networks) {
    for (const weight of network.model.trainableWeights) {
      if (!brokenWeights.has(weight)) continue;
      const slot = Object.entries(network.optimizer.slots(weight)).find(([, values]) => isBroken(values))?.[0];
      if (slot === undefined) throw broken(where, network, weight, 'The update was too large.');
      if (isBroken(weight)) throw broken(where, network, weight, `Its slot ${slot} in the optimizer is not finite.`);
      throw brokenSlot(where, network, weight, slot);
    }
  }
}

/** The moving statistics, which no loss and no gradient of a training step sees. */
export function checkStatistics(where: string, networks: readonly NamedNetwork[]): void {
  for (const network of networks) {
    const found = firstBrokenStatistic(network);
    if (found !== undefined) throw broken(where, network, found, 'Losses and other weights are finite.');
  }
}

function firstBrokenStatistic({ model: { weights, trainableWeights } }: NamedNetwork): Variable | undefined {
  const trainable = new Set(trainableWeights);
  return weights.find((weight) => !trainable.has(weight) && isBroken(weight));
}

function isBroken(values: Tensor): boolean {
  return countNonFinite(values) > 0;
}

function countNonFinite(values: Tensor): number {
  return sums.countNonFinite.run(values.address, values.size);
}

function broken(where: string, network: NamedNetwork, weight: Variable, why: string): DivergenceError {
  return diverged(where, `${nameOf(network, weight)} holds a NaN or an infinity`, why);
}

/** The weight itself is finite, but would never move again, or break in one of the next steps. */
function brokenSlot(where: string, network: NamedNetwork, weight: Variable, slot: string): DivergenceError {
  return diverged(
    where,
    `the optimizer's slot ${slot} of ${nameOf(network, weight)} holds a NaN or an infinity`,
    'Its gradient is finite, but too large for the optimizer.',
    'Clip gradients, as adam({ clipNorm: 1 }) does, or scale the loss down.',
  );
}

function nameOf({ name, model }: NamedNetwork, weight: Variable): string {
  const [weightName] = [...model.namedWeights].find(([, one]) => one === weight) ?? ['a weight'];
  return `${name}.${weightName}`;
}

const UNTOUCHED = 'The last checkpoint, if there is one, is untouched.';
const REMEDY = 'Lower the learning rate or check the images for NaN.';

function diverged(where: string, what: string, why: string, remedy = REMEDY): DivergenceError {
  return new DivergenceError(`${where}: ${what} after this step. ${why} ${remedy} ${UNTOUCHED}`);
}
