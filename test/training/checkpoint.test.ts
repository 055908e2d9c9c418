import { describe, expect, it } from 'vitest';
import { ArgumentError, FormatError } from '../../src/core/errors.ts';
import { decodeSafetensors, memoryCheckpoints } from '../../src/index.ts';
import { decodeTensorFile, encodeTensorFile, type TensorEntry } from '../../src/io/tensor-file.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/training/checkpoint.ts';
import { seal } from '../../src/training/seal.ts';
import { detached } from '../support/detached.ts';
import { checkpointExample } from './checkpoint-fuzz.ts';

const file = encodeCheckpoint(checkpointExample);

/** The example with other metadata or entries, its checksum right. */
function forged(change: (file: { metadata: Record<string, string>; entries: TensorEntry[] }) => void): Uint8Array {
  const { entries, metadata = {} } = decodeTensorFile(file);
  const parts = { metadata: { ...metadata, checksum: '0'.repeat(16) }, entries };
  change(parts);
  return seal(encodeTensorFile(parts.entries, parts.metadata));
}

describe('a checkpoint', () => {
  it('comes back as it was, with the bits of its float64 sums', () => {
    const read = decodeCheckpoint(file);
    expect({ ...read, configuration: { ...read.configuration } }).toEqual(checkpointExample);
    // 0.1 + 0.2 is 0.30000000000000004; -0 and subnormals keep their bits.
    expect(read.epochSums['discriminatorLoss']).toBe(0.1 + 0.2);
    expect(Object.is(read.tensors.get('generator.0.kernel')!.data[3], -0)).toBe(true);
    expect(read.tensors.get('generator.0.kernel')!.data[4]).toBe(Math.fround(1e-40));
  });

  it('is the same bytes for the same content, in whatever order it is given', () => {
    const { configuration, tensors } = checkpointExample;
    const reversed = {
      ...checkpointExample,
      configuration: Object.fromEntries(Object.entries(configuration).reverse()),
      tensors: new Map([...tensors].reverse()),
    };
    expect(Buffer.compare(encodeCheckpoint(reversed), file)).toBe(0);
  });

  it('is read from any offset of a larger buffer', () => {
    for (const offset of [0, 1, 2, 4, 7]) {
      const buffer = new Uint8Array(file.length + 20);
      buffer.set(file, offset);
      expect(decodeCheckpoint(buffer.subarray(offset, offset + file.length)).tensors).toEqual(
        checkpointExample.tensors,
      );
    }
  });

  it('is a safetensors file that any reader opens, with its settings in plain text', () => {
    const { tensors, metadata } = decodeSafetensors(file);
    expect(Object.keys(tensors).sort()).toEqual([
      'epoch_sums',
      'generator.0.kernel',
      'history',
      'sample_noise',
      'scalar',
    ]);
    expect(metadata).toMatchObject({
      format: 'ganvas checkpoint',
      version: '2',
      epoch: '3',
      step: '2',
      'configuration.images.count': '60000',
      'random.block': '1099511627781',
    });
  });

  it('of version 1 is read: it had neither columns nor learning rates, and left out the defaults of trainGan', () => {
    const old = forged(({ metadata }) => {
      metadata['version'] = '1';
      for (const player of ['generator', 'discriminator']) {
        metadata[`${player}_optimizer.step`] = metadata[`optimizers.${player}.step`]!;
        delete metadata[`optimizers.${player}.step`];
      }
      delete metadata['columns'];
      delete metadata['optimizers.discriminator.learning_rate'];
    });
    const { configuration, optimizers, columns, history } = decodeCheckpoint(old);
    expect(configuration).toMatchObject({ seed: '42', loss: 'nonSaturating', labelSmoothing: '0' });
    expect(optimizers).toEqual({ discriminator: { step: 471 }, generator: { step: 470 } });
    expect(columns).toEqual(['generatorLoss', 'discriminatorLoss', 'seconds']);
    expect(history).toEqual(checkpointExample.history);
  });

  it('keeps a setting called __proto__ as a setting', () => {
    const configuration = JSON.parse('{"__proto__":"x"}') as Record<string, string>;
    const read = decodeCheckpoint(encodeCheckpoint({ ...checkpointExample, configuration })).configuration;
    expect(Object.entries(read)).toEqual([['__proto__', 'x']]);
  });

  it('notices every single flipped bit and every cut', () => {
    for (let bit = 0; bit < file.length * 8; bit++) {
      const damaged = file.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => decodeCheckpoint(damaged), `bit ${bit}`).toThrow(FormatError);
    }
    for (let length = 0; length < file.length; length++) {
      expect(() => decodeCheckpoint(file.subarray(0, length)), `cut at ${length}`).toThrow(FormatError);
    }
  });

  it('counts the length of the header among the sealed bytes', () => {
    const damaged = file.slice();
    damaged[0]! ^= 8;
    expect(() => decodeCheckpoint(damaged)).toThrow(/the checkpoint is damaged/);
  });

  const forgeries: readonly [string, Parameters<typeof forged>[0], RegExp][] = [
    ['another format', ({ metadata }) => (metadata['format'] = 'pt'), /format is "pt"; this reads "ganvas checkpoint"/],
    ['a later version', ({ metadata }) => (metadata['version'] = '3'), /has format "3", and .* only "1" and "2"/],
    ['no version', ({ metadata }) => delete metadata['version'], /its version is missing/],
    [
      'a very long version, with control characters',
      ({ metadata }) => (metadata['version'] = '\u001b[2J'.repeat(1_000_000)),
      /has format "\\u\{1b\}\[2J.{0,200}\.\.\.", and this/,
    ],
    ['no epoch', ({ metadata }) => delete metadata['epoch'], /its epoch is missing/],
    ['epoch 0', ({ metadata }) => (metadata['epoch'] = '0'), /epoch is "0", not a whole number from 1/],
    ['a negative step', ({ metadata }) => (metadata['step'] = '-1'), /step is "-1", not a whole number/],
    ['a step above 2^53', ({ metadata }) => (metadata['step'] = '9007199254740993'), /not a whole number from 0 to/],
    ['a step in hexadecimal', ({ metadata }) => (metadata['step'] = '0x1'), /not a whole number/],
    ['a stream above 31 bits', ({ metadata }) => (metadata['random.stream'] = '2147483648'), /random\.stream is/],
    [
      'an optimizer that cannot count any further',
      ({ metadata }) => (metadata['optimizers.generator.step'] = '9007199254740991'),
      /optimizers\.generator\.step is "9007199254740991", not a whole number from 0 to 4503599627370496/,
    ],
    [
      'a learning rate that is no number',
      ({ metadata }) => (metadata['optimizers.discriminator.learning_rate'] = '1e-4'),
      /discriminator\.learning_rate is "1e-4", not a number of at least 0/,
    ],
    [
      'a negative learning rate',
      ({ metadata }) => (metadata['optimizers.discriminator.learning_rate'] = '-1'),
      /discriminator\.learning_rate is "-1", not a number of at least 0/,
    ],
    ['a column twice', ({ metadata }) => (metadata['columns'] = 'a,a,b'), /its columns are "a,a,b", not names/],
    ['no columns', ({ metadata }) => (metadata['columns'] = ''), /its columns are "", not names/],
    [
      'more columns',
      ({ metadata }) => (metadata['columns'] = 'a,b,c,d'),
      /epoch_sums is \[3\]; with 4 columns in epoch 3 it is \[4\]/,
    ],
    [
      'a random state that would soon not be exact',
      ({ metadata }) => (metadata['random.block'] = '9007199254740991'),
      /random\.block is "9007199254740991", not a whole number from 0 to 4503599627370496/,
    ],
    ['an unknown key', ({ metadata }) => (metadata['extra'] = ''), /unknown key "extra"/],
    ['no history', ({ entries }) => entries.splice(0, entries.length), /history is missing/],
    [
      'no sums',
      ({ entries }) =>
        entries.splice(
          entries.findIndex(({ name }) => name === 'epoch_sums'),
          1,
        ),
      /epoch_sums is missing/,
    ],
    [
      'a history that does not fit the epoch',
      ({ metadata }) => (metadata['epoch'] = '4'),
      /history is \[2,3\]; with 3 columns in epoch 4 it is \[3,3\]/,
    ],
    [
      'a tensor of bytes',
      ({ entries }) => entries.push({ name: 'x', dtype: 'U8', shape: [1], bytes: Uint8Array.of(1) }),
      /the tensor "x" must not be U8/,
    ],
    [
      'a history in single precision',
      ({ entries }) => {
        const at = entries.findIndex(({ name }) => name === 'history');
        entries[at] = { name: 'history', dtype: 'F32', shape: [2, 3], bytes: new Uint8Array(24) };
      },
      /the tensor "history" must not be F32/,
    ],
    [
      'a loss that is no number',
      ({ entries }) => {
        const at = entries.findIndex(({ name }) => name === 'epoch_sums');
        entries[at] = { ...entries[at]!, bytes: new Uint8Array(Float64Array.of(1, NaN, 2).buffer) };
      },
      /its discriminatorLoss is NaN/,
    ],
    [
      'a loss to which none can be added',
      ({ entries }) => {
        const at = entries.findIndex(({ name }) => name === 'epoch_sums');
        entries[at] = { ...entries[at]!, bytes: new Uint8Array(Float64Array.of(1e308, 1, 2).buffer) };
      },
      /its generatorLoss is 1e\+308/,
    ],
    [
      'a negative time',
      ({ entries }) => {
        const at = entries.findIndex(({ name }) => name === 'epoch_sums');
        entries[at] = { ...entries[at]!, bytes: new Uint8Array(Float64Array.of(1, 1, -2).buffer) };
      },
      /its seconds is -2/,
    ],
  ];
  it.each(forgeries)('with a right checksum but %s is refused', (_, change, says) => {
    let error: unknown;
    try {
      decodeCheckpoint(forged(change));
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(FormatError);
    expect(error).toMatchObject({ message: expect.stringMatching(says), offset: expect.any(Number) });
  });

  it('of another kind is told apart from a damaged one', () => {
    expect(() => decodeCheckpoint(encodeTensorFile([]))).toThrow(/not a checkpoint of a training/);
    expect(() => decodeCheckpoint(file.map((byte, i) => (i === file.length - 1 ? byte ^ 1 : byte)))).toThrow(
      /damaged: its checksum is [\da-f]{16}, but it should be "[\da-f]{16}"/,
    );
  });

  it.each([[undefined], ['text'], [[1, 2]], [new ArrayBuffer(8)]])('refuses %s as bytes', (bytes) => {
    expect(() => Reflect.apply(decodeCheckpoint, undefined, [bytes])).toThrow(ArgumentError);
  });
});

describe('memoryCheckpoints', () => {
  it('keeps copies of the last two, newest first', async () => {
    const store = memoryCheckpoints();
    expect(await store.list()).toEqual([]);
    const bytes = Uint8Array.of(1);
    for (const value of [1, 2, 3]) {
      bytes[0] = value;
      await store.save(bytes);
    }
    const kept = await store.list();
    expect(kept.map(({ name }) => name)).toEqual(['checkpoint 3 in memory', 'checkpoint 2 in memory']);
    expect(await Promise.all(kept.map((one) => one.read()))).toEqual([Uint8Array.of(3), Uint8Array.of(2)]);
  });

  it('keeps its bytes when those that it gave are changed, or handed to a worker', async () => {
    const store = memoryCheckpoints();
    await store.save(Uint8Array.of(1, 2));
    const [kept] = await store.list();
    (await kept!.read())[0] = 9;
    const { buffer } = await kept!.read();
    structuredClone(buffer, { transfer: [buffer as ArrayBuffer] });
    expect(await kept!.read()).toEqual(Uint8Array.of(1, 2));
  });

  it('refuses bytes whose memory is gone, which would be kept as nothing', async () => {
    const store = memoryCheckpoints();
    await expect(store.save(detached(Uint8Array.of(1, 2)))).rejects.toThrow(ArgumentError);
    await expect(store.save(detached(Uint8Array.of(1, 2)))).rejects.toThrow(/bytes has lost its memory/);
    expect(await store.list()).toEqual([]);
  });
});
