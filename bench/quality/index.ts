/**
 * Measures how soon a model of `npm run train` draws good pictures: `npm run bench:quality`; with `--help` it lists the
 * options. It trains the model once for each seed and evaluates it on the way, as `npm run evaluate` does: the same
 * classifier, 10,000 pictures from the same noise, the averaged generator if there is one. The clock counts the seconds
 * of the epochs, without evaluations. It writes curve.csv, curve.json, curve.svg, and the samples of each seed.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { configureRun } from '../../examples/configure-run.ts';
import { loadDigits } from '../../examples/digits.ts';
import { createEvaluator, type Evaluator } from '../../examples/evaluator.ts';
import { ganOptions } from '../../examples/gan-options.ts';
import type { TrainingOptions } from '../../examples/options.ts';
import { writeText } from '../../examples/run-folder.ts';
import { drawPictures } from '../../examples/saved-generator.ts';
import { runtimeInfo, scope, trainGan } from '../../src/index.ts';
import { saveImage } from '../../src/node/index.ts';
import { runCommand } from '../support/command-line.ts';
import { describeMachine } from '../support/machine.ts';
import { table } from '../support/table.ts';
import { type CurvePoint, curveCsv, curveSvg, distanceWithin } from './curve.ts';
import { help, parseOptions, type QualityOptions, USAGE } from './options.ts';

/** The seed of the noise of all evaluations, that of `npm run evaluate`. */
const SEED = 0;
/** Times for the table, in seconds, as far as the trainings went. */
const MARKS = [10, 30, 60, 120, 300, 600, 1200, 2400];

async function measureQuality(options: QualityOptions): Promise<void> {
  const { trainings, out, judge, classifier, count } = options;
  const first = trainings[0]!;
  await mkdir(out, { recursive: true });
  await configureRun(first);
  const machine = describeMachine();
  const evaluator = await createEvaluator({ data: judge, classifier, count, seed: SEED }, (text) =>
    console.error(text),
  );
  const anchors = evaluator.anchors();
  const real = anchors.find(({ name }) => name === 'real')!.metrics.frechetDistance;
  const points: CurvePoint[] = [];
  for (const training of trainings) {
    await trainAndEvaluate(training, options, evaluator, async (point) => {
      points.push(point);
      console.log(lineOf(point));
      const { kernels, threads } = runtimeInfo();
      const about = { training, machine, kernels, threads, protocol: evaluator.protocol };
      await writeText(join(out, 'curve.json'), JSON.stringify({ ...about, anchors, points }, undefined, 2));
      await writeText(join(out, 'curve.csv'), curveCsv(points));
      await writeText(join(out, 'curve.svg'), curveSvg(points, `${first.model}: Frechet distance`, real));
    });
  }
  console.log(`\nReal digits have ${real.toFixed(2)}. Medians of ${trainings.length} seeds:\n${summary(points)}`);
  console.log(`curve.csv, curve.json, curve.svg and samples are in ${out}`);
}

async function trainAndEvaluate(
  training: TrainingOptions,
  { every, seconds: most = Number.POSITIVE_INFINITY, out }: QualityOptions,
  evaluator: Evaluator,
  onPoint: (point: CurvePoint) => Promise<void>,
): Promise<void> {
  const { model, seed, data, limit, epochs, batchSize } = training;
  if (model === 'autoencoder') return;
  const conditional = model === 'conditional';
  const digits = await loadDigits(data, limit);
  const steps = Math.ceil(digits.images.count / batchSize);
  const stop = new AbortController();
  let [seconds, next] = [0, 0];
  await trainGan({
    ...ganOptions(training, model, digits),
    signal: stop.signal,
    async onEpoch({ epoch, samples, generator, averageGenerator = generator, seconds: ofEpoch }) {
      seconds += ofEpoch;
      if (seconds >= most) stop.abort();
      if (seconds < next && seconds < most && epoch < epochs) return;
      next = seconds + every;
      const { metrics } = scope(() =>
        evaluator.rowOf(`seed ${seed}`, drawPictures(averageGenerator, conditional, evaluator.count, SEED)),
      );
      await saveImage(join(out, `seed-${seed}-epoch-${String(epoch).padStart(3, '0')}.png`), samples);
      const { frechetDistance, precisionRecall, sharpness } = metrics;
      const { precision, recall } = precisionRecall;
      await onPoint({ seed, epoch, step: epoch * steps, seconds, frechetDistance, precision, recall, sharpness });
    },
  });
}

function lineOf({ seed, epoch, step, seconds, frechetDistance, precision, recall }: CurvePoint): string {
  const shown = [
    `distance ${frechetDistance.toFixed(2)}`,
    `precision ${precision.toFixed(3)}`,
    `recall ${recall.toFixed(3)}`,
  ];
  return `seed ${seed}  epoch ${epoch}  step ${step}  ${seconds.toFixed(1)} s  ${shown.join('  ')}`;
}

function summary(points: readonly CurvePoint[]): string {
  const last = Math.max(...points.map(({ seconds }) => seconds));
  const times = [...MARKS.filter((mark) => mark < last), Math.ceil(last)];
  const rows = times.flatMap((time) => {
    const distance = distanceWithin(points, time);
    return distance === undefined ? [] : [[`${time} s`, distance.toFixed(2)]];
  });
  return table(['within', 'Frechet distance'], rows);
}

await runCommand(USAGE, async () => {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') console.log(help());
  else await measureQuality(options);
});
