/**
 * The program that every bundler bundles: three steps of a small GAN, and two functions of ganvas/node. In Node it
 * prints its result, in a page it posts it. It has no top-level await, which one of the bundlers cannot bundle.
 */
import { dataset, layers, runtimeInfo, sequential, trainGan } from 'ganvas';
import { enableWideSimd, loadMnist } from 'ganvas/node';

async function train() {
  const generator = sequential([
    layers.dense({ units: 64, activation: 'tanh', inputShape: [8] }),
    layers.reshape({ targetShape: [8, 8, 1] }),
  ]);
  const discriminator = sequential([layers.flatten({ inputShape: [8, 8, 1] }), layers.dense({ units: 1 })]);
  const bytes = Uint8Array.from({ length: 96 * 64 }, (_, i) => (i * 31) % 256);
  const losses = [];
  await trainGan({
    images: dataset(bytes, [96, 8, 8, 1]),
    generator,
    discriminator,
    ...{ latentDim: 8, epochs: 1, batchSize: 32, threads: 2 },
    onStep: ({ generatorLoss, discriminatorLoss }) => losses.push(generatorLoss, discriminatorLoss),
  });
  return losses;
}

async function main() {
  const losses = await train();
  const refusal = await loadMnist({ directory: 'absent' }).catch(({ name, message }) => `${name}: ${message}`);
  const { reason } = await enableWideSimd();
  return { losses, refusal, reason, ...runtimeInfo() };
}

const isPage = globalThis.document !== undefined;
const post = (result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) });
main().then(
  (result) => (isPage ? post(result) : console.log(JSON.stringify(result))),
  (error) => {
    if (isPage) post({ error: String(error.stack) });
    else throw error;
  },
);
