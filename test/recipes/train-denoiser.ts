/** A training by the recipe of examples/guides/contributing.md: one network learns to remove noise from images. */
import { option, readOptions } from '../../src/core/options.ts';
import { checkModel } from '../../src/nn/check-model.ts';
import type { Model } from '../../src/nn/sequential.ts';
import { add, mul } from '../../src/ops/arithmetic.ts';
import { meanSquaredError } from '../../src/ops/losses.ts';
import { adam } from '../../src/optim/adam.ts';
import type { Optimizer } from '../../src/optim/optimizer.ts';
import { buildInRow, OPTIMIZER } from '../../src/training/checks.ts';
import { prepareRun, type TrainingOptions, trainingSchema } from '../../src/training/options.ts';
import { type TrainingResult, train } from '../../src/training/train.ts';

export interface DenoiserMeasures {
  readonly loss: number;
}

export interface TrainDenoiserOptions extends TrainingOptions<DenoiserMeasures> {
  readonly model: Model;
  readonly optimizer?: Optimizer | undefined;
}

const WHERE = 'trainDenoiser';
const NOISE = 0.1;
const OPTIONS = {
  ...trainingSchema<DenoiserMeasures>({ epochs: 10, batchSize: 32 }),
  model: option<Model>(checkModel),
  optimizer: OPTIMIZER,
};

/** Minimises the mean squared error between the images and the model's output for images with noise. */
export function trainDenoiser(options: TrainDenoiserOptions): Promise<TrainingResult<DenoiserMeasures>> {
  const values = readOptions(WHERE, options, OPTIONS);
  const run = prepareRun(WHERE, values);
  const { model, optimizer = adam(), onEpoch } = values;
  buildInRow(run.images.itemShape, [model]);
  return train<DenoiserMeasures>(run, {
    where: WHERE,
    players: [{ name: 'denoiser', networks: [{ name: 'model', model }], optimizer, optimizerOption: 'optimizer' }],
    zeroMeasures: { loss: 0 },
    settings: { noise: NOISE },
    forward({ images, random }) {
      const noisy = add(images, mul(NOISE, random.normal(images.shape)));
      const loss = meanSquaredError(images, model.call(noisy, { training: true, random }));
      return { losses: [loss], measures: { loss: loss.item() } };
    },
    afterEpoch: (record) => onEpoch?.(record),
  });
}
