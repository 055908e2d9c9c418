/** Labels and one-hot vectors, and what a class-conditional training hands to its networks. */
import { describe, expect, it } from 'vitest';
import { drawLabels, joinClasses, labelBytes, labelsInTurn, withClasses } from '../../src/gan/classes.ts';
import {
  ArgumentError,
  conditionalDiscriminator,
  conditionalGenerator,
  createRandom,
  type Dataset,
  dataset,
  gradients,
  type Model,
  oneHot,
  square,
  sum,
  type Tensor,
  tensor,
  trainGan,
  variable,
  zeros,
} from '../../src/index.ts';
import { bitsOf } from '../nn/bits.ts';
import { thrownBy, wrong } from '../support/thrown.ts';
import { runTiny } from './tiny.ts';
import { CLASSES, LABELS, tinyConditional } from './tiny-conditional.ts';

describe('labels', () => {
  it('are copied, from bytes or numbers', () => {
    const bytes = Uint8Array.of(0, 2, 1);
    const copy = labelBytes('test', bytes, 3);
    bytes[0] = 2;
    expect([...copy]).toEqual([0, 2, 1]);
    expect(labelBytes('test', [255], 256)).toEqual(Uint8Array.of(255));
    expect(labelBytes('test', Int32Array.of(7, 0), 10)).toEqual(Uint8Array.of(7, 0));
    expect(labelBytes('test', Float64Array.of(7, 0), 10)).toEqual(Uint8Array.of(7, 0));
  });

  it.each([
    [[0, 3], 'test: labels[1] must be a whole number from 0 to 2, one of 3 classes; got 3'],
    [[0.5], 'test: labels[0] must be a whole number from 0 to 2, one of 3 classes; got 0.5'],
    [[-1], 'labels[0] must be'],
    [[256], 'labels[0] must be'],
    [[Number.NaN], 'got NaN'],
    [['1'], 'got "1"'],
    ['012', 'test: labels must be a list of class numbers; got "012"'],
    [new Map(), 'got a Map'],
  ])('%j is refused', (labels, message) => {
    expect(thrownBy(ArgumentError, () => labelBytes('test', wrong(labels), 3)).message).toContain(message);
  });

  it('are drawn as often as they occur, and the same ones from the same seed', () => {
    const labels = Uint8Array.from(LABELS);
    const drawn = drawLabels(labels, createRandom(1), 14_000);
    for (const [label, share] of [8, 5, 1].entries()) {
      const count = drawn.filter((one) => one === label).length;
      // Five standard deviations of a binomial count, at most 59.
      expect(Math.abs(count - 1000 * share)).toBeLessThan(5 * Math.sqrt(1000 * share * (1 - share / 14)));
    }
    expect(drawLabels(labels, createRandom(1), 14_000)).toEqual(drawn);
  });

  it('in turn start again after the last class', () => {
    expect([...labelsInTurn(7, 3)]).toEqual([0, 1, 2, 0, 1, 2, 0]);
    expect([...labelsInTurn(0, 3)]).toEqual([]);
  });
});

describe('withClasses', () => {
  it('puts one-hot rows, as long as the root of an item, behind the flattened items', () => {
    const items = tensor([
      [
        [1, 2],
        [3, 4],
      ],
      [
        [5, 6],
        [7, 8],
      ],
    ]);
    const expected = [
      [1, 2, 3, 4, 0, 0, 2],
      [5, 6, 7, 8, 2, 0, 0],
    ];
    expect(withClasses(items, [2, 0], { classes: 3 }).toArray()).toEqual(expected);
    expect(joinClasses(items, oneHot(Uint8Array.of(2, 0), 3)).toArray()).toEqual(expected);
    expect(withClasses(zeros([1, 784]), [7]).data[784 + 7]).toBe(28);
  });

  it('lets the gradient of the items come back without them', () => {
    const items = variable(
      tensor([
        [[1], [2]],
        [[3], [4]],
      ]),
    );
    const loss = sum(square(withClasses(items, [2, 0], { classes: 3 })));
    expect(gradients(loss, [items])[0]!.toArray()).toEqual([
      [[2], [4]],
      [[6], [8]],
    ]);
  });
});

/** The model, and each input that it is called with in training. */
function listening(model: Model, inputs: number[][][]): Model {
  const call: Model['call'] = (x, options) => {
    inputs.push(x.toArray() as number[][]);
    return model.call(x, options);
  };
  return Object.create(model, {
    call: { value: call },
    predict: { value: (x: Tensor) => model.predict(x) },
    layers: { value: model.layers },
    namedWeights: { value: model.namedWeights },
    outputShape: { value: model.outputShape },
    weights: { value: model.weights },
    trainableWeights: { value: model.trainableWeights },
    summary: { value: () => model.summary() },
  }) as Model;
}

describe('a class-conditional training', () => {
  /** The label in each row; its one-hot vector has the length of the root of what stands before it. */
  const tail = (rows: number[][]): number[] =>
    rows.map((row) => {
      const classRow = row.slice(-CLASSES);
      const length = Math.fround(Math.sqrt(row.length - CLASSES));
      expect([...classRow].sort()).toEqual([0, 0, length]);
      return classRow.indexOf(length);
    });

  it('gives each network the classes of its images, real and generated', async () => {
    const options = tinyConditional({ epochs: 1 });
    const noise: number[][][] = [];
    const judged: number[][][] = [];
    const places: number[][] = [];
    const images = options.images as Dataset;
    await trainGan({
      ...options,
      images: {
        ...images,
        gather(indices) {
          places.push(Array.from(indices));
          return images.gather(indices);
        },
      },
      generator: listening(options.generator!, noise),
      discriminator: listening(options.discriminator!, judged),
    });
    expect([noise.length, judged.length]).toEqual([4, 8]);
    for (let step = 0; step < 4; step++) {
      const [real, fake] = judged.slice(2 * step);
      const batch = places.slice(-4)[step]!;
      expect(tail(real!)).toEqual(batch.map((place) => LABELS[place]));
      const pixels = [...images.gather(batch).data];
      expect(real!.flatMap((row) => row.slice(0, 16))).toEqual(pixels);
      expect(tail(fake!)).toEqual(tail(noise[step]!));
      expect([noise[step]!.length, noise[step]![0]!.length]).toEqual([4, 3 + CLASSES]);
    }
  });

  it('shows samples of the classes in turn, from the same noise each epoch', async () => {
    const { generator } = tinyConditional();
    let last = '';
    await trainGan(
      tinyConditional({
        generator,
        sampleCount: 5,
        onEpoch: ({ samples }) => {
          last = bitsOf(samples);
        },
      }),
    );
    // The first draw of the training.
    const noise = createRandom(5).normal([5, 3]);
    const rows = joinClasses(noise, oneHot(Uint8Array.of(0, 1, 2, 0, 1), 3));
    expect(last).toBe(bitsOf(generator!.predict(rows)));
  });

  it('takes labels as bytes too, and no notice of what becomes of them', async () => {
    const labels = Uint8Array.from(LABELS);
    const plain = await runTiny(tinyConditional());
    const { onStep } = { onStep: () => labels.fill(0) };
    expect((await runTiny({ ...tinyConditional({ labels }), onStep })).steps).toEqual(plain.steps);
  });

  it('makes the conditional pair, drawn by the seed, if it is given none', async () => {
    const images = dataset(
      Uint8Array.from({ length: 6 * 784 }, (_, i) => (i * 31) & 255),
      [6, 28, 28, 1],
    );
    const options = { images, labels: [0, 1, 2, 3, 3, 1], classes: 4, latentDim: 5, batchSize: 3, epochs: 0, seed: 7 };
    const { generator, discriminator } = await trainGan(options);
    const random = createRandom(7);
    const expected = [
      conditionalGenerator({ latentDim: 5, classes: 4, random }),
      conditionalDiscriminator({ classes: 4, random }),
    ];
    expect([generator, discriminator].map(({ weights }) => bitsOf(...weights))).toEqual(
      expected.map(({ weights }) => bitsOf(...weights)),
    );
    const { completed } = await trainGan({ ...options, epochs: 1, sampleCount: 0 });
    expect(completed).toBe(true);
  });
});
