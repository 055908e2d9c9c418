/**
 * What gradient penalties and augmentation add to a step: `npx tsx bench/penalties.ts`, or with the number of threads.
 * The variants take turns, each with networks of its own, and each has its term in every step.
 */
import { ganStep } from '../src/gan/step.ts';
import * as ganvas from '../src/index.ts';
import { alternate } from './support/timing.ts';

const { adam, configure, convDiscriminator, convGenerator, createRandom } = ganvas;
const { denseDiscriminator, denseGenerator, refinedDiscriminator, refinedGenerator } = ganvas;
type StepOptions = NonNullable<Parameters<typeof ganStep>[4]>;

const PAIRS = {
  'conv, width 0.25, without dropout': () => ({
    generator: convGenerator({ width: 0.25 }),
    discriminator: convDiscriminator({ width: 0.25, dropoutRate: 0 }),
    batchSize: 64,
  }),
  dense: () => ({ generator: denseGenerator(), discriminator: denseDiscriminator(), batchSize: 256 }),
  refined: () => ({ generator: refinedGenerator(), discriminator: refinedDiscriminator(), batchSize: 256 }),
};

const VARIANTS: Readonly<Record<string, StepOptions>> = {
  'no penalty': {},
  r1: { gradientPenalty: { kind: 'r1', weight: 1, every: 1 } },
  r1r2: { gradientPenalty: { kind: 'r1r2', weight: 1, every: 1 } },
  'wgan-gp': { gradientPenalty: { kind: 'wgan-gp', weight: 1, every: 1 } },
  'brightness, contrast, translation, cutout': {
    augmentation: [
      { kind: 'brightness', amount: 0.5 },
      { kind: 'contrast', amount: 0.5 },
      { kind: 'translation', amount: 0.125 },
      { kind: 'cutout', amount: 0.5 },
    ],
  },
};

await configure({ threads: Number(process.argv[2] ?? 1) });
for (const [pair, make] of Object.entries(PAIRS)) {
  const candidates = Object.entries(VARIANTS).map(([name, options]) => {
    const { batchSize, ...models } = make();
    const networks = { ...models, generatorOptimizer: adam(), discriminatorOptimizer: adam() };
    const random = createRandom(1);
    const real = random.uniform([batchSize, 28, 28, 1], -1, 1);
    const noise = random.normal([batchSize, 100]);
    const run = (): number => {
      const start = performance.now();
      ganStep(networks, real, noise, random, options);
      return performance.now() - start;
    };
    run();
    return { name, run };
  });
  const figures = await alternate(candidates, { rounds: 25, budgetMs: 5000 });
  const base = figures.get('no penalty')!;
  console.log(pair);
  for (const [name, { min, median }] of figures) {
    const times = `${min.toFixed(1)} ms minimum, ${median.toFixed(1)} median`;
    console.log(`  ${name}: ${times}; ${(min / base.min).toFixed(2)} and ${(median / base.median).toFixed(2)} times`);
  }
}
process.exit();
