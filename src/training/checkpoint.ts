/**
 * The format of checkpoints: the state of a training as one safetensors file. state.ts decides what the state contains.
 *
 *   tensors    F32, by name. In F64: `history` [finished epochs, columns], and `epoch_sums`, which has no columns of
 *              validation measures
 *   metadata   checksum (seal.ts), format and version, `configuration.*` (the settings that a resumed training must
 *              share with the saved one), epoch and step, the random generator's state now and at the start of the
 *              epoch, the names of the columns, and for each optimizer its number of steps and its learning rate
 *
 * Any safetensors reader can open such a file. decodeCheckpoint() accepts only what encodeCheckpoint() writes, and
 * files of version 1. Only trainGan wrote version 1; it had neither columns nor learning rates.
 */
import type { RandomState } from '../autograd/random.ts';
import { checkBytes } from '../core/bytes.ts';
import { describe } from '../core/check.ts';
import { FormatError } from '../core/errors.ts';
import type { Shape } from '../core/shape.ts';
import { printable } from '../core/text.ts';
import { float32FromLittleEndian, littleEndianBytes } from '../io/little-endian.ts';
import { decodeTensorFile, encodeTensorFile, type TensorEntry } from '../io/tensor-file.ts';
import { LEARNING_RATE, MetadataReader, OPTIMIZERS, STEP } from './metadata-reader.ts';
import { CHECKSUM_KEY, checkSeal, seal, UNSEALED } from './seal.ts';

/**
 * Numbers by column: the measures (sums over the steps so far, or means of a finished epoch), `seconds`, and validation
 * measures.
 */
export type EpochTotals = Readonly<Record<string, number>>;

export interface OptimizerState {
  readonly step: number;
  /** The learning rate of the next step; undefined in files of version 1. */
  readonly learningRate?: number | undefined;
}

/** Float32 values with a shape, for example a Tensor. */
export interface TensorValues {
  readonly shape: Shape;
  readonly data: Float32Array;
}

export interface Checkpoint {
  /** The settings that decide the bits, as strings to compare and to show. */
  readonly configuration: Readonly<Record<string, string>>;
  /** The epoch in progress, from 1. */
  readonly epoch: number;
  /** The number of its steps that are done. */
  readonly step: number;
  readonly random: RandomState;
  /** The state of the random generator before the epoch's order was drawn. */
  readonly epochRandom: RandomState;
  /** By the name of the player. */
  readonly optimizers: Readonly<Record<string, OptimizerState>>;
  /**
   * The columns of the history, in the order of the file. The sums of the epoch have the same columns, without those
   * that begin with `validation.`.
   */
  readonly columns: readonly string[];
  readonly epochSums: EpochTotals;
  /** One for each finished epoch. */
  readonly history: readonly EpochTotals[];
  /** Weights, optimizer slots and further tensors, by name. */
  readonly tensors: ReadonlyMap<string, TensorValues>;
}

const FORMAT = 'ganvas checkpoint';
const VERSION = '2';
const CONFIGURATION = 'configuration.';
const HISTORY = 'history';
const EPOCH_SUMS = 'epoch_sums';
/** The prefix of columns that only finished epochs have. */
export const VALIDATION = 'validation.';

/** A limit for saved numbers. No sum of float32 losses reaches it, and the sum of a resumed epoch stays finite. */
const MAX_TOTAL = 2 ** 256;

const VERSION_1 = '1';
/** Up to this number of values, version 1 hashed all images; above it, only every second, third, ... image. */
const VERSION_1_HASHED = 2 ** 23;

/**
 * Converts metadata of version 1 to version 2. Only trainGan wrote version 1. It has no names of columns and no
 * learning rates, and records the loss only if it was not the default.
 */
function upgradeVersion1(metadata: Readonly<Record<string, string>>): Record<string, string> {
  const upgraded = new Map([
    ['columns', 'generatorLoss,discriminatorLoss,seconds'],
    [`${CONFIGURATION}loss`, 'nonSaturating'],
    [`${CONFIGURATION}labelSmoothing`, '0'],
  ]);
  for (const [key, text] of Object.entries(metadata)) {
    const [, player] = /^(generator|discriminator)_optimizer\.step$/.exec(key) ?? [];
    upgraded.set(player === undefined ? key : OPTIMIZERS + player + STEP, text);
  }
  // Such a hash cannot equal a hash of all images. The message about the difference then says why.
  const [hash, count, itemShape] = ['hash', 'count', 'itemShape'].map(
    (key) => metadata[`${CONFIGURATION}images.${key}`],
  );
  const values = (itemShape?.match(/\d+/g) ?? []).reduce((product, side) => product * Number(side), Number(count));
  if (values > VERSION_1_HASHED) upgraded.set(`${CONFIGURATION}images.hash`, `${hash}, of some of the images only`);
  return Object.fromEntries(upgraded.set('version', VERSION));
}

export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  const { configuration, epoch, step, random, epochRandom, optimizers, columns, epochSums, history, tensors } =
    checkpoint;
  const metadata: Record<string, string> = {
    [CHECKSUM_KEY]: UNSEALED,
    format: FORMAT,
    version: VERSION,
    epoch: `${epoch}`,
    step: `${step}`,
    columns: columns.join(),
  };
  for (const [name, { step, learningRate }] of Object.entries(optimizers)) {
    metadata[OPTIMIZERS + name + STEP] = `${step}`;
    if (learningRate !== undefined) metadata[OPTIMIZERS + name + LEARNING_RATE] = `${learningRate}`;
  }
  for (const [name, state] of Object.entries({ random, epoch_random: epochRandom })) {
    for (const [key, value] of Object.entries(state)) metadata[`${name}.${key}`] = `${value}`;
  }
  for (const [key, value] of Object.entries(configuration)) metadata[CONFIGURATION + key] = value;
  const sums = sumColumns(columns);
  const entries: TensorEntry[] = [
    { name: HISTORY, dtype: 'F64', shape: [history.length, columns.length], bytes: totalsBytes(history, columns) },
    { name: EPOCH_SUMS, dtype: 'F64', shape: [sums.length], bytes: totalsBytes([epochSums], sums) },
  ];
  for (const [name, { shape, data }] of tensors) {
    entries.push({ name, dtype: 'F32', shape, bytes: littleEndianBytes(data) });
  }
  return seal(encodeTensorFile(entries, metadata, 'encodeCheckpoint'));
}

/**
 * Reads a checkpoint. The values of the tensors are views of `bytes` where the alignment allows it.
 *
 * @throws FormatError for anything that encodeCheckpoint() would not have written, and for a damaged file
 */
export function decodeCheckpoint(bytes: Uint8Array): Checkpoint {
  const where = 'decodeCheckpoint';
  checkBytes(where, 'bytes', bytes);
  checkSeal(bytes, where);
  const { entries, metadata = {} } = decodeTensorFile(bytes, where);
  const isVersion1 = metadata['format'] === FORMAT && metadata['version'] === VERSION_1;
  const reader = new MetadataReader(isVersion1 ? upgradeVersion1(metadata) : metadata, where);
  reader.text(CHECKSUM_KEY);
  reader.choice('format', [FORMAT]);
  reader.version([VERSION_1, VERSION]);
  const epoch = reader.integer('epoch', 1);
  const step = reader.integer('step', 0);
  const random = reader.randomState('random');
  const epochRandom = reader.randomState('epoch_random');
  const columns = reader.names('columns');
  const optimizers = reader.optimizerStates();
  const configuration = reader.rest(CONFIGURATION);

  const tensors = new Map<string, TensorValues>();
  const totals = new Map<string, EpochTotals[]>();
  const sums = sumColumns(columns);
  const rows = new Map([
    [HISTORY, { shape: [epoch - 1, columns.length], columns }],
    [EPOCH_SUMS, { shape: [sums.length], columns: sums }],
  ]);
  for (const { name, dtype, shape, bytes: data } of entries) {
    const offset = data.byteOffset - bytes.byteOffset;
    const expected = rows.get(name);
    if (dtype !== (expected === undefined ? 'F32' : 'F64')) {
      throw new FormatError(`${where}: the tensor ${describe(name)} must not be ${dtype}`, offset);
    }
    if (expected === undefined) tensors.set(name, { shape, data: float32FromLittleEndian(data) });
    else if (shape.join() === expected.shape.join()) {
      totals.set(name, readTotals(data, expected.columns, offset, where));
    } else {
      throw new FormatError(
        `${where}: ${name} is [${shape}]; with ${columns.length} columns in epoch ${epoch} it is [${expected.shape}]`,
        offset,
      );
    }
  }
  const history = totals.get(HISTORY);
  const [epochSums] = totals.get(EPOCH_SUMS) ?? [];
  if (history === undefined || epochSums === undefined) {
    throw new FormatError(`${where}: ${history === undefined ? HISTORY : EPOCH_SUMS} is missing`, 0);
  }
  return { configuration, epoch, step, random, epochRandom, optimizers, columns, epochSums, history, tensors };
}

function sumColumns(columns: readonly string[]): readonly string[] {
  return columns.filter((name) => !name.startsWith(VALIDATION));
}

/** As float64, so that a resumed epoch's sums have the same bits. */
function totalsBytes(rows: readonly EpochTotals[], columns: readonly string[]): Uint8Array {
  const bytes = new Uint8Array(rows.length * columns.length * 8);
  const view = new DataView(bytes.buffer);
  rows.forEach((totals, row) => {
    columns.forEach((name, column) => {
      view.setFloat64((row * columns.length + column) * 8, totals[name]!, true);
    });
  });
  return bytes;
}

function readTotals(bytes: Uint8Array, columns: readonly string[], offset: number, where: string): EpochTotals[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const read = (at: number, name: string): number => {
    const value = view.getFloat64(at, true);
    if (Math.abs(value) <= MAX_TOTAL && !(name === 'seconds' && value < 0)) return value;
    throw new FormatError(`${where}: its ${printable(name)} is ${value}`, offset + at);
  };
  return Array.from({ length: bytes.length / (columns.length * 8) }, (_, row) =>
    Object.fromEntries(columns.map((name, column) => [name, read((row * columns.length + column) * 8, name)])),
  );
}
