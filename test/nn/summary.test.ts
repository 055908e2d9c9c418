/** summary(): Keras's table. Keras gives the same totals for the layers of the dense pair. */
import { describe, expect, it, vi } from 'vitest';
import { denseDiscriminator, denseGenerator, layers, sequential, zeros } from '../../src/index.ts';
import { countParameters } from '../../src/nn/summary.ts';

const silent = (): void => {};

// 100 256 + 256 512 + 512 784, and two per feature of 256 + 512 + 784; as many moving statistics.
const GENERATOR = `
Model: "generator"
________________________________________________________________________
Layer (type)                                Output Shape       Param #
========================================================================
dense (Dense)                               (None, 256)        25,600
batch_normalization (BatchNormalization)    (None, 256)        1,024
leaky_re_lu (LeakyReLU)                     (None, 256)        0
dense_1 (Dense)                             (None, 512)        131,072
batch_normalization_1 (BatchNormalization)  (None, 512)        2,048
leaky_re_lu_1 (LeakyReLU)                   (None, 512)        0
dense_2 (Dense)                             (None, 784)        401,408
batch_normalization_2 (BatchNormalization)  (None, 784)        3,136
reshape (Reshape)                           (None, 28, 28, 1)  0
========================================================================
Total params: 564,288
Trainable params: 561,184
Non-trainable params: 3,104
________________________________________________________________________
`;

const DISCRIMINATOR = `
Model: "discriminator"
___________________________________________________________________
Layer (type)                                Output Shape  Param #
===================================================================
flatten (Flatten)                           (None, 784)   0
dense (Dense)                               (None, 512)   401,408
batch_normalization (BatchNormalization)    (None, 512)   2,048
leaky_re_lu (LeakyReLU)                     (None, 512)   0
dense_1 (Dense)                             (None, 256)   131,072
batch_normalization_1 (BatchNormalization)  (None, 256)   1,024
leaky_re_lu_1 (LeakyReLU)                   (None, 256)   0
dense_2 (Dense)                             (None, 1)     257
===================================================================
Total params: 535,809
Trainable params: 534,273
Non-trainable params: 1,536
___________________________________________________________________
`;

describe('summary', () => {
  it('prints the table of the dense generator', () => {
    const model = denseGenerator();
    expect(model.summary(silent)).toBe(GENERATOR.trim());
    expect([countParameters(model.trainableWeights), countParameters(model.weights)]).toEqual([561_184, 564_288]);
  });

  it('prints the table of the dense discriminator', () => {
    const model = denseDiscriminator();
    expect(model.summary(silent)).toBe(DISCRIMINATOR.trim());
    expect([countParameters(model.trainableWeights), countParameters(model.weights)]).toEqual([534_273, 535_809]);
  });

  it('prints with the given function, by default to the console, and returns the text', () => {
    const model = sequential([layers.flatten({ inputShape: [2] })], { name: 'flat' });
    const printed: string[] = [];
    const text = model.summary((line) => printed.push(line));
    expect(printed).toEqual([text]);
    const log = vi.spyOn(console, 'log').mockImplementation(silent);
    model.summary();
    expect(log.mock.calls).toEqual([[text]]);
    log.mockRestore();
  });

  it('shows scalar items as Keras does, groups thousands by commas, and works after the first call', () => {
    const model = sequential([layers.reshape({ targetShape: [] })]);
    model.call(zeros([3, 1]));
    expect(model.summary(silent)).toContain('(None,)');
    const large = sequential([layers.dense({ units: 1234, useBias: false, inputShape: [1000] })]);
    expect(large.summary(silent)).toContain(
      'Total params: 1,234,000\nTrainable params: 1,234,000\nNon-trainable params: 0',
    );
  });
});
