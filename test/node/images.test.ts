import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FormatError, RuntimeError, ShapeError } from '../../src/core/errors.ts';
import { encodePng } from '../../src/image/png.ts';
import { type LoadImagesOptions, loadImages } from '../../src/node/images.ts';
import { rejection, temporaryFolders } from '../support/folder.ts';

const newFolder = temporaryFolders();

/** A flat picture, grey or in colour. */
const flat = (width: number, height: number, ...color: readonly number[]): Uint8Array => {
  const pixels = Uint8Array.from({ length: width * height * color.length }, (_, i) => color[i % color.length]!);
  return encodePng(pixels, width, height);
};

/** A new folder with these files. */
function folderOf(files: Readonly<Record<string, Uint8Array | string>>): string {
  const folder = newFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return folder;
}

/** The bytes of an image of a dataset. */
const bytesOf = ({ images }: Awaited<ReturnType<typeof loadImages>>, index: number): number[] =>
  Array.from(images.gather([index]).data, (value) => Math.round((value + 1) * 127.5));

describe('loadImages', () => {
  it('loads the PNGs of a folder in the order of their names; passes over hidden and other files', async () => {
    const folder = folderOf({
      ...{ 'b.png': flat(2, 1, 20), 'a10.PNG': flat(2, 1, 11), 'a9.png': flat(2, 1, 9), 'Z.png': flat(2, 1, 90) },
      ...{ '.hidden.png': 'no picture', 'notes.txt': 'text', '.git/x.png': 'no picture', 'empty/readme.md': '' },
    });
    const loaded = await loadImages(folder);
    expect(loaded.files).toEqual(['Z.png', 'a10.PNG', 'a9.png', 'b.png']);
    expect([loaded.labels, loaded.classNames]).toEqual([undefined, []]);
    expect([loaded.images.count, loaded.images.itemShape]).toEqual([4, [1, 2, 1]]);
    expect([0, 1, 2, 3].map((i) => bytesOf(loaded, i))).toEqual([90, 11, 9, 20].map((grey) => [grey, grey]));
  });

  it('takes folders as classes, with all that is in them', async () => {
    const loaded = await loadImages(
      folderOf({
        ...{ 'dog/1.png': flat(1, 1, 1), 'cat/2.png': flat(1, 1, 2), 'cat/1.png': flat(1, 1, 3) },
        ...{ 'dog/more/a.png': flat(1, 1, 4), 'none/readme.txt': '' },
      }),
    );
    expect(loaded.files).toEqual(['cat/1.png', 'cat/2.png', 'dog/1.png', 'dog/more/a.png']);
    expect([loaded.labels, loaded.classNames]).toEqual([Int32Array.of(0, 0, 1, 1), ['cat', 'dog']]);
  });

  it('makes all colour if one is, wherever it comes, and all grey or colour on request', async () => {
    const files = { 'a.png': flat(1, 1, 7), 'b.png': flat(1, 1, 255, 0, 0), 'c.png': flat(1, 1, 8) };
    const colours = await loadImages(folderOf(files));
    expect(colours.images.itemShape).toEqual([1, 1, 3]);
    expect([0, 1, 2].map((i) => bytesOf(colours, i))).toEqual([
      [7, 7, 7],
      [255, 0, 0],
      [8, 8, 8],
    ]);
    const grey = await loadImages(folderOf(files), { channels: 1 });
    expect([0, 1, 2].map((i) => bytesOf(grey, i))).toEqual([[7], [76], [8]]);
    const single = await loadImages(folderOf({ 'a.png': flat(1, 1, 7) }), { channels: 3 });
    expect(bytesOf(single, 0)).toEqual([7, 7, 7]);
  });

  it('scales all to one size, cut to its ratio', async () => {
    const wide = encodePng(Uint8Array.of(0, 10, 30, 50, 70, 255), 6, 1);
    const folder = folderOf({ 'a.png': wide, 'b.png': flat(64, 48, 9) });
    const loaded = await loadImages(folder, { size: [1, 2] });
    expect(loaded.images.itemShape).toEqual([1, 2, 1]);
    expect([bytesOf(loaded, 0), bytesOf(loaded, 1)]).toEqual([
      [30, 50],
      [9, 9],
    ]);
    expect((await loadImages(folder, { size: 8 })).images.itemShape).toEqual([8, 8, 1]);
  });

  it('follows links to files, but not to folders', async () => {
    const folder = folderOf({ 'a.png': flat(1, 1, 5) });
    symlinkSync(folder, join(folder, 'again'));
    symlinkSync(join(folder, 'a.png'), join(folder, 'b.png'));
    expect((await loadImages(folder)).files).toEqual(['a.png', 'b.png']);
  });

  const two = { 'a.png': flat(2, 2, 1), 'b.png': flat(3, 2, 1) };
  it.each<
    [
      string,
      Readonly<Record<string, Uint8Array | string>>,
      LoadImagesOptions,
      typeof FormatError | typeof ShapeError,
      RegExp,
    ]
  >([
    ['no PNGs', { 'a.txt': '' }, {}, FormatError, /has no files that end in \.png/],
    [
      'other pictures',
      { 'a.png': flat(1, 1, 1), 'b.JPG': '' },
      {},
      FormatError,
      /1 pictures that are no PNG, such as "b.JPG"/,
    ],
    [
      'PNGs beside classes',
      { 'a.png': flat(1, 1, 1), 'b/c.png': '' },
      {},
      FormatError,
      /has 1 PNGs beside folders .* "b"/,
    ],
    ['other sizes', two, {}, ShapeError, /"b.png" has 3 x 2 pixels, but "a.png" has 2 x 2. Scale all/],
    [
      'a damaged file',
      { 'a.png': flat(1, 1, 1).subarray(0, 50) },
      {},
      FormatError,
      /: loadImages: ".*a\.png": .*\(at byte/,
    ],
    ['no PNG inside', { 'a.png': 'GIF89a' }, {}, FormatError, /"\/.*a\.png": a PNG begins with/],
    ['too many pixels', two, { maxPixels: 5 }, FormatError, /b\.png": 3 x 2 are more pixels than maxPixels = 5/],
    [
      'too many bytes',
      two,
      { size: 4, maxBytes: 31 },
      FormatError,
      /2 images of 4 x 4 x 1 take 32 bytes, more than maxB/,
    ],
    [
      'long metadata',
      { 'a.png': Buffer.concat([flat(1, 1, 1), Buffer.alloc(2 ** 23)]) },
      {},
      FormatError,
      /the most that a PNG of 1 x 1/,
    ],
  ])('refuses %s', async (_, files, options, kind, message) => {
    const error = await rejection(loadImages(folderOf(files), options));
    expect(error).toBeInstanceOf(kind);
    expect(String(error)).toMatch(message);
  });

  it('names a directory that is not there, or no directory', async () => {
    const file = join(folderOf({ 'a.png': '' }), 'a.png');
    for (const path of [join(newFolder(), 'none'), file]) {
      const error = await rejection(loadImages(path));
      expect(error).toBeInstanceOf(RuntimeError);
      expect(String(error)).toContain(`"${path}" cannot be read as a directory`);
    }
  });
});
