/** A loss and a GAN by the recipes of examples/guides/contributing.md: points in the plane instead of images. */
import {
  adam,
  add,
  createRandom,
  layers,
  mean,
  type Objective,
  sequential,
  square,
  sub,
  type TrainGanOptions,
  tensor,
} from '../../src/index.ts';

/** Least squares with the labels 1 for real, -1 for generated, and 0 as the generator's aim. Mao et al., ICCV 2017. */
export const leastSquares: Objective = {
  generatorLoss: (fake) => mean(square(fake)),
  discriminatorLoss: (real, fake) => add(mean(square(sub(real, 1))), mean(square(add(fake, 1)))),
};

/** 16 points on a circle of radius 1/4 around (1/2, -1/4). */
const POINTS = Array.from({ length: 16 }, (_, i) => {
  const angle = (2 * Math.PI * i) / 16;
  return [0.5 + Math.cos(angle) / 4, -0.25 + Math.sin(angle) / 4];
});

export function ownGan(): TrainGanOptions {
  const random = createRandom(3);
  const generator = sequential(
    [layers.dense({ units: 8, activation: 'leakyRelu', inputShape: [4] }), layers.dense({ units: 2 })],
    { random, name: 'generator' },
  );
  const discriminator = sequential(
    [layers.dense({ units: 8, activation: 'leakyRelu', inputShape: [2] }), layers.dense({ units: 1 })],
    { random, name: 'discriminator' },
  );
  return {
    images: tensor(POINTS),
    generator,
    discriminator,
    latentDim: 4,
    batchSize: 16,
    epochs: 100,
    objective: leastSquares,
    generatorOptimizer: adam({ learningRate: 0.02, beta1: 0.5 }),
    discriminatorOptimizer: adam({ learningRate: 0.02, beta1: 0.5 }),
  };
}
