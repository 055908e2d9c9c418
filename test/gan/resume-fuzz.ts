/**
 * Forged checkpoints, sealed with a right checksum: values, positions, counts and random states that no training has
 * saved. A training that resumes from one is refused, diverges with a typed error, or ends with finite weights; and it
 * does so soon.
 */
import assert from 'node:assert/strict';
import { ArgumentError, DivergenceError, FormatError } from '../../src/core/errors.ts';
import type { TrainGanResult } from '../../src/index.ts';
import {
  type Checkpoint,
  decodeCheckpoint,
  encodeCheckpoint,
  type OptimizerState,
} from '../../src/training/checkpoint.ts';
import { type FuzzReport, heldBytes, type TestRandom, testRandom } from '../support/mutate.ts';
import { recordingStore, runTiny, stopAfter } from './tiny.ts';

const OPTIONS = { emaMomentum: 0.9, checkpointEvery: 1 } as const;

const ODD_VALUES: readonly number[] = [
  ...[NaN, Infinity, -Infinity, 0, -0, 1, -1, -1e-20, 1e-45, 1e18, 2e19, -2e19, 3.4e38, -3.4e38],
];
const ODD_COUNTS: readonly number[] = [
  0,
  1,
  2,
  3,
  4,
  7,
  2 ** 20,
  2 ** 30,
  2 ** 31 - 1,
  2 ** 40,
  2 ** 53 - 2,
  2 ** 53 - 1,
];

type Forgery = (checkpoint: Checkpoint, random: TestRandom) => Checkpoint;

const FORGERIES: readonly Forgery[] = [
  function oddValue(checkpoint, random) {
    const [name, { shape, data }] = random.pick([...checkpoint.tensors]);
    const changed = data.slice();
    changed[random.below(changed.length)] = random.pick(ODD_VALUES);
    return { ...checkpoint, tensors: new Map([...checkpoint.tensors, [name, { shape, data: changed }]]) };
  },
  function oddTensor(checkpoint, random) {
    const [name, { shape, data }] = random.pick([...checkpoint.tensors]);
    const changed = new Float32Array(data.length).fill(random.pick(ODD_VALUES));
    return { ...checkpoint, tensors: new Map([...checkpoint.tensors, [name, { shape, data: changed }]]) };
  },
  function otherShape(checkpoint, random) {
    const [name, { data }] = random.pick([...checkpoint.tensors]);
    const shape = random.pick([[data.length], [1, data.length], [data.length, 1, 1]]);
    return { ...checkpoint, tensors: new Map([...checkpoint.tensors, [name, { shape, data }]]) };
  },
  function lostTensor(checkpoint, random) {
    const lost = random.pick([...checkpoint.tensors.keys()]);
    return { ...checkpoint, tensors: new Map([...checkpoint.tensors].filter(([name]) => name !== lost)) };
  },
  function optimizers(checkpoint, random) {
    const state = (): OptimizerState => {
      return { step: random.pick(ODD_COUNTS), learningRate: random.pick([undefined, 0, 1e-3, 1e30, 1e300]) };
    };
    return { ...checkpoint, optimizers: { generator: state(), discriminator: state() } };
  },
  function position(checkpoint, random) {
    return { ...checkpoint, step: random.pick(ODD_COUNTS) };
  },
  function randomState(checkpoint, random) {
    const state = (): Checkpoint['random'] => {
      return {
        seed: random.pick(ODD_COUNTS),
        stream: random.pick([0, 1, 2 ** 31 - 1]),
        block: random.pick(ODD_COUNTS),
      };
    };
    return random.below(2) === 0 ? { ...checkpoint, random: state() } : { ...checkpoint, epochRandom: state() };
  },
  function totals(checkpoint, random) {
    const total = (): number => random.pick([0, -1, 1e308, -1e308, 5e-324]);
    const epochSums = { generatorLoss: total(), discriminatorLoss: total(), seconds: total() };
    return { ...checkpoint, epochSums };
  },
];

/** Those that diverge count as refused. */
export interface ResumeReport extends FuzzReport {
  readonly diverged: number;
}

/** Runs cases 0 to count - 1 of a seed. Throws at the first that breaks the rule, with the seed and the case. */
export async function fuzzResume(count: number, seed: number): Promise<ResumeReport> {
  const { saved } = recordingStore();
  await runTiny({ ...OPTIONS, checkpoint: { save: async (bytes) => void saved.push(bytes), list: async () => [] } });
  const states = saved.slice(0, -3).map(decodeCheckpoint);
  const complaints = new Map<string, number>();
  let [accepted, diverged, slowestMilliseconds, largestExcess] = [0, 0, 0, 0];
  for (let index = 0; index < count; index++) {
    const random = testRandom(Math.imul(seed, 0x01000193) ^ Math.imul(index + 1, 0x9e3779b1));
    let checkpoint = random.pick(states);
    for (let left = 1 + random.below(2); left > 0; left--) checkpoint = random.pick(FORGERIES)(checkpoint, random);
    const store = recordingStore([encodeCheckpoint(checkpoint)]);
    const held = heldBytes();
    const start = performance.now();
    const outcome = await runTiny({ ...OPTIONS, checkpoint: store, resume: true, ...stopAfter(2) }).then(
      ({ result }) => result,
      (error: unknown) => ({ error }),
    );
    const milliseconds = performance.now() - start;
    slowestMilliseconds = Math.max(slowestMilliseconds, milliseconds);
    largestExcess = Math.max(largestExcess, heldBytes() - held);
    try {
      const complaint = complaintOf(outcome);
      if (complaint !== undefined) complaints.set(complaint, (complaints.get(complaint) ?? 0) + 1);
      else accepted++;
      if (complaint?.startsWith('DivergenceError')) diverged++;
      assert.ok(milliseconds < 1000, `${milliseconds} ms`);
      for (const bytes of store.saved.slice(1)) checkFinite(decodeCheckpoint(bytes));
    } catch (cause) {
      throw new Error(`resume, seed ${seed}, case ${index}: ${String(cause)}`, { cause });
    }
  }
  return { accepted, rejected: count - accepted, diverged, complaints, slowestMilliseconds, largestExcess };
}

/** The error without its numbers and names, or undefined after a training that went well. */
function complaintOf(outcome: TrainGanResult | { readonly error: unknown }): string | undefined {
  if (!('error' in outcome)) {
    for (const model of [outcome.generator, outcome.discriminator, outcome.averageGenerator!]) {
      for (const weight of model.weights) assert.ok(weight.data.every(Number.isFinite), weight.name);
    }
    return undefined;
  }
  const { error } = outcome;
  assert.ok(
    [DivergenceError, FormatError, ArgumentError].some((Kind) => error instanceof Kind),
    String(error),
  );
  return String(error)
    .replace(/\b(generator|discriminator)\w*[.\w]*/g, '_')
    .replace(/-?[\d.]+(e[+-]?\d+)?/g, '#');
}

function checkFinite({ tensors }: Checkpoint): void {
  for (const [name, { data }] of tensors) assert.ok(data.every(Number.isFinite), name);
}
