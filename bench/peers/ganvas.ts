/** ganvas. Arguments: the number of threads, and 'wide' for 256-bit kernels. */
import { ganStep } from '../../src/gan/step.ts';
import {
  adam,
  configure,
  createRandom,
  denseDiscriminator,
  denseGenerator,
  type Model,
  tensor,
} from '../../src/index.ts';
import { enableWideSimd } from '../../src/node/index.ts';
import { BATCH_SIZE, BATCHES, batch, initialWeights, LATENT, LEARNING_RATE, type NetworkName } from './data.ts';
import { refuse, serve } from './serve.ts';

async function main(threads: number, wide: boolean): Promise<void> {
  if (wide) {
    const { enabled, reason } = await enableWideSimd();
    if (!enabled) return refuse(reason);
  }
  await configure({ threads });
  const networks = {
    generator: withWeights(denseGenerator(), 'generator'),
    discriminator: withWeights(denseDiscriminator(), 'discriminator'),
    generatorOptimizer: adam({ learningRate: LEARNING_RATE }),
    discriminatorOptimizer: adam({ learningRate: LEARNING_RATE }),
  };
  const batches = Array.from({ length: BATCHES }, (_, i) => {
    const { noise, real } = batch(i);
    return { noise: tensor(noise, [BATCH_SIZE, LATENT]), real: tensor(real, [BATCH_SIZE, 28, 28, 1]) };
  });
  const random = createRandom(0);
  let number = 0;
  await serve({ version: 'this tree', detail: '' }, async () => {
    const { noise, real } = batches[number++ % BATCHES]!;
    const { generatorLoss, discriminatorLoss } = ganStep(networks, real, noise, random);
    return [generatorLoss, discriminatorLoss];
  });
}

function withWeights(model: Model, network: NetworkName): Model {
  for (const [i, { values }] of initialWeights(network).entries()) model.weights[i]!.assign(values);
  return model;
}

await main(Number(process.argv[2]), process.argv[3] === 'wide');
process.exit();
