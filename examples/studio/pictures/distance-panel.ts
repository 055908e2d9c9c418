/** The curve of the Frechet distance, and the worker that measures it, which starts with the first finished epoch. */
import { type Link, openWorker } from '../worker-link.ts';
import { distanceCurve } from './curves.ts';
import type { DistanceEvent, Measure } from './distance-protocol.ts';

export interface DistancePanel {
  readonly root: HTMLElement;
  /** Begins again with the distances of a saved training, epoch and distance in turn. */
  reset(distances: readonly number[], isDigits: boolean): void;
  measure(measure: Omit<Measure, 'run'>): void;
}

const PROTOCOL = '1,000 pictures beside 5,000 real digits, in the features of the classifier of npm run evaluate.';

/** @param found - gets each distance, to be kept with the state of the training. */
export function distancePanel(
  found: (epoch: number, distance: number) => void,
  fail: (error: unknown) => void,
): DistancePanel {
  const { root, note, ...curve } = distanceCurve();
  let worker: Link<Measure> | undefined;
  let isDigits = true;
  /** The number of the training: what is measured for the one before is dropped. */
  let run = 0;

  const receive = (event: DistanceEvent): void => {
    switch (event.kind) {
      case 'ready':
        curve.setReal(event.real);
        return;
      case 'waiting':
        note.textContent = 'The classifier that measures it is being trained on this machine; it is needed once.';
        return;
      case 'measured':
        if (event.run !== run) return;
        curve.add(event.epoch, event.distance);
        note.textContent = PROTOCOL;
        found(event.epoch, event.distance);
        return;
      case 'failed':
        note.textContent = event.message;
        return;
    }
  };
  return {
    root,
    reset(distances, digits) {
      run++;
      isDigits = digits;
      curve.reset(distances);
      note.textContent = digits
        ? `Measured after each epoch: ${PROTOCOL}`
        : 'It is measured for digits only, with a classifier of digits.';
    },
    measure(measure) {
      if (!isDigits) return;
      worker ??= openWorker<Measure, DistanceEvent>('distances', receive, fail);
      worker.send({ ...measure, run }, [measure.weights.buffer]);
    },
  };
}
