/** The GANs in ganvas. Arguments: the number of threads, 'dense' or 'conv', and 'wide' for 256-bit kernels. */
import { ganStep } from '../../src/gan/step.ts';
import {
  adam,
  configure,
  convDiscriminator,
  convGenerator,
  createRandom,
  denseDiscriminator,
  denseGenerator,
  type Model,
  tensor,
} from '../../src/index.ts';
import { enableWideSimd } from '../../src/node/index.ts';
import {
  BATCHES,
  batch,
  CONV,
  DENSE,
  initialWeights,
  LATENT,
  LEARNING_RATE,
  type NetworkName,
  type Problem,
  WIDTH,
} from './data.ts';
import { refuse, serve } from './serve.ts';

async function main(threads: number, convolutional: boolean, wide: boolean): Promise<void> {
  if (wide) {
    const { enabled, reason } = await enableWideSimd();
    if (!enabled) return refuse(reason);
  }
  await configure({ threads });
  const problem = convolutional ? CONV : DENSE;
  const { batchSize } = problem;
  const [generator, discriminator] = convolutional
    ? [convGenerator({ width: WIDTH }), convDiscriminator({ width: WIDTH, dropoutRate: 0 })]
    : [denseGenerator(), denseDiscriminator()];
  const networks = {
    generator: withWeights(generator, 'generator', problem),
    discriminator: withWeights(discriminator, 'discriminator', problem),
    generatorOptimizer: adam({ learningRate: LEARNING_RATE }),
    discriminatorOptimizer: adam({ learningRate: LEARNING_RATE }),
  };
  const batches = Array.from({ length: BATCHES }, (_, i) => {
    const { noise, real } = batch(i, problem);
    return { noise: tensor(noise, [batchSize, LATENT]), real: tensor(real, [batchSize, 28, 28, 1]) };
  });
  const random = createRandom(0);
  let number = 0;
  await serve({ version: 'this tree', detail: '' }, async () => {
    const { noise, real } = batches[number++ % BATCHES]!;
    const { generatorLoss, discriminatorLoss } = ganStep(networks, real, noise, random);
    return [generatorLoss, discriminatorLoss];
  });
}

function withWeights(model: Model, network: NetworkName, problem: Problem): Model {
  const weights = initialWeights(network, problem);
  if (weights.length !== model.weights.length) throw new Error(`${network}: ${model.weights.length} weights`);
  for (const [i, { values }] of weights.entries()) model.weights[i]!.assign(values);
  return model;
}

await main(Number(process.argv[2]), process.argv[3] === 'conv', process.argv[4] === 'wide');
process.exit();
