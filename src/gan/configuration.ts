/** What decides the bits of a training, as texts: a resumed training must have the same as the saved one (only `epochs` may grow). */
import type { Tensor } from '../autograd/tensor.ts';
import { formatShape, sizeOf } from '../core/shape.ts';
import { xxh32 } from '../core/xxhash.ts';
import { visitBatches } from '../data/batches.ts';
import type { Dataset } from '../data/dataset.ts';
import { littleEndianBytes } from '../io/little-endian.ts';
import type { Model } from '../nn/sequential.ts';
import { DEFAULT_LOSS } from './losses.ts';
import type { TrainGanSetup } from './options.ts';

export type Configuration = Readonly<Record<string, string>>;

/** Most values of the images that are hashed; all of 10,000 images of 28x28. */
const MAX_HASHED = 2 ** 23;
const HASH_BATCH = 256;

/** Settings that are written down only where they differ from these. */
const DEFAULTS: Configuration = { loss: DEFAULT_LOSS, labelSmoothing: '0' };

export function configurationOf(setup: TrainGanSetup): Configuration {
  const { seed, batchSize, latentDim, sampleCount, images, networks } = setup;
  const { generator, discriminator, generatorOptimizer, discriminatorOptimizer } = networks;
  const configuration: Record<string, string> = {};
  const add = (prefix: string, settings: Readonly<Record<string, string | number | boolean>>): void => {
    for (const [name, value] of Object.entries(settings)) configuration[prefix + name] = `${value}`;
  };
  add('', { seed, batchSize, latentDim, sampleCount });
  if (setup.loss !== DEFAULT_LOSS) add('', { loss: setup.loss });
  if (setup.labelSmoothing > 0) add('', { labelSmoothing: setup.labelSmoothing });
  if (networks.average !== undefined) add('', { emaMomentum: networks.average.momentum });
  if (setup.labels !== undefined) {
    add('labels.', { classes: setup.classes, hash: hexadecimal(xxh32(setup.labels)) });
  }
  add('images.', { count: images.count, itemShape: formatShape(images.itemShape), hash: hashImages(images) });
  add('generatorOptimizer.', generatorOptimizer.config);
  add('discriminatorOptimizer.', discriminatorOptimizer.config);
  add('generator.', architecture(generator));
  add('discriminator.', architecture(discriminator));
  return configuration;
}

/** One line for each setting that differs. */
export function differingSettings(saved: Configuration, given: Configuration): string[] {
  const names = new Set([...Object.keys(given), ...Object.keys(saved)]);
  return [...names]
    .filter((name) => saved[name] !== given[name])
    .map((name) => {
      const absent = DEFAULTS[name] ?? 'none';
      return `${name}: saved ${saved[name] ?? absent}, given ${given[name] ?? absent}`;
    });
}

/** Each layer's kind, output shape and settings, and the shape of each weight. */
function architecture({ layers, namedWeights }: Model): Record<string, string> {
  const parts: Record<string, string> = {};
  for (const [place, { kind, outputShape, settings }] of layers.entries()) {
    const texts = Object.entries(settings).map(([name, value]) => ` ${name} ${value}`);
    parts[`layers.${place}`] = `${kind} ${formatShape(outputShape)}${texts.join('')}`;
  }
  for (const [name, { shape }] of namedWeights) parts[`weights.${name}`] = formatShape(shape);
  return parts;
}

/** Over evenly spaced images, all of them if they have at most 2^23 values: less than 0.1 s, however many there are. */
function hashImages(images: Dataset): string {
  const fitting = Math.max(1, Math.floor(MAX_HASHED / Math.max(1, sizeOf(images.itemShape))));
  const stride = Math.ceil(images.count / fitting);
  const places = Int32Array.from({ length: Math.ceil(images.count / stride) }, (_, i) => i * stride);
  let hash = 0;
  const visit = ({ storage }: Tensor): void => {
    // Each batch is hashed with the hash so far as its seed.
    hash = xxh32(littleEndianBytes(storage.view()), hash);
  };
  visitBatches(images, HASH_BATCH, visit, places);
  return hexadecimal(hash);
}

function hexadecimal(hash: number): string {
  return hash.toString(16).padStart(8, '0');
}
