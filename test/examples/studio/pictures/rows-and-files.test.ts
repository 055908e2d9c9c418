/** The rows of losses, the frames of an animation, and IDX files that the user opens. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { LossRows } from '../../../../examples/studio/pictures/loss-rows.ts';
import { openImageFiles } from '../../../../examples/studio/pictures/open-images.ts';
import { animation, frames, walkFile } from '../../../../examples/studio/pictures/saved-file.ts';
import { encodeIdx } from '../../../../src/index.ts';
import { rejection } from '../../../support/folder.ts';

describe('LossRows', () => {
  const filled = (count: number): LossRows => {
    const rows = new LossRows();
    for (let step = 1; step <= count; step++) rows.add(step, step / 2, step / 4, 0);
    return rows;
  };

  it('grows, and gives each row once', () => {
    const rows = filled(3);
    expect([...rows.takeNew()]).toEqual([1, 0.5, 0.25, 0, 2, 1, 0.5, 0, 3, 1.5, 0.75, 0]);
    expect(rows.takeNew()).toHaveLength(0);
    const many = filled(10_000);
    expect(many.all()).toHaveLength(40_000);
    expect(many.all().at(-4)).toBe(10_000);
  });

  it('a saved one goes on after the step of the checkpoint', () => {
    const rows = new LossRows(filled(9).all());
    rows.keepUntil(7);
    expect(rows.takeNew()).toHaveLength(0);
    rows.add(8, 1, 1, 1);
    expect([...rows.takeNew()]).toEqual([8, 1, 1, 1]);
    expect(rows.all()).toHaveLength(32);
  });

  it('leaves out half a row of a file that was cut off', () => {
    expect(new LossRows(filled(3).all().subarray(0, 10)).all()).toHaveLength(8);
  });
});

it('an animation of many epochs keeps at most 60 frames, evenly', () => {
  const growth = frames();
  // Each frame is one grey pixel with a margin: its value tells the epoch.
  for (let epoch = 0; epoch < 200; epoch++) {
    growth.add({ shape: [1, 1, 1, 1], data: Float32Array.of(epoch / 127.5 - 1) });
  }
  const shown = growth.pictures.map(({ pixels, width }) => pixels[8 * width + 8]!);
  expect(shown.length).toBeLessThanOrEqual(60);
  expect(shown).toEqual(Array.from({ length: shown.length }, (_, i) => 4 * i));
});

it('the animation of a walk goes there and back, one picture a frame', () => {
  // The greys 0, 51 and 102, each a picture of one pixel.
  const values = [0, 51, 102];
  const pictures = { shape: [3, 1, 1, 1], data: Float32Array.from(values, (value) => value / 127.5 - 1) };
  const { name, type, bytes } = walkFile(pictures, 'dense');
  expect([name, type]).toEqual(['dense-walk.png', 'image/png']);
  const enlarged = [0, 51, 102, 51].map((value) => new Uint8Array(64).fill(value));
  expect(bytes).toEqual(
    animation(
      enlarged.map((pixels) => ({ pixels, width: 8, height: 8 })),
      80,
    ),
  );
});

describe('openImageFiles', () => {
  const images = encodeIdx({ type: 'uint8', shape: [3, 2, 2], data: Uint8Array.from({ length: 12 }, (_, i) => i) });
  const labels = encodeIdx({ type: 'uint8', shape: [3], data: Uint8Array.of(2, 0, 4) });
  const file = (path: string, bytes: Uint8Array): { path: string; file: Blob } => {
    return { path, file: new Blob([Uint8Array.from(bytes)]) };
  };

  it('reads IDX files with their labels, packed or not', async () => {
    for (const pack of [(bytes: Uint8Array) => bytes, gzipSync]) {
      const opened = await openImageFiles(
        [
          file('t/labels-idx1-ubyte', pack(labels)),
          file('t/images-idx3-ubyte', pack(images)),
          file('t/readme', labels),
        ],
        28,
      );
      expect(opened).toMatchObject({ classes: 5, name: 'images-idx3-ubyte', isKept: false });
      expect([...Uint8Array.from(opened.labels!)]).toEqual([2, 0, 4]);
      expect([opened.images.count, ...opened.images.itemShape]).toEqual([3, 2, 2, 1]);
      const [value] = opened.images.gather([2]).data;
      expect(value).toBe(Math.fround((8 - 127.5) / 127.5));
    }
  });

  it('says what is missing, and refuses damaged files', async () => {
    expect(`${await rejection(openImageFiles([file('labels-idx1-ubyte', labels)], 28))}`).toMatch(/have no images/);
    expect(`${await rejection(openImageFiles([file('notes.txt', labels)], 28))}`).toMatch(/have no images/);
    const cut = rejection(openImageFiles([file('images-idx3-ubyte', images.slice(0, -1))], 28));
    expect(`${await cut}`).toMatch(/^FormatError: /);
  });
});
