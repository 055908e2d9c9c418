/**
 * Memory over long runs: `npx tsx test/torture/leaks.ts [steps] [trainings]`, by default 10,000 steps of one training and 100 times
 * created, trained and dropped. Takes about a minute. Ends with two lines of figures; exits with 1 if the tensor memory was not flat or
 * the resident memory rose by more than its bound.
 */
import { residentSlope, type Sample, settle, trainOnce, watchSteps, watchTrainings } from '../trust/leak-runs.ts';

const [steps = '10000', trainings = '100'] = process.argv.slice(2);
/** Resident memory moves with the engine's own garbage; what a leak of one small tensor a step or a model a training would add is more. */
const BOUNDS = { step: 256, training: 32 * 1024 };

await trainOnce();
await settle();

/** The first fifth is for the engine to warm up: code is compiled and its heap grows. */
function judge(unit: keyof typeof BOUNDS, samples: readonly Sample[]): boolean {
  const warm = samples.slice(Math.floor(samples.length / 5));
  const [first] = warm;
  const last = warm[warm.length - 1];
  if (first === undefined || last === undefined) throw new RangeError(`${samples.length} samples are too few`);
  const flat = warm.every(
    ({ heap }) =>
      heap.blocks === first.heap.blocks &&
      heap.usedBytes === first.heap.usedBytes &&
      heap.capacityBytes === first.heap.capacityBytes,
  );
  const slope = residentSlope(warm);
  const { blocks, capacityBytes } = last.heap;
  console.log(
    `${last.at} ${unit}s: tensor memory ${flat ? 'flat' : 'NOT flat'} (${blocks} blocks, ${capacityBytes / 65536} pages), ` +
      `resident ${(last.resident / 2 ** 20).toFixed(1)} MiB, slope ${slope.toFixed(1)} bytes a ${unit} (bound ${BOUNDS[unit]})`,
  );
  return flat && slope <= BOUNDS[unit];
}

const stepsFlat = judge('step', await watchSteps(Number(steps), Math.max(1, Math.floor(Number(steps) / 200)), true));
const trainingsFlat = judge('training', await watchTrainings(Number(trainings)));
if (!stepsFlat || !trainingsFlat) process.exitCode = 1;
