/**
 * What a safetensors file of the user's holds: a checkpoint of trainGan with its settings, or weights of a generator.
 */
import { decodeTensorFile, encodeWeights } from '../../../src/index.ts';
import { buildGenerator, readGeneratorFile } from '../../generator-file.ts';
import { completed, MODELS, namedSettings, type Settings } from './settings.ts';

export type WeightsFile =
  | { readonly kind: 'checkpoint'; readonly settings: Settings }
  /** `generator`: a file of these weights alone. */
  | { readonly kind: 'weights'; readonly settings: Settings; readonly generator: Uint8Array };

const PREFIX = 'configuration.';

/** @param present - the settings that a file of weights keeps, unless it is of another model. */
export function settingsOfCheckpoint(bytes: Uint8Array, present: Settings): WeightsFile {
  const { metadata = {} } = decodeTensorFile(bytes);
  const get = (name: string): string => metadata[PREFIX + name] ?? '';
  const isCheckpoint = metadata['format'] === 'ganvas checkpoint';
  const models = get('labels.classes') !== '' ? (['conditional'] as const) : Object.keys(MODELS).filter(isModel);
  const { model, generator } = readGeneratorFile('the file', bytes, models, buildGenerator);
  if (!isCheckpoint) {
    const settings = model === present.model ? present : completed({ model, seed: present.seed });
    return { kind: 'weights', settings, generator: encodeWeights({ generator }) };
  }
  const [augment = ''] = get('augmentation').split(' ');
  const named = namedSettings(
    new URLSearchParams({
      model,
      loss: get('loss'),
      penalty: get('gradientPenalty.kind') || 'none',
      penaltyWeight: get('gradientPenalty.weight'),
      penaltyEvery: get('gradientPenalty.every'),
      generatorRate: get('generatorOptimizer.learningRate'),
      discriminatorRate: get('discriminatorOptimizer.learningRate'),
      augment: augment || 'none',
      batchSize: get('batchSize'),
      seed: get('seed'),
      images: get('images.count'),
    }),
  );
  // At least one epoch more than it has done.
  const epochs = Math.max(completed({ model }).epochs, Number(metadata['epoch'] ?? 1));
  return { kind: 'checkpoint', settings: completed({ ...named, epochs }) };
}

function isModel(name: string): name is keyof typeof MODELS {
  return name in MODELS && name !== 'conditional';
}
