/**
 * One step of any training: one forward pass in training mode, which gives each player its loss; every player's
 * gradients from that same pass; then all updates. Whatever turns NaN or infinite stops the training in this step.
 */
import { gradients } from '../autograd/gradients.ts';
import { checkTensor, type Tensor } from '../autograd/tensor.ts';
import { ShapeError } from '../core/errors.ts';
import { formatShape } from '../core/shape.ts';
import { checkLosses, checkStatistics, checkUpdates } from './divergence.ts';
import type { Measures } from './events.ts';
import { networksOf, type Player, trainableWeightsOf } from './player.ts';

/** What a forward pass in training mode gives. */
export interface Pass<M> {
  /** A scalar for each player, in their order, which its networks descend. */
  readonly losses: readonly Tensor[];
  /** All that the step measures, the losses among it. */
  readonly measures: M;
}

/**
 * From a batch of images to updated networks. Call it in a scope.
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
  const updates = players.map((player, i) => {
    const weights = trainableWeightsOf(player);
    return { ...player, weights, gradients: gradients(losses[i]!, weights) };
  });
  const broken = updates.flatMap(({ optimizer, weights, gradients }) => optimizer.apply(weights, gradients));
  checkUpdates(where, updates, new Set(broken));
  checkStatistics(where, networks);
  return measures;
}

/** What a loss function of the user's has returned: a scalar. */
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
