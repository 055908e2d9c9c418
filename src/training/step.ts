/**
 * One step of any training: one forward pass in training mode, which gives the loss of each player; the gradients of
 * all players from that pass; then all updates. A NaN or an infinity stops the training in this step.
 */
import { gradients } from '../autograd/gradients.ts';
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { ShapeError } from '../core/errors.ts';
import { formatShape } from '../core/shape.ts';
import { checkLosses, checkStatistics, checkUpdates } from './divergence.ts';
import type { Measures } from './events.ts';
import { networksOf, type Player, trainableWeightsOf } from './player.ts';

/** The result of a forward pass in training mode. */
export interface Pass<M> {
  /**
   * The loss of each player, a scalar, in the order of the players. Undefined: the step does not update this player.
   */
  readonly losses: readonly (Tensor | undefined)[];
  /** The measures of the step, including the losses. */
  readonly measures: M;
}

/**
 * Updates the networks from a batch of images. Call it in a scope.
 *
 * @param where - the training's name, for errors.
 * @throws DivergenceError that names network and weight; a loss that is not finite never reaches the weights.
 */
export function trainStep<M extends Measures<M>>(
  where: string,
  players: readonly Player[],
  images: Tensor,
  forward: () => Pass<M>,
): M {
  const networks = networksOf(players);
  const { losses, measures } = forward();
  checkLosses(where, networks, measures, images);
  const updates = players.flatMap((player, i) => {
    const loss = losses[i];
    if (loss === undefined) return [];
    const weights = trainableWeightsOf(player);
    return [{ ...player, weights, gradients: gradients(loss, weights) }];
  });
  const broken = updates.flatMap(({ optimizer, weights, gradients }) => optimizer.apply(weights, gradients));
  checkUpdates(where, updates, new Set(broken));
  checkStatistics(where, networks);
  return measures;
}

/** Checks that a user's loss function has returned a scalar. */
export function checkLoss(where: string, argument: string, loss: unknown): Tensor {
  const tensor = checkTensor(where, `the result of ${argument}()`, loss);
  if (tensor.size !== 1) {
    throw new ShapeError(
      `${where}: the result of ${argument}() must be a scalar; got shape ${formatShape(tensor.shape)}. Take the ` +
        'mean() of it.',
    );
  }
  return tensor;
}
