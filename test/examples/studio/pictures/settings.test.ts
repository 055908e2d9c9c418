/** The settings of the studio, their form in a URL, and what a file of weights says of them. */
import { describe, expect, it } from 'vitest';
import { RECIPES } from '../../../../examples/recipes.ts';
import { settingsOfCheckpoint } from '../../../../examples/studio/pictures/checkpoint-settings.ts';
import {
  agrees,
  completed,
  differences,
  MODELS,
  namedSettings,
  readNumber,
  recipeOf,
  type Settings,
} from '../../../../examples/studio/pictures/settings.ts';
import { compactGenerator, encodeWeights, refinedGenerator } from '../../../../src/index.ts';
import { checkpointSettings } from './tiny-checkpoint.ts';

const parameters = (settings: Partial<Settings>): URLSearchParams =>
  new URLSearchParams(Object.entries(settings).map(([name, value]) => [name, `${value}`]));

describe('settings in a URL', () => {
  it('the recipe of the first model is an empty one', () => {
    expect(differences(recipeOf('compact'))).toEqual({});
    expect(completed(namedSettings(new URLSearchParams('')))).toEqual(recipeOf('compact'));
  });

  it.each(Object.keys(MODELS) as Settings['model'][])('%s comes back from its differences', (model) => {
    const { adam, batchSize } = RECIPES[model];
    expect(recipeOf(model)).toMatchObject({ generatorRate: adam.learningRate ?? 1e-4, batchSize: batchSize[1] });
    const changed: Settings = { ...recipeOf(model), seed: 7, loss: 'hinge', penalty: 'wgan-gp', generatorRate: 3e-4 };
    const named = namedSettings(parameters(differences(changed)));
    expect(completed(named)).toEqual(changed);
    expect(agrees(named, changed)).toBe(true);
    expect(agrees(named, { ...changed, seed: 8 })).toBe(false);
  });

  it('leaves out what is no setting, out of range, or no number', () => {
    const text =
      'model=vae&loss=constructor&penalty=&seed=-1&epochs=2.5&batchSize=1e9&generatorRate=NaN&x=1&images=%00';
    expect(namedSettings(new URLSearchParams(text))).toEqual({});
  });

  it.each([
    ['seed', '4294967295', 4294967295],
    ['seed', '4294967296', undefined],
    ['epochs', '0', undefined],
    ['generatorRate', '2e-3', 0.002],
    ['generatorRate', ' ', undefined],
    ['generatorRate', 'Infinity', undefined],
  ] as const)('%s %s is %s', (name, text, expected) => {
    expect(readNumber(name, text)).toBe(expected);
  });
});

describe('settingsOfCheckpoint', () => {
  it('reads the settings that trainGan has saved', async () => {
    const settings = {
      ...recipeOf('compact'),
      ...({ loss: 'hinge', penalty: 'r1r2', penaltyWeight: 2, penaltyEvery: 3, augment: 'cutout' } as const),
      ...{ batchSize: 4, seed: 9, images: 12, generatorRate: 1e-3, discriminatorRate: 4e-3 },
    };
    const found = settingsOfCheckpoint(await checkpointSettings(settings), recipeOf('dense'));
    expect(found).toEqual({ kind: 'checkpoint', settings });
  });

  it('keeps the settings for weights of the same model, and takes the recipe of another one', () => {
    const present: Settings = { ...recipeOf('compact'), loss: 'hinge', seed: 3 };
    const compact = settingsOfCheckpoint(encodeWeights({ generator: compactGenerator() }), present);
    expect(compact).toMatchObject({ kind: 'weights', settings: present });
    // Under another name, as a program of the user's may have saved it.
    const refined = settingsOfCheckpoint(encodeWeights({ mine: refinedGenerator() }), present);
    expect(refined).toMatchObject({ kind: 'weights', settings: { ...recipeOf('refined'), seed: 3 } });
  });
});
