/**
 * Runs a program in Node, Deno or Bun, in the folder where ganvas is installed:
 * `command.mjs '{"program":"training","kernels":"simd","threads":2,"wide":false}'`.
 */
import * as ganvas from 'ganvas';
import { programs } from './programs.mjs';

const { program, wide, ...configuration } = JSON.parse(process.argv[2]);
if (wide) {
  const { enableWideSimd } = await import('ganvas/node');
  const { enabled, reason } = await enableWideSimd();
  if (!enabled) {
    console.log(JSON.stringify({ unavailable: reason }));
    process.exit(0);
  }
}
console.log(JSON.stringify(await programs[program](ganvas, configuration)));
