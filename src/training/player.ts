/** Who learns in a training: networks with one loss and one optimizer. A GAN has two players, a classifier is one. */
import type { Variable } from '../autograd/tensor.ts';
import type { Model } from '../nn/sequential.ts';
import type { Optimizer } from '../optim/optimizer.ts';

/** One of a training's networks. Lists of them are in the order of the forward pass. */
export interface NamedNetwork {
  readonly name: string;
  readonly model: Model;
}

export interface Player {
  /** Stands in checkpoints. */
  readonly name: string;
  /** All that its loss trains. No network belongs to two players, and each has a name of its own. */
  readonly networks: readonly NamedNetwork[];
  readonly optimizer: Optimizer;
  /** The option that the optimizer was given by, for messages. */
  readonly optimizerOption: string;
}

export function trainableWeightsOf({ networks }: Player): Variable[] {
  return networks.flatMap(({ model }) => model.trainableWeights);
}

export function networksOf(players: readonly Player[]): NamedNetwork[] {
  return players.flatMap(({ networks }) => networks);
}
