import { describe, expect, it } from 'vitest';
import { ArgumentError, FormatError } from '../../src/core/errors.ts';
import {
  createRandom,
  decodeSafetensors,
  encodeSafetensors,
  encodeTensorFile,
  encodeWeights,
  layers,
  loadWeights,
  type Model,
  sequential,
  type Tensor,
  tensor,
  zeros,
} from '../../src/index.ts';
import { decodeTensorFile } from '../../src/io/tensor-file.ts';
import { thrownBy } from '../support/thrown.ts';

function model(seed: number, units = 3): Model {
  return sequential(
    [
      layers.dense({ units, inputShape: [2] }),
      layers.batchNormalization(),
      layers.leakyReLU(),
      layers.dense({ units: 1 }),
    ],
    { random: createRandom(seed) },
  );
}

const values = (one: Model): number[][] => one.weights.map((weight) => [...weight.data]);

describe('encodeWeights', () => {
  it('names each weight by model, layer and kind, and writes metadata', () => {
    const file = decodeSafetensors(encodeWeights({ generator: model(1), d: model(2) }, { epoch: '3' }));
    const names = [
      ...['0.bias', '0.kernel', '1.beta', '1.gamma', '1.moving_mean', '1.moving_variance', '3.bias', '3.kernel'],
    ];
    expect(Object.keys(file.tensors).sort()).toEqual([
      ...names.map((name) => `d.${name}`),
      ...names.map((name) => `generator.${name}`),
    ]);
    expect(file.tensors['generator.0.kernel']!.shape).toEqual([2, 3]);
    expect({ ...file.metadata }).toEqual({ epoch: '3' });
    expect(decodeTensorFile(encodeWeights({ d: model(2) })).metadata).toBeUndefined();
  });

  it('writes an empty file for no models', () => {
    expect(decodeTensorFile(encodeWeights({})).entries).toEqual([]);
  });
});

describe('loadWeights', () => {
  it('makes another model give the same results, from bytes and from tensors', () => {
    const trained = model(1);
    trained.call(
      tensor([
        [1, 2],
        [3, 5],
        [-1, 0],
      ]),
      { training: true },
    );
    const x = tensor([
      [0.5, -2],
      [4, 1],
    ]);
    const expected = [...trained.predict(x).data];
    const bytes = encodeWeights({ g: trained });
    for (const source of [bytes, Buffer.from(bytes), decodeSafetensors(bytes).tensors]) {
      const other = model(2);
      expect([...other.predict(x).data]).not.toEqual(expected);
      loadWeights({ g: other }, source);
      expect(values(other)).toEqual(values(trained));
      expect([...other.predict(x).data]).toEqual(expected);
    }
  });

  it('loads several models at once', () => {
    const bytes = encodeWeights({ a: model(1), b: model(2, 5) });
    const [a, b] = [model(3), model(4, 5)];
    loadWeights({ a, b }, bytes);
    expect([values(a), values(b)]).toEqual([values(model(1)), values(model(2, 5))]);
  });

  it('converts half precision exactly', () => {
    const half = { dtype: 'F16', bytes: Uint8Array.of(0x00, 0x3c, 0x00, 0xc0, 0x00, 0x38) } as const; // 1, -2, 0.5
    const dense = sequential([layers.dense({ units: 1, inputShape: [2] })]);
    loadWeights(
      { m: dense },
      encodeTensorFile([
        { name: 'm.0.kernel', dtype: 'F16', shape: [2, 1], bytes: half.bytes.subarray(0, 4) },
        { name: 'm.0.bias', dtype: 'F16', shape: [1], bytes: half.bytes.subarray(4) },
      ]),
    );
    expect(values(dense)).toEqual([[1, -2], [0.5]]);
  });

  /** The tensors of a model, named `g.*`, with changes. */
  const changed = (change: (tensors: Record<string, Tensor>) => void): Record<string, Tensor> => {
    const { tensors } = decodeSafetensors(encodeWeights({ g: model(1) }));
    change(tensors);
    return tensors;
  };
  const refusals: readonly [string, Record<string, Tensor>, string][] = [
    ['missing', changed((t) => delete t['g.1.gamma']), 'missing: g.1.gamma. Nothing was loaded.'],
    ['unexpected', changed((t) => (t['g.4.kernel'] = zeros([1]))), 'unexpected: g.4.kernel. Nothing'],
    [
      'misshapen',
      changed((t) => (t['g.0.kernel'] = zeros([3, 2]))),
      'misshapen: g.0.kernel ([3, 2] instead of [2, 3]). Nothing',
    ],
    [
      'all three at once',
      changed((t) => {
        delete t['g.0.bias'];
        delete t['g.3.bias'];
        t['h.0.bias'] = zeros([3]);
        t['g.3.kernel'] = zeros([3]);
      }),
      'missing: g.0.bias, g.3.bias; unexpected: h.0.bias; misshapen: g.3.kernel ([3] instead of [3, 1]). Nothing',
    ],
    [
      'very many',
      changed((t) => {
        for (let i = 10; i < 60; i++) t[`x${i}`] = zeros([1]);
      }),
      'x28, x29 and 30 more',
    ],
    ['everything', {}, 'missing: g.0.kernel, g.0.bias, g.1.gamma'],
  ];
  it.each(refusals)('lists the differences and changes nothing: %s', (_, tensors, says) => {
    const untouched = model(2);
    for (const source of [tensors, encodeSafetensors(tensors)]) {
      const before = values(untouched);
      expect(() => loadWeights({ g: untouched }, source)).toThrow(ArgumentError);
      expect(() => loadWeights({ g: untouched }, source)).toThrow(says);
      expect(values(untouched)).toEqual(before);
    }
  });

  it('changes nothing if the last of many tensors cannot be converted', () => {
    const { entries } = decodeTensorFile(encodeWeights({ g: model(1) }));
    const last = entries.findIndex(({ name }) => name === 'g.3.kernel');
    // 2^24 + 1 three times, which float32 does not have.
    entries[last] = {
      name: 'g.3.kernel',
      dtype: 'I32',
      shape: [3, 1],
      bytes: new Uint8Array(Int32Array.of(16777217, 16777217, 16777217).buffer),
    };
    const untouched = model(2);
    const before = values(untouched);
    expect(() => loadWeights({ g: untouched }, encodeTensorFile(entries))).toThrow(FormatError);
    expect(values(untouched)).toEqual(before);
  });

  it('reads an ArrayBuffer, such as fetch() gives', () => {
    const [saved, other] = [model(1), model(2)];
    loadWeights({ g: other }, encodeWeights({ g: saved }).slice().buffer);
    expect(values(other)).toEqual(values(saved));
  });

  it('can swap weights of the same model, since it reads all values before it writes any', () => {
    const pair = model(1);
    const [a, b] = ['1.gamma', '1.beta'].map((name) => pair.namedWeights.get(name)!);
    a!.assign([1, 2, 3]);
    b!.assign([4, 5, 6]);
    const swapped = Object.fromEntries([...pair.namedWeights].map(([name, weight]) => [`g.${name}`, weight]));
    loadWeights({ g: pair }, { ...swapped, 'g.1.gamma': b!, 'g.1.beta': a! });
    expect([[...a!.data], [...b!.data]]).toEqual([
      [4, 5, 6],
      [1, 2, 3],
    ]);
  });

  it('refuses swapped arguments at once, however large the file is', () => {
    const start = performance.now();
    expect(() => Reflect.apply(loadWeights, undefined, [new Uint8Array(50_000_000), { g: model(1) }])).toThrow(
      /^loadWeights: models must be an object of models by name; got a Uint8Array. The models come first/,
    );
    expect(performance.now() - start).toBeLessThan(500);
  });

  it('keeps the list of differences short, whatever the names in the file are', () => {
    const entries = Array.from({ length: 30 }, (_, i) => ({
      name: `${i}\u001b${'x'.repeat(1_000_000)}`,
      dtype: 'F32' as const,
      shape: [],
      bytes: new Uint8Array(4),
    }));
    const error = thrownBy(ArgumentError, () => loadWeights({ g: model(1) }, encodeTensorFile(entries)));
    expect(error.message.length).toBeLessThan(5000);
    expect(error.message).toMatch(/unexpected: 0\\u\{1b\}x.* and 10 more. Nothing was loaded\.$/);
  });

  it('accepts __proto__ as a name', () => {
    const file = encodeTensorFile([{ name: '__proto__', dtype: 'F32', shape: [1], bytes: new Uint8Array(4) }]);
    expect(() => loadWeights({ g: model(1) }, file)).toThrow('unexpected: __proto__');
  });
});
