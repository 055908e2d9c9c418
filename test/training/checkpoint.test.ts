import { describe, expect, it } from 'vitest';
import { ArgumentError, FormatError } from '../../src/core/errors.ts';
import { decodeSafetensors, memoryCheckpoints } from '../../src/index.ts';
import { decodeTensorFile, encodeTensorFile, type TensorEntry } from '../../src/io/tensor-file.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../src/training/checkpoint.ts';
import { seal } from '../../src/training/seal.ts';
import { detached } from '../support/detached.ts';
import { thrownBy } from '../support/thrown.ts';
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

  it('detects every flipped bit and every truncation', () => {
    for (let bit = 0; bit < file.length * 8; bit++) {
      const damaged = file.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(() => decodeCheckpoint(damaged), `bit ${bit}`).toThrow(FormatError);
    }
    for (let length = 0; length < file.length; length++) {
      expect(() => decodeCheckpoint(file.subarray(0, length)), `cut at ${length}`).toThrow(FormatError);
    }
  });

  type Change = Parameters<typeof forged>[0];
  const value =
    (key: string, to: string): Change =>
    ({ metadata }) =>
      (metadata[key] = to);
  const lost =
    (key: string): Change =>
    ({ metadata }) =>
      delete metadata[key];
  const entry =
    (name: string, change: Partial<TensorEntry>): Change =>
    ({ entries }) => {
      const at = entries.findIndex((one) => one.name === name);
      entries[at] = { ...entries[at]!, ...change };
    };
  const sums = (...values: number[]): Change =>
    entry('epoch_sums', { bytes: new Uint8Array(Float64Array.from(values).buffer) });
  const without =
    (...names: string[]): Change =>
    ({ entries }) =>
      entries.splice(0, entries.length, ...entries.filter(({ name }) => !names.includes(name)));
  const single = { dtype: 'F32', shape: [2, 3], bytes: new Uint8Array(24) } as const;
  const bytes = { name: 'x', dtype: 'U8', shape: [1], bytes: Uint8Array.of(1) } as const;
  const RATE = 'optimizers.discriminator.learning_rate';
  const TOO_MANY = '9007199254740991';

  const forgeries: readonly [string, Change, RegExp][] = [
    ['another format', value('format', 'pt'), /format is "pt"; this reads "ganvas checkpoint"/],
    ['a later version', value('version', '3'), /has format "3", and .* only "1" and "2"/],
    ['no version', lost('version'), /its version is missing/],
    ['a huge version', value('version', '\u001b[2J'.repeat(1e6)), /has format "\\u\{1b\}\[2J.{0,200}\.\.\.", and this/],
    ['no epoch', lost('epoch'), /its epoch is missing/],
    ['epoch 0', value('epoch', '0'), /epoch is "0", not a whole number from 1/],
    ['a negative step', value('step', '-1'), /step is "-1", not a whole number/],
    ['a step above 2^53', value('step', '9007199254740993'), /not a whole number from 0 to/],
    ['a step in hexadecimal', value('step', '0x1'), /not a whole number/],
    ['a stream above 31 bits', value('random.stream', '2147483648'), /random\.stream is/],
    [
      'too many steps',
      value('optimizers.generator.step', TOO_MANY),
      /step is "9007199254740991", .* to 4503599627370496/,
    ],
    ['an odd learning rate', value(RATE, '1e-4'), /learning_rate is "1e-4", not a number of at least 0/],
    ['a negative learning rate', value(RATE, '-1'), /learning_rate is "-1", not a number of at least 0/],
    ['a column twice', value('columns', 'a,a,b'), /its columns are "a,a,b", not names/],
    ['no columns', value('columns', ''), /its columns are "", not names/],
    ['more columns', value('columns', 'a,b,c,d'), /epoch_sums is \[3\]; with 4 columns in epoch 3 it is \[4\]/],
    ['an inexact random state', value('random.block', TOO_MANY), /block is "9007199254740991", .* to 4503599627370496/],
    ['an unknown key', value('extra', ''), /unknown key "extra"/],
    ['no history', without('history'), /history is missing/],
    ['no sums', without('epoch_sums'), /epoch_sums is missing/],
    ['another epoch', value('epoch', '4'), /history is \[2,3\]; with 3 columns in epoch 4 it is \[3,3\]/],
    ['a tensor of bytes', ({ entries }) => entries.push(bytes), /the tensor "x" must not be U8/],
    ['a history in single precision', entry('history', single), /the tensor "history" must not be F32/],
    ['a loss that is no number', sums(1, NaN, 2), /its discriminatorLoss is NaN/],
    ['a loss to which none can be added', sums(1e308, 1, 2), /its generatorLoss is 1e\+308/],
    ['a negative time', sums(1, 1, -2), /its seconds is -2/],
  ];
  it.each(forgeries)('with a right checksum but %s is refused', (_, change, says) => {
    const { message, offset } = thrownBy(FormatError, () => decodeCheckpoint(forged(change)));
    expect(message).toMatch(says);
    expect(offset).toEqual(expect.any(Number));
  });

  it('of another kind gives another error than a damaged one', () => {
    expect(() => decodeCheckpoint(encodeTensorFile([]))).toThrow(/not a checkpoint of a training/);
    expect(() => decodeCheckpoint(file.map((byte, i) => (i === file.length - 1 ? byte ^ 1 : byte)))).toThrow(
      /damaged: its checksum is [\da-f]{16}, but it should be "[\da-f]{16}"/,
    );
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
