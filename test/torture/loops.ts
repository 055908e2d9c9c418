/**
 * Memory of loops without a scope and without a pause for the event loop, against the same loops in scopes.
 *
 *   npx tsx test/torture/loops.ts [steps]        default 3000
 *
 * A perceptron (128-512-512-1, batch 256) is trained as a model and as plain operations, and predicts. Ends with 1 if
 * a loop fails, if the process holds more than 600 MB at its peak, or if the losses with and without scopes differ.
 */
import {
  adam,
  createRandom,
  gradients,
  layers,
  matmul,
  mean,
  relu,
  scope,
  sequential,
  square,
  sub,
  type Tensor,
  type Variable,
  variable,
} from '../../src/index.ts';
import { heap } from '../../src/kernels/runtime.ts';

const MOST_RESIDENT = 600e6;
const WIDTHS = [128, 512, 512, 1];
const BATCH = 256;

const steps = Number(process.argv[2] ?? 3000);

/** A loop's step, made anew with the same weights each time; it returns what is compared. */
type MakeStep = () => () => number;

function trainingStep(call: (x: Tensor) => Tensor, weights: readonly Variable[]): () => number {
  const optimizer = adam();
  const random = createRandom(2);
  const [x, y] = [random.normal([BATCH, WIDTHS[0]!]), random.normal([BATCH, 1])];
  return () => {
    const loss = mean(square(sub(call(x), y)));
    optimizer.apply(weights, gradients(loss, weights));
    return loss.item();
  };
}

const LOOPS: Readonly<Record<string, MakeStep>> = {
  'a model, trained'() {
    const model = perceptron();
    return trainingStep((x) => model.call(x, { training: true }), model.trainableWeights);
  },
  'plain operations, trained'() {
    const random = createRandom(1);
    const weights = WIDTHS.slice(1).map((units, i) => variable(random.normal([WIDTHS[i]!, units], 0, 0.05)));
    const [first, second, third] = weights as [Variable, Variable, Variable];
    return trainingStep((x) => matmul(relu(matmul(relu(matmul(x, first)), second)), third), weights);
  },
  'a model, predicting'() {
    const model = perceptron();
    const x = createRandom(2).normal([BATCH, WIDTHS[0]!]);
    return () => model.predict(x).data[0]!;
  },
};

function perceptron(): ReturnType<typeof sequential> {
  const [inputs, ...units] = WIDTHS as [number, ...number[]];
  return sequential(
    units.map((width, i) =>
      layers.dense({
        units: width,
        ...(i < units.length - 1 && { activation: 'relu' }),
        ...(i === 0 && { inputShape: [inputs] }),
      }),
    ),
  );
}

for (const [name, makeStep] of Object.entries(LOOPS)) {
  const scoped = run(makeStep(), (step) => scope(step));
  const free = run(makeStep(), (step) => step());
  const peak = process.resourceUsage().maxRSS * 1024;
  const sound = free.last === scoped.last && peak <= MOST_RESIDENT;
  if (!sound) process.exitCode = 1;
  console.log(
    `${name}: ${steps} steps, median ${free.median.toFixed(2)} ms, in scopes ${scoped.median.toFixed(2)} ms; ` +
      `the same result: ${free.last === scoped.last}; tensor memory ${(heap().usage().capacityBytes / 1e6).toFixed(0)} MB, ` +
      `process at most ${(peak / 1e6).toFixed(0)} MB (bound ${MOST_RESIDENT / 1e6})`,
  );
}

function run(
  step: () => number,
  wrap: (step: () => number) => number,
): { readonly median: number; readonly last: number } {
  const times: number[] = [];
  let last = 0;
  for (let i = 0; i < steps; i++) {
    const begin = performance.now();
    last = wrap(step);
    times.push(performance.now() - begin);
  }
  times.sort((a, b) => a - b);
  return { median: times[steps >> 1]!, last };
}
