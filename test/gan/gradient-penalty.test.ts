/** Gradient penalties against PyTorch's create_graph: the penalty, and its gradients of every weight. */
import { describe, expect, it } from 'vitest';
import { augment } from '../../src/gan/augmentation.ts';
import { type Judged, penaltyOf } from '../../src/gan/gradient-penalty.ts';
import { createRandom, gradients, layers, type Model, sequential, type Tensor, watch } from '../../src/index.ts';
import { withRuntime } from '../../src/kernels/runtime.ts';
import { bitsOf } from '../nn/bits.ts';
import { expectClose, float32Tolerance } from '../nn/expect-close.ts';
import { type PenaltyCase, readGanAdditions } from '../support/fixtures.ts';
import { KERNEL_SETS } from '../support/kernel-sets.ts';
import { hashedTensor } from './hashed-tensor.ts';
import { preparedDraws } from './prepared-draws.ts';

const { images, changes, draws, penalties } = readGanAdditions();
const inputShape = [6, 6, 2];

const NETWORKS: Readonly<Record<PenaltyCase['network'], () => Model>> = {
  convolutional: () =>
    sequential([
      layers.conv2d({ filters: 3, kernelSize: 3, strides: 2, padding: 'same', inputShape }),
      layers.leakyReLU(),
      layers.flatten(),
      layers.dense({ units: 1 }),
    ]),
  smooth: () =>
    sequential([
      layers.flatten({ inputShape }),
      layers.dense({ units: 5, activation: 'tanh' }),
      layers.dense({ units: 1 }),
    ]),
  normalized: () =>
    sequential([
      layers.flatten({ inputShape }),
      layers.dense({ units: 5, useBias: false }),
      layers.batchNormalization(),
      layers.leakyReLU(),
      layers.dense({ units: 1 }),
    ]),
};

/** The penalty and its gradients, as in a step. */
function compute(fixture: PenaltyCase): { readonly penalty: Tensor; readonly gradients: readonly Tensor[] } {
  const { network, augmented, weights } = fixture;
  const model = NETWORKS[network]();
  model.trainableWeights.forEach((weight, i) => {
    weight.assign(hashedTensor(weights[i]!).data);
  });
  const mode = { training: true, random: createRandom(1) };
  const judge = (x: Tensor): Tensor =>
    model.call(augmented ? augment(x, changes, preparedDraws(draws[`${x.shape[0]}`]!)) : x, mode);
  const judged = (x: Tensor): Judged => {
    const watched = watch(x);
    return { images: watched, logits: judge(watched) };
  };
  const penalty = penaltyOf(fixture, {
    real: judged(hashedTensor(images.real)),
    fake: judged(hashedTensor(images.fake)),
    judge,
    random: preparedDraws([[...hashedTensor(images.u).data]]),
  });
  return { penalty, gradients: gradients(penalty, model.trainableWeights, { unconnected: 'zeros' }) };
}

const nameOf = ({ network, kind, augmented }: PenaltyCase): string =>
  `${network}, ${kind}${augmented ? ', with augmentation' : ''}`;

describe.each(penalties.map((fixture) => [nameOf(fixture), fixture] as const))('%s', (_, fixture) => {
  it('has the value and the gradients of PyTorch', () => {
    const { penalty, gradients } = compute(fixture);
    const { float32Error } = fixture;
    expectClose('penalty', penalty.data, [fixture.penalty], float32Tolerance(float32Error.penalty, [fixture.penalty]));
    fixture.gradients.forEach((expected, i) => {
      const tolerance = float32Tolerance(float32Error.gradients[i]!, expected);
      expectClose(`gradient ${i}`, gradients[i]!.data, expected, tolerance);
    });
  });

  it('has the same bits with every kernel set', () => {
    const bits = KERNEL_SETS.map(({ create }) => {
      const { heap, set: kernels } = create();
      return withRuntime({ heap, kernels }, () => {
        const { penalty, gradients } = compute(fixture);
        return bitsOf(penalty, ...gradients);
      });
    });
    expect(new Set(bits).size).toBe(1);
  });
});
