/**
 * What is wrong when a GAN step gives NaN or infinity. One such number spreads through everything within a step, so the first culprit is
 * looked for, from the inside out: what the step began with (images, weights, moments) before what it computed (activations, gradients,
 * updates). The search costs nothing until there is something to find.
 */
import type { Tensor, Variable } from '../autograd/tensor.ts';
import { DivergenceError } from '../core/errors.ts';
import { kernels } from '../kernels/runtime.ts';
import type { Model } from '../nn/sequential.ts';
import type { GanLosses, GanNetworks, GanPass } from './step.ts';

const NETWORKS = ['generator', 'discriminator'] as const;
type NetworkName = (typeof NETWORKS)[number];
type Models = Readonly<Record<NetworkName, Model>>;

/** Before the updates: both losses must be finite. `real` is the batch of images that they come from. */
export function checkLosses(models: Models, losses: GanLosses, real: Tensor): void {
  const entry = Object.entries(losses).find(([, value]) => !Number.isFinite(value));
  if (entry === undefined) return;
  const loss = `${entry[0]} is ${entry[1]}`;
  const bad = countNonFinite(real);
  if (bad > 0) {
    throw new DivergenceError(
      `trainGan: the images of this step hold ${bad} ${bad === 1 ? 'value that is' : 'values that are'} NaN or infinite; ${loss}. ${UNTOUCHED}`,
    );
  }
  for (const name of NETWORKS) {
    const found = models[name].trainableWeights.find(isBroken);
    if (found !== undefined) throw broken(models, name, found, `It did so before the step: ${loss}.`);
  }
  // What a layer hands to batch normalisation is seen in the moving statistics.
  for (const name of NETWORKS) {
    const found = firstBrokenStatistic(models[name]);
    if (found !== undefined) throw broken(models, name, found, `What its layer was given has overflowed: ${loss}.`);
  }
  throw diverged(loss, 'The logits are too large.');
}

/** After the updates. `broken` are the weights that the optimizers found not to be finite. */
export function checkUpdates(networks: GanNetworks, pass: GanPass, brokenWeights: ReadonlySet<Variable>): void {
  if (brokenWeights.size === 0) return;
  // The discriminator first: the generator's gradients come through it, and within a network through the layers behind.
  for (const name of ['discriminator', 'generator'] as const) {
    const gradients = pass[`${name}Gradients`];
    const weights = networks[name].trainableWeights;
    for (let i = weights.length - 1; i >= 0; i--) {
      if (brokenWeights.has(weights[i]!) && isBroken(gradients[i]!)) {
        throw broken(networks, name, weights[i]!, 'Its gradient was not finite, and no gradient nearer to the loss.');
      }
    }
  }
  for (const name of NETWORKS) {
    for (const weight of networks[name].trainableWeights) {
      if (!brokenWeights.has(weight)) continue;
      const { m, v } = networks[`${name}Optimizer`].slots(weight);
      const moment = isBroken(m) ? 'm' : isBroken(v) ? 'v' : undefined;
      const why = moment === undefined ? 'The update was too large.' : `Its moment ${moment} is not finite.`;
      throw broken(networks, name, weight, why);
    }
  }
}

/** The moving statistics, which no loss and no gradient of a training step sees. */
export function checkStatistics(models: Models): void {
  for (const name of NETWORKS) {
    const found = firstBrokenStatistic(models[name]);
    if (found !== undefined) throw broken(models, name, found, 'Losses and other weights are finite.');
  }
}

function firstBrokenStatistic({ weights, trainableWeights }: Model): Variable | undefined {
  const trainable = new Set(trainableWeights);
  return weights.find((weight) => !trainable.has(weight) && isBroken(weight));
}

function isBroken(values: Tensor): boolean {
  return countNonFinite(values) > 0;
}

function countNonFinite(values: Tensor): number {
  return kernels().countNonFinite(values.address, values.size);
}

function broken(models: Models, network: NetworkName, weight: Variable, why: string): DivergenceError {
  const [name] = [...models[network].namedWeights].find(([, one]) => one === weight) ?? ['a weight'];
  return diverged(`${network}.${name} holds a NaN or an infinity`, why);
}

const UNTOUCHED = 'The last checkpoint, if there is one, is untouched.';

function diverged(what: string, why: string): DivergenceError {
  return new DivergenceError(
    `trainGan: ${what} after this step. ${why} Lower the learning rate or check the images for NaN. ${UNTOUCHED}`,
  );
}
