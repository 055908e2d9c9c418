/**
 * What trainAutoencoder and trainClassifier share: the same bits from the same seed, callbacks, the signal, memory,
 * divergence.
 */
import { createHash } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import {
  adam,
  configure,
  DivergenceError,
  type Model,
  type Optimizer,
  tensorDataset,
  trainAutoencoder,
  trainClassifier,
  zeros,
} from '../../src/index.ts';
import { heap } from '../../src/kernels/runtime.ts';
import type { TrainingOptions } from '../../src/training/options.ts';
import type { TrainingResult } from '../../src/training/train.ts';
import { collectUntil } from '../support/collect-garbage.ts';
import { expectRejection } from '../support/thrown.ts';
import { autoencoderOptions, classifierOptions, EPOCHS, STEPS_PER_EPOCH } from './tiny.ts';

type Overrides = Partial<TrainingOptions<{ readonly loss: number }>> & {
  readonly optimizer?: Optimizer;
  /** Changes the models before they are trained. */
  readonly prepare?: (models: readonly Model[]) => void;
};
interface Run extends TrainingResult<{ readonly loss: number }> {
  readonly models: readonly Model[];
}

const TRAININGS: readonly (readonly [string, string, (overrides?: Overrides) => Promise<Run>])[] = [
  [
    'trainAutoencoder',
    'encoder.1.kernel',
    async ({ prepare, ...overrides } = {}) => {
      const options = autoencoderOptions(overrides);
      const { encoder, decoder } = options.autoencoder!;
      prepare?.([encoder, decoder]);
      const result = await trainAutoencoder(options);
      expect([result.encoder, result.decoder]).toEqual([encoder, decoder]);
      return { ...result, models: [encoder, decoder] };
    },
  ],
  [
    'trainClassifier',
    'features.1.kernel',
    async ({ prepare, ...overrides } = {}) => {
      const options = classifierOptions(overrides);
      const { features, head } = options.classifier!;
      prepare?.([features, head]);
      const result = await trainClassifier(options);
      expect([result.features, result.head]).toEqual([features, head]);
      return { ...result, models: [features, head] };
    },
  ],
];

const TOTAL = EPOCHS * STEPS_PER_EPOCH;

describe.each(TRAININGS)('%s', (name, innermost, train) => {
  /** Everything that the training decides: what each step measures, all weights, statistics and moments. */
  async function fingerprint(overrides: Overrides = {}): Promise<string> {
    const hash = createHash('sha256');
    const optimizer = adam({ learningRate: 1e-2 });
    const { models } = await train({ optimizer, ...overrides, onStep: (event) => hash.update(JSON.stringify(event)) });
    const add = ({ data }: { readonly data: Float32Array }): void => {
      hash.update(new Uint8Array(data.slice().buffer));
    };
    for (const { weights, trainableWeights } of models) {
      weights.forEach(add);
      for (const weight of trainableWeights) Object.values(optimizer.slots(weight)).forEach(add);
    }
    return hash.digest('hex');
  }

  afterAll(() => configure({ threads: 1, kernels: 'auto' }));

  it('gives the same bits from the same seed, on every kernel set and thread count', async () => {
    const hashes = new Set<string>();
    for (const kernels of ['portable', 'simd'] as const) {
      await configure({ kernels, threads: 1 });
      for (const threads of [1, 2]) hashes.add(await fingerprint({ threads }));
    }
    expect([...hashes]).toHaveLength(1);
    expect(hashes).not.toContain(await fingerprint({ seed: 6 }));
  });

  it('calls onStep and onEpoch for every step and epoch, and learns', async () => {
    const steps: { readonly epoch: number; readonly step: number; readonly stepsPerEpoch: number }[] = [];
    const epochs: unknown[] = [];
    const { history, completed } = await train({
      epochs: 20,
      onStep: (event) => steps.push(event),
      onEpoch: (event) => epochs.push(event),
    });
    expect(completed).toBe(true);
    expect(steps).toHaveLength(20 * STEPS_PER_EPOCH);
    expect(steps.slice(3, 5)).toMatchObject([
      { epoch: 1, step: 4, stepsPerEpoch: 4 },
      { epoch: 2, step: 1, stepsPerEpoch: 4 },
    ]);
    expect(history).toHaveLength(20);
    expect(history).toEqual(epochs);
    for (const [i, record] of history.entries()) {
      expect(record.epoch).toBe(i + 1);
      for (const value of Object.values(record)) expect(Number.isFinite(value)).toBe(true);
    }
    expect(history[19]!.loss).toBeLessThan(0.8 * history[0]!.loss);
  });

  it('takes no block and no byte more after its second step', async () => {
    let before = -1;
    const settled = await collectUntil(() => {
      const { blocks } = heap().usage();
      const same = blocks === before;
      before = blocks;
      return same;
    });
    expect(settled).toBe(true);
    const usages: unknown[] = [];
    await train({ onStep: () => usages.push(heap().usage()) });
    expect(usages).toHaveLength(TOTAL);
    expect(usages.slice(1)).toEqual(Array(TOTAL - 1).fill(usages[1]));
  });

  describe('that diverges', () => {
    const failing = async (overrides: Overrides): Promise<string> => {
      const error = await expectRejection(train({ ...overrides, onStep: () => expect.unreachable() }), DivergenceError);
      return (error as DivergenceError).message;
    };

    it('by a NaN in a weight stops in that step and names the weight', async () => {
      const [network, weight] = [
        innermost.slice(0, innermost.indexOf('.')),
        innermost.slice(innermost.indexOf('.') + 1),
      ];
      const message = await failing({
        prepare: ([first]) => {
          expect(first!.name).toBe(network);
          first!.namedWeights.get(weight)!.data[0] = Number.NaN;
        },
      });
      expect(message).toContain(`${name}: ${innermost} holds a NaN or an infinity after this step. It did so before`);
    });

    it('by a NaN in the images says so', async () => {
      const values = zeros([14, 4, 4, 1]);
      const { count, itemShape, gather } = tensorDataset(values);
      values.data[33] = Number.NaN;
      const message = await failing({ images: { count, itemShape, gather }, batchSize: 14 });
      expect(message).toContain(`${name}: the images of this step hold 1 value that is NaN or infinite; loss is NaN`);
    });
  });
});
