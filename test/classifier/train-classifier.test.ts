/** trainClassifier on real digits; what it shares with trainAutoencoder is in test/training/one-player.test.ts. */
import { describe, expect, it } from 'vitest';
import {
  accuracy,
  type Classifier,
  type ClassifierMeasures,
  classify,
  createRandom,
  layers,
  type StepEvent,
  sequential,
  tensor,
  trainClassifier,
} from '../../src/index.ts';
import { readLabelledDigits } from '../support/digits.ts';
import { classifierOptions, LABELS, tinyClassifier } from '../training/tiny.ts';

/** A dense classifier with the features of the convolutional one. */
function denseClassifier(seed: number): Classifier {
  const random = createRandom(seed);
  return {
    features: sequential(
      [layers.flatten({ inputShape: [28, 28, 1] }), layers.dense({ units: 128, activation: 'relu' })],
      { random },
    ),
    head: sequential([layers.dense({ units: 10, inputShape: [128] })], { random }),
  };
}

describe('trainClassifier', () => {
  it('learns to tell digits apart, also those that it has not seen', { timeout: 60_000 }, async () => {
    const { images, labels } = await readLabelledDigits(0, 4000);
    const unseen = await readLabelledDigits(9000, 1000);
    const classifier = denseClassifier(3);
    // One in ten by chance: three standard deviations of the share, sqrt(0.1 0.9 / 1000), and what classes that are no
    // tenth add.
    expect(accuracy(classifier, unseen.images, unseen.labels)).toBeLessThan(0.2);
    const { features, head, history } = await trainClassifier({ images, labels, classifier, epochs: 8 });
    expect([features, head]).toEqual([classifier.features, classifier.head]);
    // 92.4 % measured, one hidden layer and 4,000 digits.
    expect(accuracy(classifier, unseen.images, unseen.labels)).toBeGreaterThan(0.9);
    expect(history[7]!.accuracy).toBeGreaterThan(0.92);
    expect(features.predict(unseen.images.gather([0, 1])).shape).toEqual([2, 128]);
  });

  it('with labels that say nothing learns nothing that holds for others', { timeout: 60_000 }, async () => {
    const { images, labels } = await readLabelledDigits(0, 1000);
    const order = createRandom(1).permutation(1000);
    const shuffled = labels.map((_, i) => labels[order[i]!]!);
    const unseen = await readLabelledDigits(9000, 1000);
    const classifier = denseClassifier(3);
    await trainClassifier({ images, labels: shuffled, classifier, epochs: 3 });
    expect(accuracy(classifier, unseen.images, unseen.labels)).toBeLessThan(0.3);
  });

  it('tells the accuracy of each step, which is that of its batch', async () => {
    const steps: StepEvent<ClassifierMeasures>[] = [];
    const { history } = await trainClassifier(classifierOptions({ epochs: 2, onStep: (event) => steps.push(event) }));
    // Batches of 4, 4, 4 and 2.
    steps.forEach(({ accuracy, step }) => {
      expect([0, 0.25, 0.5, 0.75, 1]).toContain(accuracy);
      if (step === 4) expect([0, 0.5, 1]).toContain(accuracy);
    });
    const mean = steps.slice(0, 4).reduce((total, { accuracy }) => total + accuracy, 0) / 4;
    expect(history[0]!.accuracy).toBe(mean);
  });

  it('takes labels as any list of numbers', async () => {
    const run = async (labels: ArrayLike<number>) => {
      const { history } = await trainClassifier(classifierOptions({ labels }));
      return history.map(({ loss }) => loss);
    };
    expect(await run([...LABELS])).toEqual(await run(LABELS));
  });
});

describe('classify and accuracy', () => {
  it('take the largest logit, of equal ones the first, over more images than one batch', () => {
    // Multiples of 1/2, so that sums are exact and many are equal: the class is the first of the rows with most ink.
    const noise = createRandom(5).uniform([600, 4, 4, 1], -1, 1).data;
    const images = tensor(
      noise.map((value) => Math.round(2 * value) / 2),
      [600, 4, 4, 1],
    );
    const classifier: Classifier = {
      features: sequential([layers.flatten({ inputShape: [4, 4, 1] })]),
      head: sequential([layers.dense({ units: 4, useBias: false, inputShape: [16] })]),
    };
    classifier.head.weights[0]!.assign(
      Array.from({ length: 16 * 4 }, (_, i) => (Math.floor(i / 16) === i % 4 ? 1 : 0)),
    );
    const { data } = images;
    let ties = 0;
    const expected = Array.from({ length: 600 }, (_, image) => {
      const ink = [0, 4, 8, 12].map((row) => {
        const start = image * 16 + row;
        return data[start]! + data[start + 1]! + data[start + 2]! + data[start + 3]!;
      });
      const most = Math.max(...ink);
      if (ink.indexOf(most) !== ink.lastIndexOf(most)) ties++;
      return ink.indexOf(most);
    });
    expect(ties).toBeGreaterThan(50);
    const classes = classify(classifier, images);
    expect([...classes]).toEqual(expected);
    expect(accuracy(classifier, images, classes)).toBe(1);
    const shifted = classes.map((row, i) => (i < 150 ? (row + 1) % 4 : row));
    expect(accuracy(classifier, images, shifted)).toBe(0.75);
  });

  it('of no images are empty and NaN', () => {
    const { images } = classifierOptions();
    const none = 'count' in images ? images.gather([]) : images;
    expect([...classify(tinyClassifier(), none)]).toEqual([]);
    expect(accuracy(tinyClassifier(), none, [])).toBeNaN();
  });

  it('take a tensor as well as a dataset', () => {
    const { images } = classifierOptions();
    if (!('count' in images)) throw new TypeError('images are a dataset');
    const all = images.gather(Array.from({ length: images.count }, (_, i) => i));
    expect([...classify(tinyClassifier(), all)]).toEqual([...classify(tinyClassifier(), images)]);
  });
});
