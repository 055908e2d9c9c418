/** Where a training stands: what changes from step to step beside the networks, and all of it to and from a checkpoint. */
import { type Random, type RandomState, randomFromState } from '../autograd/random.ts';
import { type Tensor, tensor, type Variable } from '../autograd/tensor.ts';
import { FormatError } from '../core/errors.ts';
import type { Shape } from '../core/shape.ts';
import { differences } from '../io/weights.ts';
import type { Model } from '../nn/sequential.ts';
import type { Optimizer } from '../optim/optimizer.ts';
import type { Checkpoint, EpochTotals, TensorValues } from '../training/checkpoint.ts';
import { Progress } from '../training/progress.ts';
import type { Configuration } from './configuration.ts';
import type { GanLosses, GanNetworks } from './step.ts';

export interface EpochRecord extends EpochTotals {
  /** From 1. The losses are means over its steps. */
  readonly epoch: number;
}

const NOISE = 'sample_noise';

export class TrainingState extends Progress<GanLosses> {
  readonly sampleNoise: Tensor;

  constructor(random: Random, sampleNoise: Tensor, epochRandom?: RandomState) {
    super(random, { generatorLoss: 0, discriminatorLoss: 0 }, epochRandom);
    this.sampleNoise = sampleNoise;
  }

  /** All of it. The tensors are views of the heap, so encode them before anything else is made. */
  capture(networks: GanNetworks, configuration: Configuration): Checkpoint {
    const { epoch, step, history, sums, seconds, random, epochRandom, sampleNoise } = this;
    const tensors = new Map<string, TensorValues>();
    for (const [name, { shape, storage }] of [...variablesOf(networks), [NOISE, sampleNoise] as const]) {
      tensors.set(name, { shape, data: storage.view() });
    }
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
      epochSums: { ...sums, seconds },
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
  const { seconds, ...sums } = checkpoint.epochSums;
  state.sums = sums;
  state.seconds = seconds;
  checkpoint.history.forEach((totals, i) => {
    state.history.push({ epoch: i + 1, ...totals });
  });
  return state;
}

/** Every weight, optimizer slot and average, by its name in a checkpoint: `generator.0.kernel`, `generator_optimizer.0.kernel.m`. */
function* variablesOf(networks: GanNetworks): Iterable<[string, Variable]> {
  const { generator, discriminator, generatorOptimizer, discriminatorOptimizer, average } = networks;
  const pairs: readonly [string, Model, Optimizer][] = [
    ['generator', generator, generatorOptimizer],
    ['discriminator', discriminator, discriminatorOptimizer],
  ];
  for (const [key, model, optimizer] of pairs) {
    const trainable = new Set(model.trainableWeights);
    for (const [name, weight] of model.namedWeights) {
      yield [`${key}.${name}`, weight];
      if (!trainable.has(weight)) continue;
      for (const [slot, values] of Object.entries(optimizer.slots(weight))) {
        yield [`${key}_optimizer.${name}.${slot}`, values];
      }
    }
  }
  for (const [name, weight] of average?.model.namedWeights ?? []) yield [`generator_average.${name}`, weight];
}
