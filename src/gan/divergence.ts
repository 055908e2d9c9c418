/** The search for what is wrong when a GAN step gives NaN or infinity: training/divergence.ts over the GAN's two networks. */
import type { Tensor, Variable } from '../autograd/tensor.ts';
import type { Model } from '../nn/sequential.ts';
import * as divergence from '../training/divergence.ts';
import type { GanLosses, GanNetworks, GanPass } from './step.ts';

const WHERE = 'trainGan';
type Models = Readonly<Record<'generator' | 'discriminator', Model>>;

/** Before the updates: both losses must be finite. `real` is the batch of images that they come from. */
export function checkLosses(models: Models, losses: GanLosses, real: Tensor): void {
  divergence.checkLosses(WHERE, named(models), losses, real);
}

/** After the updates. `brokenWeights` are the weights that the optimizers found not to be finite. */
export function checkUpdates(networks: GanNetworks, pass: GanPass, brokenWeights: ReadonlySet<Variable>): void {
  const { generator, discriminator, generatorOptimizer, discriminatorOptimizer } = networks;
  divergence.checkUpdates(
    WHERE,
    [
      { name: 'generator', model: generator, optimizer: generatorOptimizer, gradients: pass.generatorGradients },
      {
        name: 'discriminator',
        model: discriminator,
        optimizer: discriminatorOptimizer,
        gradients: pass.discriminatorGradients,
      },
    ],
    brokenWeights,
  );
}

/** The moving statistics, which no loss and no gradient of a training step sees. */
export function checkStatistics(models: Models): void {
  divergence.checkStatistics(WHERE, named(models));
}

function named({ generator, discriminator }: Models): divergence.NamedNetwork[] {
  return [
    { name: 'generator', model: generator },
    { name: 'discriminator', model: discriminator },
  ];
}
