/**
 * Writes a folder of small pictures in colour, to try colour with: `npx tsx examples/make-shapes.ts DIR [COUNT]`, then
 * `npm run train -- --images DIR`. There are discs, squares and triangles of random place, size and colour on dark
 * grounds, 32 x 32 pixels, a folder for each; equal for all who run it.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand, UsageError } from '../bench/support/command-line.ts';
import { createRandom, encodePng, type Picture } from '../src/index.ts';

const SIDE = 32;
/** Points in each pixel, in both directions: their mean softens the edges. */
const FINE = 3;

/** Whether a point, relative to the centre and in units of the radius, is in the shape. */
const SHAPES: Readonly<Record<string, (x: number, y: number) => boolean>> = {
  disc: (x, y) => x * x + y * y < 1,
  square: (x, y) => Math.max(Math.abs(x), Math.abs(y)) < 0.85,
  triangle: (x, y) => y < 0.7 && y > 2 * Math.abs(x) - 1,
};

/** `draws` are nine numbers from 0 to 1: place, size, colour and ground. */
function shapePicture(inside: (x: number, y: number) => boolean, draws: ArrayLike<number>): Picture {
  const radius = 6 + 5 * draws[2]!;
  const [centreX, centreY] = [0, 1].map((i) => SIDE / 2 + (draws[i]! - 0.5) * 8);
  // One channel is always bright, and the ground always dark.
  const strongest = Math.floor(draws[3]! * 3) % 3;
  const color = [4, 5, 6].map((i, c) => (c === strongest ? 230 : 220 * draws[i]!));
  const ground = [20 + 40 * draws[7]!, 20 + 40 * draws[8]!, 60];
  const pixels = new Uint8Array(SIDE * SIDE * 3);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      let covered = 0;
      for (let i = 0; i < FINE * FINE; i++) {
        const [fineX, fineY] = [x + ((i % FINE) + 0.5) / FINE, y + (Math.floor(i / FINE) + 0.5) / FINE];
        if (inside((fineX - centreX!) / radius, (fineY - centreY!) / radius)) covered += 1 / (FINE * FINE);
      }
      for (let c = 0; c < 3; c++) pixels[(y * SIDE + x) * 3 + c] = color[c]! * covered + ground[c]! * (1 - covered);
    }
  }
  return { pixels, width: SIDE, height: SIDE };
}

await runCommand('npx tsx examples/make-shapes.ts', async () => {
  const [folder, count = '2000'] = process.argv.slice(2);
  if (folder === undefined || !/^[1-9]\d*$/.test(count)) {
    throw new UsageError('a folder is needed, and then perhaps the number of pictures of each shape');
  }
  const random = createRandom(1);
  for (const [name, inside] of Object.entries(SHAPES)) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < Number(count); i++) {
      const { pixels, width, height } = shapePicture(inside, random.uniform([9]).data);
      const path = join(folder, name, `${String(i).padStart(5, '0')}.png`);
      writeFileSync(path, encodePng(pixels, width, height));
    }
  }
  console.log(`${Object.keys(SHAPES).length} folders of ${count} pictures are in ${folder}`);
});
