/**
 * Hostile calls by hand: `npx tsx test/errors/fuzz-exports.ts 20000 7` (calls, seed), or one of them again with its
 * index behind. The tests run fewer.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fuzzCalls } from './call-fuzzer.ts';

const [count = '20000', seed = '1', only] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'ganvas-fuzz-'));
process.chdir(folder);
const start = performance.now();
try {
  const report = await fuzzCalls(Number(count), Number(seed), only === undefined ? undefined : Number(only));
  const { calls, succeeded, refused, passedOn, slowest, failures } = report;
  for (const { index, name, changes, problem } of failures) console.log(`#${index} ${name}(${changes})\n  ${problem}`);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(
    `seed ${seed}: ${calls} calls in ${seconds} s, ${succeeded} succeeded, ${refused} refused, ` +
      `${passedOn} errors of hostile values passed on, ${failures.length} failures; slowest ${slowest.milliseconds.toFixed(0)} ms, ${slowest.name}`,
  );
  process.exitCode = failures.length === 0 ? 0 : 1;
} finally {
  process.chdir(tmpdir());
  rmSync(folder, { recursive: true, force: true });
}
