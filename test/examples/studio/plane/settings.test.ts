/** The settings of the points in the URL. */
import { expect, it } from 'vitest';
import {
  DEFAULTS,
  differences,
  readSeed,
  readSettings,
  readSource,
} from '../../../../examples/studio/plane/settings.ts';

const read = (text: string): ReturnType<typeof readSettings> => readSettings(new URLSearchParams(text));

it('what the URL names is read, and what it has wrongly is the default', () => {
  expect(read('')).toEqual(DEFAULTS);
  expect(read('loss=hinge&penalty=0&generatorRate=0.01&discriminatorRate=0.0005&seed=7')).toEqual({
    loss: 'hinge',
    penalty: 0,
    generatorRate: 0.01,
    discriminatorRate: 0.0005,
    seed: 7,
  });
  expect(read('loss=toString&penalty=-1&generatorRate=1e9&discriminatorRate=&seed=1.5')).toEqual(DEFAULTS);
});

it('only differences from the defaults are written, and they are read as they were', () => {
  expect(Object.values(differences(DEFAULTS)).every((value) => value === undefined)).toBe(true);
  const settings = { ...DEFAULTS, loss: 'wasserstein', generatorRate: 1e-4, seed: 4294967295 } as const;
  const named = Object.entries(differences(settings)).filter(([, value]) => value !== undefined);
  expect(named.map(([name]) => name)).toEqual(['loss', 'generatorRate', 'seed']);
  expect(readSettings(new URLSearchParams(named.map(([name, value]): [string, string] => [name, `${value}`])))).toEqual(
    settings,
  );
});

it.each(['', '-1', '1.5', '1e3', '4294967296', '99999999999', 'x'])('%j is no seed', (text) => {
  expect(readSeed(text)).toBeUndefined();
});

it('only sources that exist are read', () => {
  expect(readSource('spiral')).toBe('spiral');
  expect(readSource('toString')).toBeUndefined();
  expect(readSource(null)).toBeUndefined();
});
