/**
 * Finds the cause when a step gives NaN or infinity. One such number reaches everything within a step, so the search
 * looks for the first one: in the inputs of the step (images, weights, slots), then in what it computed (activations,
 * gradients, updates). The search runs only after such a number was seen.
 */
import type { Tensor, Variable } from '../autograd/tensor.ts';
import { DivergenceError } from '../core/errors.ts';
import * as sums from '../kernels/library/sums.ts';
import type { Measures } from './events.ts';
import type { NamedNetwork, Player } from './player.ts';

/** A player, with the gradients that its optimizer got. */
interface PlayerUpdate extends Player {
  /** One for each trainable weight of its networks, in their order. */
  readonly gradients: readonly Tensor[];
}

/**
 * Checks before the updates that the losses are finite. `images` is the batch of the step; `where` is the training's
 * name.
 */
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
      `${where}: the images of this step hold ${bad} ${bad === 1 ? 'value that is' : 'values that are'} NaN or ` +
        `infinite; ${loss}. ${UNTOUCHED}`,
    );
  }
  for (const network of networks) {
    const found = network.model.trainableWeights.find(isBroken);
    if (found !== undefined) throw broken(where, network, found, `It did so before the step: ${loss}.`);
  }
  // The moving statistics show whether the input of a batch normalisation has overflowed.
  for (const network of networks) {
    const found = firstBrokenStatistic(network);
    if (found !== undefined) throw broken(where, network, found, `What its layer was given has overflowed: ${loss}.`);
  }
  throw diverged(where, loss, 'What the networks made is too large.');
}

/**
 * Checks after the updates. `brokenWeights` are the weights that the optimizers returned: these weights or their slots
 * are not finite.
 */
export function checkUpdates(
  where: string,
  updates: readonly PlayerUpdate[],
  brokenWeights: ReadonlySet<Variable>,
): void {
  if (brokenWeights.size === 0) return;
  const weights = updates.flatMap(({ networks, optimizer, gradients }) =>
    networks
      .flatMap((network) => network.model.trainableWeights.map((weight) => ({ network, weight, optimizer })))
      .map((one, i) => ({ ...one, gradient: gradients[i]! })),
  );
  const suspects = weights.filter(({ weight }) => brokenWeights.has(weight));
  // Gradients flow from the last network to the first, and from the last layer to the first: search in this order.
  const source = [...suspects].reverse().find(({ gradient }) => isBroken(gradient));
  if (source !== undefined) {
    const why = 'Its gradient was not finite, and no gradient nearer to the loss.';
    throw broken(where, source.network, source.weight, why);
  }
  for (const { network, weight, optimizer } of suspects) {
    const slot = Object.entries(optimizer.slots(weight)).find(([, values]) => isBroken(values))?.[0];
    if (slot === undefined) throw broken(where, network, weight, 'The update was too large.');
    if (isBroken(weight)) throw broken(where, network, weight, `Its slot ${slot} in the optimizer is not finite.`);
    throw brokenSlot(where, network, weight, slot);
  }
}

/** Checks the moving statistics. No loss or gradient of a training step depends on them. */
export function checkStatistics(where: string, networks: readonly NamedNetwork[]): void {
  for (const network of networks) {
    const found = firstBrokenStatistic(network);
    if (found !== undefined) throw broken(where, network, found, 'Losses and other weights are finite.');
  }
}

/**
 * Checks variables between two steps. Steps leave them finite, but a callback may have written into them. Takes a
 * millisecond for four million values.
 */
export function checkFinite(where: string, variables: Iterable<[name: string, Variable]>): void {
  for (const [name, variable] of variables) {
    if (!isBroken(variable)) continue;
    throw new DivergenceError(
      `${where}: ${name} holds a NaN or an infinity, which no step has made. Has onStep or onEpoch written it? ` +
        `${UNTOUCHED}`,
    );
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

/** For a weight that is finite itself but would never change again, or become NaN in one of the next steps. */
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
