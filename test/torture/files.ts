/**
 * Every kind of hostile file, read and written in every way: `npx tsx test/torture/files.ts`. One line for each pair.
 */
import { ACCESSES, access, HOSTILE, problemOf } from './hostile-files.ts';

const failures: string[] = [];
let [slowest, largest, refused, count] = [0, 0, 0, 0];
for (const way of Object.keys(ACCESSES)) {
  for (const kind of Object.keys(HOSTILE)) {
    const verdict = await access(kind, way, 20_000);
    const { error, milliseconds, grownBytes } = verdict;
    count++;
    if (error !== undefined) refused++;
    slowest = Math.max(slowest, milliseconds);
    largest = Math.max(largest, grownBytes);
    const problem = problemOf(verdict);
    if (problem !== undefined) failures.push(`${way}, ${kind}: ${problem}`);
    const outcome = String(error ?? 'success')
      .replaceAll(/"[^"]*"/g, '_')
      .slice(0, 120);
    console.log(`${way}: ${kind}: ${milliseconds.toFixed(0)} ms: ${outcome}`);
  }
}
console.log(
  `${count} pairs: ${count - refused} succeeded, ${refused} refused; slowest ${slowest.toFixed(0)} ms, most ` +
    `memory ${(largest / 1e6).toFixed(0)} MB`,
);
for (const failure of failures) console.log(`BAD  ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;
