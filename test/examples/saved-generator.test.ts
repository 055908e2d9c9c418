import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readGenerator } from '../../examples/saved-generator.ts';
import {
  ArgumentError,
  compactGenerator,
  conditionalGenerator,
  convGenerator,
  createRandom,
  denseAutoencoder,
  denseGenerator,
  encodeWeights,
  refinedGenerator,
  sampleClasses,
} from '../../src/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'ganvas-generators-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const random = createRandom(7);
const path = join(folder, 'generator.safetensors');

describe('readGenerator', () => {
  test.each([
    ['compact', compactGenerator({ latentDim: 12, width: 0.5, random })],
    ['dense', denseGenerator({ latentDim: 12, random })],
    ['refined', refinedGenerator({ latentDim: 12, random })],
    ['conv', convGenerator({ latentDim: 12, width: 0.125, random })],
    ['autoencoder', denseAutoencoder({ latentDim: 12, random }).decoder],
  ] as const)('tells the %s generator by its weights, and draws what it draws', (name, generator) => {
    writeFileSync(path, encodeWeights({ generator }));
    const { model, draw } = readGenerator(path, undefined);
    expect(model).toBe(name);
    const drawn = draw(5, 3);
    expect(drawn.shape).toEqual([5, 28, 28, 1]);
    expect(drawn.data).toEqual(generator.predict(createRandom(3).normal([5, 12])).data);
    expect(readGenerator(path, name).model).toBe(name);
  });

  test('draws all digits in turn with the conditional one, which run.json names, over more than one batch', () => {
    const generator = conditionalGenerator({ latentDim: 12, random });
    writeFileSync(path, encodeWeights({ generator }));
    const { model, draw } = readGenerator(path, 'conditional');
    expect(model).toBe('conditional');
    const drawn = draw(300, 1);
    expect(drawn.shape).toEqual([300, 28, 28, 1]);
    // The first batch of 256 pictures has the digits 0 to 9 in turn.
    const digits = Uint8Array.from({ length: 256 }, (_, i) => i % 10);
    const noise = createRandom(1).normal([256, 12]);
    expect(drawn.data.slice(0, 256 * 784)).toEqual(sampleClasses(generator, digits, { noise }).data);
  });

  test('accepts any key before the names of the weights; refuses other files and says what each model misses', () => {
    const { encoder, decoder } = denseAutoencoder({ latentDim: 12, random });
    writeFileSync(path, encodeWeights({ decoder }));
    expect(readGenerator(path, undefined).model).toBe('autoencoder');
    expect(() => readGenerator(path, 'conv')).toThrow(ArgumentError);
    expect(() => readGenerator(path, 'conv')).toThrow(/none of the known generators:\n {2}conv: loadWeights/);
    writeFileSync(path, encodeWeights({ encoder }));
    expect(() => readGenerator(path, undefined)).toThrow('has no matrix "generator.0.kernel"');
  });
});
