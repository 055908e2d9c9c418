/** Where a training stands: what changes from step to step beside the networks, and all of it to and from a checkpoint. */
import { type Random, type RandomState, randomFromState } from '../autograd/random.ts';
import { type Tensor, tensor, type Variable } from '../autograd/tensor.ts';
import { FormatError } from '../core/errors.ts';
import type { Shape } from '../core/shape.ts';
import type { Checkpoint, EpochTotals, TensorValues } from '../io/checkpoint.ts';
import { differences } from '../io/weights.ts';
import type { Model } from '../nn/sequential.ts';
import type { Optimizer } from '../optim/adam.ts';
import type { Configuration } from './configuration.ts';
import type { GanLosses, GanNetworks } from './step.ts';

export interface EpochRecord extends EpochTotals {
  /** From 1. The losses are means over its steps. */
  readonly epoch: number;
}

const NOISE = 'sample_noise';
const NOTHING: EpochTotals = { generatorLoss: 0, discriminatorLoss: 0, seconds: 0 };

export class TrainingState {
  /** The epoch in progress, from 1. */
  epoch = 1;
  /** How many of its steps are done. */
  step = 0;
  /** Over the steps that are done. */
  sums: EpochTotals = NOTHING;
  readonly history: EpochRecord[] = [];
  readonly random: Random;
  readonly sampleNoise: Tensor;
  /** Where `random` stood before the epoch's order was drawn. */
  #epochRandom: RandomState;

  constructor(random: Random, sampleNoise: Tensor, epochRandom: RandomState = random.state()) {
    this.random = random;
    this.sampleNoise = sampleNoise;
    this.#epochRandom = epochRandom;
  }

  /** The order of the images in this epoch: drawn at its start, drawn again where a resumed training begins within it. */
  order(count: number): Int32Array {
    return (this.step === 0 ? this.random : randomFromState(this.#epochRandom)).permutation(count);
  }

  finishStep({ generatorLoss, discriminatorLoss }: GanLosses, seconds: number): void {
    this.step++;
    this.sums = {
      generatorLoss: this.sums.generatorLoss + generatorLoss,
      discriminatorLoss: this.sums.discriminatorLoss + discriminatorLoss,
      seconds,
    };
  }

  finishEpoch(): EpochRecord {
    const { generatorLoss, discriminatorLoss, seconds } = this.sums;
    const record: EpochRecord = {
      epoch: this.epoch,
      generatorLoss: generatorLoss / this.step,
      discriminatorLoss: discriminatorLoss / this.step,
      seconds,
    };
    this.history.push(record);
    this.epoch++;
    this.step = 0;
    this.sums = NOTHING;
    this.#epochRandom = this.random.state();
    return record;
  }

  /** All of it; the tensors are live, so encode them before the next step. */
  capture(networks: GanNetworks, configuration: Configuration): Checkpoint {
    const { epoch, step, history, sums: epochSums, random, sampleNoise } = this;
    const epochRandom = this.#epochRandom;
    const tensors = new Map<string, TensorValues>([...variablesOf(networks), [NOISE, sampleNoise]]);
    return {
      configuration,
      epoch,
      step,
      // Before the first step the epoch's order does not count as drawn, even if it is.
      random: step === 0 ? epochRandom : random.state(),
      epochRandom,
      optimizerSteps: {
        generator: networks.generatorOptimizer.step,
        discriminator: networks.discriminatorOptimizer.step,
      },
      epochSums,
      history,
      tensors,
    };
  }
}

/** Throws a FormatError if the checkpoint's tensors or position cannot be those of a training with these networks. */
export function checkRestorable(checkpoint: Checkpoint, networks: GanNetworks, noise: Shape, steps: number): void {
  const expected = new Map<string, { readonly shape: Shape }>([...variablesOf(networks), [NOISE, { shape: noise }]]);
  const problems = differences(expected, checkpoint.tensors);
  if (checkpoint.step >= steps) problems.push(`step ${checkpoint.step} of an epoch of ${steps}`);
  if (problems.length > 0) throw new FormatError(`trainGan: the checkpoint is inconsistent: ${problems.join('; ')}`, 0);
}

/** Takes networks and state back to where they were; checkRestorable() comes first, so that nothing fails halfway. */
export function restore(checkpoint: Checkpoint, networks: GanNetworks): TrainingState {
  const { tensors, optimizerSteps } = checkpoint;
  for (const [name, variable] of variablesOf(networks)) variable.assign(tensors.get(name)!.data);
  networks.generatorOptimizer.restore(optimizerSteps.generator);
  networks.discriminatorOptimizer.restore(optimizerSteps.discriminator);
  const noise = tensors.get(NOISE)!;
  const random = randomFromState(checkpoint.random);
  const state = new TrainingState(random, tensor(noise.data, noise.shape), checkpoint.epochRandom);
  state.epoch = checkpoint.epoch;
  state.step = checkpoint.step;
  state.sums = checkpoint.epochSums;
  checkpoint.history.forEach((totals, i) => {
    state.history.push({ epoch: i + 1, ...totals });
  });
  return state;
}

/** Every weight and every moment, by its name in a checkpoint: `generator.0.kernel`, `generator_optimizer.0.kernel.m`. */
function* variablesOf(networks: GanNetworks): Iterable<[string, Variable]> {
  const { generator, discriminator, generatorOptimizer, discriminatorOptimizer } = networks;
  const pairs: readonly [string, Model, Optimizer][] = [
    ['generator', generator, generatorOptimizer],
    ['discriminator', discriminator, discriminatorOptimizer],
  ];
  for (const [key, model, optimizer] of pairs) {
    const trainable = new Set(model.trainableWeights);
    for (const [name, weight] of model.namedWeights) {
      yield [`${key}.${name}`, weight];
      if (!trainable.has(weight)) continue;
      const { m, v } = optimizer.slots(weight);
      yield [`${key}_optimizer.${name}.m`, m];
      yield [`${key}_optimizer.${name}.v`, v];
    }
  }
}
