/**
 * A long mutation run by hand: `npx tsx test/support/fuzz.ts safetensors 1000000 7` (format, cases, seed).
 * The test suites run the same targets over fewer cases.
 */
import { idxTarget } from '../data/idx-fuzz.ts';
import { fuzzResume } from '../gan/resume-fuzz.ts';
import { pngTarget } from '../image/png-fuzz.ts';
import { npzTarget } from '../io/npy-fuzz.ts';
import { safetensorsTarget } from '../io/safetensors-fuzz.ts';
import { fuzzGzip } from '../node/gzip-fuzz.ts';
import { checkpointTarget } from '../training/checkpoint-fuzz.ts';
import { type FuzzReport, type FuzzTarget, fuzz } from './mutate.ts';

function runner<T>(target: FuzzTarget<T>): (count: number, seed: number) => FuzzReport {
  return (count, seed) => fuzz(target, count, seed);
}

const RUNNERS: Readonly<Record<string, (count: number, seed: number) => FuzzReport | Promise<FuzzReport>>> = {
  checkpoint: runner(checkpointTarget),
  gzip: fuzzGzip,
  idx: runner(idxTarget),
  npz: runner(npzTarget),
  png: runner(pngTarget),
  resume: fuzzResume,
  safetensors: runner(safetensorsTarget),
};

const [format = 'safetensors', count = '1000000', seed = '1'] = process.argv.slice(2);
const run = RUNNERS[format];
if (run === undefined) throw new RangeError(`unknown format ${format}; there is ${Object.keys(RUNNERS).join(', ')}`);

const start = performance.now();
const report = await run(Number(count), Number(seed));
const seconds = ((performance.now() - start) / 1000).toFixed(1);
console.log(`${format}, seed ${seed}: ${report.accepted} accepted, ${report.rejected} refused in ${seconds} s`);
const kib = (bytes: number): string => `${Math.round(bytes / 1024)} KiB`;
console.log(
  `slowest parse ${report.slowestMilliseconds.toFixed(1)} ms; ` +
    `most allocated by one beyond its file's size ${kib(report.largestExcess)}; ` +
    `largest resident memory of the whole run ${process.resourceUsage().maxRSS} KiB`,
);
for (const [complaint, times] of [...report.complaints].sort((a, b) => b[1] - a[1]))
  console.log(`${times}\t${complaint}`);
