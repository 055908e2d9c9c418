/** trainGan({ objective }): losses of the user's, as two functions of the logits of one forward pass. */
import { describe, expect, it } from 'vitest';
import { readObjective } from '../../src/gan/losses.ts';
import {
  type ArgumentError,
  DivergenceError,
  div,
  mean,
  mul,
  type Objective,
  type Tensor,
  trainGan,
} from '../../src/index.ts';
import { decodeCheckpoint } from '../../src/training/checkpoint.ts';
import { rejection } from '../support/folder.ts';
import { expectRejection, wrong } from '../support/thrown.ts';
import { recordingStore, relativistic, runTiny, stopAfter, tinyOptions } from './tiny.ts';

describe('objective', () => {
  it('the default, written out, gives the same bits', async () => {
    const [given, standard] = [
      await runTiny({ objective: readObjective('test', 'nonSaturating', 0) }),
      await runTiny({}),
    ];
    expect(given.steps).toEqual(standard.steps);
    expect(given.samples).toEqual(standard.samples);
  });

  it('gets the logits of one pass: fake first for the generator, real first for the discriminator', async () => {
    const calls: Tensor[][] = [];
    const noting =
      (loss: (...logits: [Tensor, Tensor]) => Tensor) =>
      (...logits: [Tensor, Tensor]): Tensor => {
        calls.push(logits);
        return loss(...logits);
      };
    const { generatorLoss, discriminatorLoss } = relativistic;
    const objective = { generatorLoss: noting(generatorLoss), discriminatorLoss: noting(discriminatorLoss) };
    await runTiny({ objective, ...stopAfter(1) });
    expect(calls).toHaveLength(2);
    const [[fake, real], [sameReal, sameFake]] = calls as [[Tensor, Tensor], [Tensor, Tensor]];
    expect([sameReal, sameFake]).toEqual([real, fake]);
    expect([fake.shape, real.shape]).toEqual([
      [4, 1],
      [4, 1],
    ]);
  });

  it('that makes gradients beyond 1.8e19 ends the training in that step, by network, weight and slot', async () => {
    const store = recordingStore();
    let steps = 0;
    const objective: Objective = {
      ...relativistic,
      // Finite itself, and so are its gradients; their squares are not.
      generatorLoss: (fake, real) => mul(steps === 2 ? 1e23 : 1, relativistic.generatorLoss(fake, real)),
    };
    const options = tinyOptions({ objective, checkpoint: store, checkpointEvery: 1, onStep: () => ++steps });
    await expectRejection(
      trainGan(options),
      DivergenceError,
      /trainGan: the optimizer's slot v of generator\.\d\.\w+ holds a NaN or an infinity after this step\. Its gradient/,
    );
    expect([steps, store.saved.length]).toEqual([2, 2]);
    for (const { data } of decodeCheckpoint(store.saved[1]!).tensors.values())
      expect(data.every(Number.isFinite)).toBe(true);
  });

  it('that is not finite ends the training by the name of the loss', async () => {
    const objective: Objective = { ...relativistic, generatorLoss: (fake) => mean(div(mul(fake, 0), 0)) };
    await expectRejection(trainGan(tinyOptions({ objective })), DivergenceError, /generatorLoss is NaN/);
  });

  it.each([
    [
      { objective: 5 },
      /^trainGan: objective must be two functions, \{ generatorLoss\(fakeLogits, realLogits\), .* got 5/,
    ],
    [{ objective: { generatorLoss: relativistic.generatorLoss } }, /^trainGan: objective must be two functions/],
    [
      { objective: relativistic, loss: 'hinge' },
      /^trainGan: objective stands for loss and labelSmoothing; give one or the other/,
    ],
    [{ objective: relativistic, labelSmoothing: 0.1 }, /^trainGan: objective stands for loss and labelSmoothing/],
    [
      { objective: { ...relativistic, generatorLoss: () => 3 } },
      /the result of objective\.generatorLoss\(\) must be a Tensor; got 3/,
    ],
    [
      { objective: { ...relativistic, discriminatorLoss: (real: Tensor) => real } },
      /^trainGan: the result of objective\.discriminatorLoss\(\) must be a scalar; got shape \[4, 1\]. Take the mean\(\) of it/,
    ],
  ])('refuses %o', async (options, message) => {
    const error = await rejection(trainGan(tinyOptions(wrong(options))));
    expect((error as ArgumentError).message).toMatch(message);
  });
});
