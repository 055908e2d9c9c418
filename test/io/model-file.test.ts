/** Files of models: round trips bit for bit, in memory and on disk, and damaged files. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  ArgumentError,
  createRandom,
  decodeModels,
  decodeTensorFile,
  denseGenerator,
  encodeModels,
  encodeTensorFile,
  encodeWeights,
  FormatError,
  layers,
  loadWeights,
  sequential,
} from '../../src/index.ts';
import { loadModel, saveModel } from '../../src/node/index.ts';
import { bitsOf } from '../nn/bits.ts';
import { expectRejection, thrownBy } from '../support/thrown.ts';

const folder = mkdtempSync(join(tmpdir(), 'ganvas-models-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const random = createRandom(4);
const small = () => sequential([layers.dense({ units: 2, inputShape: [3] })], { random, name: 'small' });

describe('encodeModels and decodeModels', () => {
  it('keep layers, names, weights and metadata; loadWeights reads the file too', () => {
    const generator = denseGenerator({ random });
    const bytes = encodeModels({ generator, small: small() }, { epoch: '12' });
    const { models, metadata } = decodeModels(bytes);
    expect(Object.keys(models)).toEqual(['generator', 'small']);
    expect({ ...metadata }).toEqual({ epoch: '12' });
    expect(models['small']!.name).toBe('small');
    const z = random.normal([3, 100]);
    expect(bitsOf(models['generator']!.predict(z))).toBe(bitsOf(generator.predict(z)));
    expect(encodeModels({ generator: models['generator']!, small: models['small']! }, { epoch: '12' })).toEqual(bytes);
    const other = denseGenerator();
    loadWeights({ generator: other, small: small() }, bytes);
    expect(bitsOf(other.predict(z))).toBe(bitsOf(generator.predict(z)));
  });

  it('refuse weights alone, a broken description and weights that are not those of the description', () => {
    const model = small();
    const file = decodeTensorFile(encodeModels({ model }));
    const text = file.metadata!['ganvas.models']!;
    const changed = (description: string) => encodeTensorFile(file.entries, { 'ganvas.models': description });
    const cases: [Uint8Array, RegExp][] = [
      [encodeWeights({ model }), /the file has weights alone. Build the model in your program and use loadWeights/],
      [changed('{'), /ganvas.models in the metadata is not JSON/],
      [changed('[]'), /ganvas.models in the metadata must be models by name, got \[\]/],
      [changed('{"model":5}'), /description must be what describeModel\(\) returned; got 5/],
      [changed(text.replace('"units":2', '"units":1')), /the weights are not those of these models: misshapen/],
      // The file has 8 weights, so no more are made.
      [changed(text.replace('"units":2', '"units":1000000000')), /more weights than maxWeights allows/],
      [changed(text.replace('"model"', '"other"')), /missing: other.0.kernel/],
    ];
    for (const [bytes, message] of cases)
      expect(thrownBy(FormatError, () => decodeModels(bytes)).message).toMatch(message);
  });

  it('take models by name, and no metadata of the reserved key', () => {
    thrownBy(ArgumentError, () => encodeModels(small() as never));
    thrownBy(ArgumentError, () => encodeModels({ small: small() }, { 'ganvas.models': '' }));
  });
});

describe('saveModel and loadModel', () => {
  it('keep one model in a file', async () => {
    const path = join(folder, 'model.safetensors');
    const model = small();
    await saveModel(path, model);
    const x = random.normal([2, 3]);
    expect(bitsOf((await loadModel(path)).predict(x))).toBe(bitsOf(model.predict(x)));
  });

  it('a file of two models is refused, with the function that reads them', async () => {
    const path = join(folder, 'two.safetensors');
    writeFileSync(path, encodeModels({ a: small(), b: small() }));
    await expectRejection(loadModel(path), FormatError, 'holds 2 models; decodeModels() of ganvas reads them all');
  });
});
