/**
 * A training's whole state as one safetensors file, as plain data; what the state consists of is decided in gan/training-state.ts.
 *
 *   tensors    F32, by name; `history` [finished epochs, 3] and `epoch_sums` [3] as F64: generator loss, discriminator loss, seconds
 *   metadata   checksum (seal.ts), format and version, `configuration.*` (what a resumed training must share with the saved one),
 *              epoch and step, the random generator's state now and at the start of the epoch, the optimizers' counts of steps
 *
 * Any safetensors reader opens such a file. This one takes nothing but what encodeCheckpoint() writes.
 */
import type { RandomState } from '../autograd/random.ts';
import { checkBytes } from '../core/bytes.ts';
import { describe } from '../core/check.ts';
import { FormatError } from '../core/errors.ts';
import type { Shape } from '../core/shape.ts';
import { float32FromLittleEndian, littleEndianBytes } from '../io/little-endian.ts';
import { decodeTensorFile, encodeTensorFile, type TensorEntry } from '../io/tensor-file.ts';
import { CHECKSUM_KEY, checkSeal, seal, UNSEALED } from './seal.ts';

/** Losses, as sums over the steps of an epoch so far or means over a finished one, and the time taken. */
export interface EpochTotals {
  readonly generatorLoss: number;
  readonly discriminatorLoss: number;
  readonly seconds: number;
}

/** Some float32 values with a shape: a Tensor is one. */
export interface TensorValues {
  readonly shape: Shape;
  readonly data: Float32Array;
}

export interface Checkpoint {
  /** The settings that decide the bits, as texts to compare and to show. */
  readonly configuration: Readonly<Record<string, string>>;
  /** The epoch in progress, from 1. */
  readonly epoch: number;
  /** How many of its steps are done. */
  readonly step: number;
  readonly random: RandomState;
  /** Before the epoch's order was drawn. */
  readonly epochRandom: RandomState;
  readonly optimizerSteps: { readonly generator: number; readonly discriminator: number };
  readonly epochSums: EpochTotals;
  /** One for each finished epoch. */
  readonly history: readonly EpochTotals[];
  /** Weights, moments and noise by name. */
  readonly tensors: ReadonlyMap<string, TensorValues>;
}

const FORMAT = 'ganvas checkpoint';
const VERSION = '1';
const CONFIGURATION = 'configuration.';
const HISTORY = 'history';
const EPOCH_SUMS = 'epoch_sums';
/** Numbers in a row of either. */
const TOTALS = 3;
/** Optimizers count up to where they were, a billion steps in seconds; a larger count would look like a hang. */
const MAX_OPTIMIZER_STEP = 2 ** 30;
const MAX_STREAM = 0x7fffffff;

export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { configuration, epoch, step, random, epochRandom, optimizerSteps, epochSums, history, tensors } = checkpoint;
  const metadata: Record<string, string> = {
    [CHECKSUM_KEY]: UNSEALED,
    format: FORMAT,
    version: VERSION,
    epoch: `${epoch}`,
    step: `${step}`,
    'generator_optimizer.step': `${optimizerSteps.generator}`,
    'discriminator_optimizer.step': `${optimizerSteps.discriminator}`,
  };
  for (const [name, state] of Object.entries({ random, epoch_random: epochRandom })) {
    for (const [key, value] of Object.entries(state)) metadata[`${name}.${key}`] = `${value}`;
  }
  for (const [key, value] of Object.entries(configuration)) metadata[CONFIGURATION + key] = value;
  const entries: TensorEntry[] = [
    { name: HISTORY, dtype: 'F64', shape: [history.length, TOTALS], bytes: totalsBytes(history) },
    { name: EPOCH_SUMS, dtype: 'F64', shape: [TOTALS], bytes: totalsBytes([epochSums]) },
  ];
  for (const [name, { shape, data }] of tensors) {
    entries.push({ name, dtype: 'F32', shape, bytes: littleEndianBytes(data) });
  }
  return seal(encodeTensorFile(entries, metadata, 'encodeCheckpoint'));
}

/**
 * Reads a checkpoint. The tensors' values are views of `bytes` where their place allows it.
 *
 * @throws FormatError for anything that encodeCheckpoint() would not have written, and for a damaged file
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const where = 'decodeCheckpoint';
  checkBytes(where, 'bytes', bytes);
  checkSeal(bytes, where);
  const { entries, metadata = {} } = decodeTensorFile(bytes, where);
  const reader = new MetadataReader(metadata, where);
  reader.text(CHECKSUM_KEY);
  reader.expect('format', FORMAT);
  reader.expect('version', VERSION);
  const epoch = reader.integer('epoch', 1);
  const step = reader.integer('step', 0);
  const random = reader.randomState('random');
  const epochRandom = reader.randomState('epoch_random');
  const generator = reader.integer('generator_optimizer.step', 0, MAX_OPTIMIZER_STEP);
  const discriminator = reader.integer('discriminator_optimizer.step', 0, MAX_OPTIMIZER_STEP);
  const configuration = reader.rest(CONFIGURATION);

  const tensors = new Map<string, TensorValues>();
  const totals = new Map<string, EpochTotals[]>();
  const rows = new Map([
    [HISTORY, [epoch - 1, TOTALS]],
    [EPOCH_SUMS, [TOTALS]],
  ]);
  for (const { name, dtype, shape, bytes: data } of entries) {
    const offset = data.byteOffset - bytes.byteOffset;
    const expected = rows.get(name);
    if (dtype !== (expected === undefined ? 'F32' : 'F64')) {
      throw new FormatError(`${where}: the tensor ${describe(name)} must not be ${dtype}`, offset);
    }
    if (expected === undefined) tensors.set(name, { shape, data: float32FromLittleEndian(data) });
    else if (shape.join() === expected.join()) totals.set(name, readTotals(data, offset, where));
    else throw new FormatError(`${where}: ${name} is [${shape}]; in epoch ${epoch} it is [${expected}]`, offset);
  }
  const history = totals.get(HISTORY);
  const [epochSums] = totals.get(EPOCH_SUMS) ?? [];
  if (history === undefined || epochSums === undefined) {
    throw new FormatError(`${where}: ${history === undefined ? HISTORY : EPOCH_SUMS} is missing`, 0);
  }
  const optimizerSteps = { generator, discriminator };
  return { configuration, epoch, step, random, epochRandom, optimizerSteps, epochSums, history, tensors };
}

/** Takes texts out of the metadata one by one; what is left at the end must be the configuration. */
class MetadataReader {
  readonly #left: Map<string, string>;
  readonly #where: string;

  constructor(metadata: Readonly<Record<string, string>>, where: string) {
    this.#left = new Map(Object.entries(metadata));
    this.#where = where;
  }

  text(key: string): string {
    const text = this.#left.get(key);
    if (text === undefined) return this.#fail(`its ${key} is missing`);
    this.#left.delete(key);
    return text;
  }

  expect(key: string, expected: string): void {
    const text = this.text(key);
    if (text !== expected) this.#fail(`its ${key} is ${describe(text)}; this reads ${describe(expected)}`);
  }

  /** A whole number as `${number}` writes it. */
  integer(key: string, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
    const text = this.text(key);
    const value = Number(text);
    if (!/^(0|[1-9]\d*)$/.test(text) || value < min || value > max) {
      this.#fail(`its ${key} is ${describe(text)}, not a whole number from ${min} to ${max}`);
    }
    return value;
  }

  randomState(name: string): RandomState {
    return {
      seed: this.integer(`${name}.seed`, 0),
      stream: this.integer(`${name}.stream`, 0, MAX_STREAM),
      block: this.integer(`${name}.block`, 0),
    };
  }

  rest(prefix: string): Record<string, string> {
    const texts: Record<string, string> = Object.create(null);
    for (const [key, value] of this.#left) {
      if (!key.startsWith(prefix)) this.#fail(`it has an unknown key ${describe(key)}`);
      texts[key.slice(prefix.length)] = value;
    }
    return texts;
  }

  #fail(problem: string): never {
    throw new FormatError(`${this.#where}: not a checkpoint: ${problem}`, 0);
  }
}

/** As float64, so that sums go on with the same bits. */
function totalsBytes(rows: readonly EpochTotals[]): Uint8Array {
  const bytes = new Uint8Array(rows.length * TOTALS * 8);
  const view = new DataView(bytes.buffer);
  rows.forEach(({ generatorLoss, discriminatorLoss, seconds }, row) => {
    [generatorLoss, discriminatorLoss, seconds].forEach((value, column) => {
      view.setFloat64((row * TOTALS + column) * 8, value, true);
    });
  });
  return bytes;
}

function readTotals(bytes: Uint8Array, offset: number, where: string): EpochTotals[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const read = (at: number): number => {
    const value = view.getFloat64(at, true);
    if (!Number.isFinite(value)) throw new FormatError(`${where}: a loss or time is ${value}`, offset + at);
    return value;
  };
  return Array.from({ length: bytes.length / (TOTALS * 8) }, (_, row) => {
    const at = row * TOTALS * 8;
    return { generatorLoss: read(at), discriminatorLoss: read(at + 8), seconds: read(at + 16) };
  });
}
