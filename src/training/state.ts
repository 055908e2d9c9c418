/**
 * The state of a training between two steps, and its conversion to and from a checkpoint. The state consists of the
 * players' weights and slots, further tensors, the progress, and the optimizers' step counts and learning rates. Only
 * the training knows what its further tensors mean.
 */
import { randomFromState } from '../autograd/random.ts';
import type { Variable } from '../autograd/tensor.ts';
import { ArgumentError, FormatError } from '../core/errors.ts';
import { printable } from '../core/text.ts';
import { differences, listed } from '../io/weights.ts';
import { type Checkpoint, type EpochTotals, type OptimizerState, type TensorValues, VALIDATION } from './checkpoint.ts';
import { checkFinite } from './divergence.ts';
import type { EpochEvent, Measures } from './events.ts';
import type { Player } from './player.ts';
import { Progress } from './progress.ts';

/** The state of a training except its progress. */
export interface SavedParts<M> {
  /** The training's name, for errors. */
  readonly where: string;
  readonly players: readonly Player[];
  /** Further tensors that are saved and restored, by name. */
  readonly tensors: ReadonlyMap<string, Variable>;
  /** The measures of a step, all 0. */
  readonly zeroMeasures: M;
  readonly hasValidation: boolean;
}

/** Throws a DivergenceError if any of the tensors of a checkpoint holds a NaN or an infinity. */
export function checkState<M>(parts: SavedParts<M>): void {
  checkFinite(parts.where, variablesOf(parts));
}

/** The whole state. The tensors are views of the heap: encode them before other tensors are made. */
export function capture<M extends Measures<M>>(
  parts: SavedParts<M>,
  progress: Progress<M>,
  configuration: Checkpoint['configuration'],
): Checkpoint {
  const { epoch, step, history, sums, seconds, random, epochRandom } = progress;
  const tensors = new Map<string, TensorValues>();
  for (const [name, { shape, storage }] of variablesOf(parts)) tensors.set(name, { shape, data: storage.view() });
  const optimizers = parts.players.map(({ name, optimizer }): [string, OptimizerState] => {
    return [name, { step: optimizer.step, learningRate: optimizer.learningRate }];
  });
  return {
    configuration,
    epoch,
    step,
    // Before the first step, the state is saved as if the epoch's order were not drawn yet.
    random: step === 0 ? epochRandom : random.state(),
    epochRandom,
    optimizers: Object.fromEntries(optimizers),
    columns: columnsOf(parts),
    epochSums: { ...sums, seconds },
    history: history.map((record) => totalsOf(parts, record)),
    tensors,
  };
}

/**
 * Describes wrong values of a state, one sentence (without a full stop) for each tensor. No training starts from such a
 * state or saves one. Otherwise a wrong average or wrong noise of samples would never be noticed.
 */
export function brokenTensors(tensors: Checkpoint['tensors']): string[] {
  return [...tensors].flatMap(([name, { data }]) => {
    const { low, high } = rangeOf(data);
    if (!(low > -Infinity && high < Infinity)) return [`${printable(name)} holds a NaN or an infinity`];
    return name.endsWith('.moving_variance') && low < 0 ? [`${printable(name)} holds a negative number`] : [];
  });
}

/** The lowest and the highest of the values and 0; NaN if any value is NaN. */
function rangeOf(values: Float32Array): { low: number; high: number } {
  let [low, high] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  return { low, high };
}

/** Throws a FormatError if the checkpoint's tensors, columns or position cannot be those of this training. */
export function checkRestorable<M>(checkpoint: Checkpoint, parts: SavedParts<M>, stepsPerEpoch: number): void {
  const { where, players } = parts;
  const problems = differences(new Map(variablesOf(parts)), checkpoint.tensors);
  if (checkpoint.step >= stepsPerEpoch) problems.push(`step ${checkpoint.step} of an epoch of ${stepsPerEpoch}`);
  const compare = (what: string, saved: readonly string[], expected: readonly string[]): void => {
    if (saved.join() !== expected.join()) problems.push(`${what} ${listed(saved)} instead of ${listed(expected)}`);
  };
  compare('columns', checkpoint.columns, columnsOf(parts));
  const names = players.map(({ name }) => name).sort();
  compare('optimizers of', Object.keys(checkpoint.optimizers).sort(), names);
  const broken = brokenTensors(checkpoint.tensors);
  if (broken.length > 0) problems.push(listed(broken, '; '));
  if (problems.length === 0) return;
  throw new FormatError(`${where}: the checkpoint is inconsistent: ${problems.join('; ')}`, 0);
}

/**
 * Restores players, tensors and progress. checkRestorable() is called first, so that nothing fails halfway.
 */
export function restore<M extends Measures<M>>(checkpoint: Checkpoint, parts: SavedParts<M>): Progress<M> {
  restoreOptimizers(checkpoint, parts);
  for (const [name, variable] of variablesOf(parts)) variable.assign(checkpoint.tensors.get(name)!.data);
  const { zeroMeasures } = parts;
  const pick = (totals: EpochTotals, prefix = ''): M => {
    return Object.fromEntries(namesOf(zeroMeasures).map((name) => [name, totals[prefix + name]!])) as M;
  };
  const { epochSums, history } = checkpoint;
  const progress = new Progress(randomFromState(checkpoint.random), zeroMeasures, checkpoint.epochRandom);
  progress.epoch = checkpoint.epoch;
  progress.step = checkpoint.step;
  progress.sums = pick(epochSums);
  progress.seconds = epochSums['seconds']!;
  history.forEach((totals, i) => {
    const validation = parts.hasValidation ? { validation: pick(totals, VALIDATION) } : {};
    progress.history.push({ ...pick(totals), epoch: i + 1, seconds: totals['seconds']!, ...validation });
  });
  return progress;
}

/** Restores all optimizers or none. If a learning rate cannot be restored, it came from another schedule. */
function restoreOptimizers(
  { optimizers }: Checkpoint,
  { where, players }: Pick<SavedParts<never>, 'where' | 'players'>,
): void {
  const before = players.map(({ optimizer }) => optimizer.step);
  for (const { name, optimizer, optimizerOption } of players) {
    const { step, learningRate } = optimizers[name]!;
    optimizer.restore(step);
    const given = optimizer.learningRate;
    if (learningRate === undefined || learningRate === given) continue;
    try {
      optimizer.learningRate = learningRate;
    } catch (cause) {
      players.forEach(({ optimizer }, i) => {
        optimizer.restore(before[i]!);
      });
      throw new ArgumentError(
        `${where}: the schedule of ${optimizerOption} gives a learning rate of ${given} after ${step} steps; the ` +
          `saved training's gave ${learningRate}. Resume with the same schedule, or start over with resume: false.`,
        { cause },
      );
    }
  }
}

function namesOf<M>(measures: M): (keyof M & string)[] {
  return Object.keys(measures as object) as (keyof M & string)[];
}

function columnsOf<M>({ zeroMeasures, hasValidation }: SavedParts<M>): string[] {
  const names = namesOf(zeroMeasures);
  return [...names, 'seconds', ...(hasValidation ? names.map((name) => VALIDATION + name) : [])];
}

/** The columns of a finished epoch. */
function totalsOf<M extends Measures<M>>({ zeroMeasures }: SavedParts<M>, record: EpochEvent<M>): EpochTotals {
  const { seconds, validation } = record;
  const totals: Record<string, number> = { seconds };
  for (const name of namesOf(zeroMeasures)) {
    totals[name] = record[name];
    if (validation !== undefined) totals[VALIDATION + name] = validation[name];
  }
  return totals;
}

/**
 * Every tensor of the state by its name in a checkpoint: weights such as `generator.0.kernel`, optimizer slots such as
 * `generator_optimizer.0.kernel.m`, and further tensors.
 */
function* variablesOf<M>({ players, tensors }: SavedParts<M>): Iterable<[string, Variable]> {
  for (const { networks, optimizer } of players) {
    for (const { name: network, model } of networks) {
      const trainable = new Set(model.trainableWeights);
      for (const [name, weight] of model.namedWeights) {
        yield [`${network}.${name}`, weight];
        if (!trainable.has(weight)) continue;
        for (const [slot, values] of Object.entries(optimizer.slots(weight))) {
          yield [`${network}_optimizer.${name}.${slot}`, values];
        }
      }
    }
  }
  yield* tensors;
}
