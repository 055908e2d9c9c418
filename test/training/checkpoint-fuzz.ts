/** What the mutation driver needs for checkpoints: files to damage, and mutations that know the format. */
import assert from 'node:assert/strict';
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../../src/training/checkpoint.ts';
import { seal } from '../../src/training/seal.ts';
import { safetensorsTarget } from '../io/safetensors-fuzz.ts';
import { type FuzzTarget, GENERAL_MUTATORS, joinBytes, type Mutator } from '../support/mutate.ts';

/** In the third epoch, two steps done. */
export const checkpointExample: Checkpoint = {
  configuration: { seed: '42', 'images.count': '60000', 'generator.layers.0': 'dense (Dense) (None, 2) 6' },
  epoch: 3,
  step: 2,
  random: { seed: 42, stream: 0, block: 2 ** 40 + 5 },
  epochRandom: { seed: 42, stream: 0, block: 77 },
  optimizers: { discriminator: { step: 471, learningRate: 1e-4 }, generator: { step: 470 } },
  columns: ['generatorLoss', 'discriminatorLoss', 'seconds'],
  epochSums: { generatorLoss: 1.25, discriminatorLoss: 0.1 + 0.2, seconds: 3.5 },
  history: [
    { generatorLoss: 0.7, discriminatorLoss: 1.3, seconds: 10 },
    { generatorLoss: 5e-324, discriminatorLoss: -1 / 3, seconds: 11 },
  ],
  tensors: new Map([
    ['generator.0.kernel', { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, -0, 1e-40, 3e38) }],
    ['sample_noise', { shape: [0, 4], data: new Float32Array(0) }],
    ['scalar', { shape: [], data: Float32Array.of(7) }],
  ]),
};

const beginning: Checkpoint = { ...checkpointExample, epoch: 1, step: 0, history: [], tensors: new Map() };

const corpus: readonly Uint8Array[] = [encodeCheckpoint(checkpointExample), encodeCheckpoint(beginning)];

/** Where the checksum ends; a shorter file has no room for one. */
const SEALED_BYTES = 8 + '{"__metadata__":{"checksum":"'.length + 16;

/** The mutation, and a right checksum over its outcome: no damage gets past the checksum otherwise. */
function sealed(mutator: Mutator): Mutator {
  return (bytes, random) => {
    const damaged = mutator(bytes, random);
    return damaged.length < SEALED_BYTES ? damaged : seal(damaged);
  };
}

const ODD_VALUES: readonly string[] = [
  ...['', '0', '1', '-1', '01', '1.5', '1e3', ' 1', '4294967296', '9007199254740992', 'NaN'],
];

/** Replaces the value of a metadata key, and sets the length of the header right. */
function metadataValue(key: RegExp): Mutator {
  return (bytes, random) => {
    if (bytes.length < 8) return bytes.slice();
    const end = Math.min(bytes.length, 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true));
    const header = Buffer.from(bytes.subarray(8, end)).toString('latin1');
    const changed = header.replace(key, (_, name: string) => `${name}${random.pick(ODD_VALUES)}"`);
    const length = new Uint8Array(8);
    new DataView(length.buffer).setUint32(0, changed.length, true);
    return joinBytes(length, Buffer.from(changed, 'latin1'), bytes.subarray(end));
  };
}

const KEYS = [
  ...['format', 'version', 'epoch', 'step', 'random.seed', 'random.stream', 'random.block', 'epoch_random.block'],
  ...['optimizers.generator.step', 'optimizers.discriminator.learning_rate', 'columns', 'configuration.seed'],
];

const mutators: readonly Mutator[] = [
  ...GENERAL_MUTATORS.map(sealed),
  ...safetensorsTarget.mutators.map(sealed),
  ...KEYS.map((key) => sealed(metadataValue(new RegExp(`("${key.replaceAll('.', '\\.')}":")[^"]*"`)))),
  sealed(function nonFinite(bytes, random) {
    const copy = bytes.slice();
    const at = copy.length - 8 * (1 + random.below(9));
    if (at >= 0) new DataView(copy.buffer).setFloat64(at, random.pick([NaN, Infinity, -Infinity]), true);
    return copy;
  }),
];

/** What was read is a state to go on from, and survives being written and read again. */
function verify(checkpoint: Checkpoint): void {
  const { epoch, step, history, random, epochRandom, optimizers, epochSums } = checkpoint;
  for (const whole of [epoch - 1, step, ...Object.values(optimizers).map((state) => state.step)]) {
    assert.ok(Number.isSafeInteger(whole) && whole >= 0);
  }
  for (const state of [random, epochRandom]) {
    assert.deepEqual(Object.keys(state), ['seed', 'stream', 'block']);
    assert.ok(Object.values(state).every((value: unknown) => Number.isSafeInteger(value)));
  }
  assert.equal(history.length, epoch - 1);
  for (const totals of [epochSums, ...history]) assert.ok(Object.values(totals).every(Number.isFinite));
  assert.deepEqual(plain(decodeCheckpoint(encodeCheckpoint(checkpoint))), plain(checkpoint));
}

/** With the bits of the values, since a NaN differs from itself and -0 does not from 0. */
function plain({ tensors, ...rest }: Checkpoint): unknown {
  const bits = [...tensors].map(([name, { shape, data }]) => [
    name,
    [...shape],
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex'),
  ]);
  return { ...rest, configuration: Object.entries(rest.configuration).sort(), bits: bits.sort() };
}

export const checkpointTarget: FuzzTarget<Checkpoint> = {
  name: 'checkpoint',
  corpus,
  parse: decodeCheckpoint,
  verify,
  mutators,
};
