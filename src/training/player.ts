/** A player: networks with one loss and one optimizer. A GAN has two players, a classifier has one. */
import type { Variable } from '../autograd/tensor.ts';
import type { Model } from '../nn/sequential.ts';
import type { Optimizer } from '../optim/optimizer.ts';

/** A network of a training. Lists of networks are in the order of the forward pass. */
export interface NamedNetwork {
  readonly name: string;
  readonly model: Model;
}

export interface Player {
  /** The name in checkpoints. */
  readonly name: string;
  /** The networks that its loss trains. Each network belongs to one player and has a unique name. */
  readonly networks: readonly NamedNetwork[];
  readonly optimizer: Optimizer;
  /** The name of the option that gave the optimizer, for messages. */
  readonly optimizerOption: string;
}

export function trainableWeightsOf({ networks }: Player): Variable[] {
  return networks.flatMap(({ model }) => model.trainableWeights);
}

export function networksOf(players: readonly Player[]): NamedNetwork[] {
  return players.flatMap(({ networks }) => networks);
}
