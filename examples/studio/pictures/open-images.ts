/**
 * Opens files of images: IDX files as MNIST has them, also packed by gzip, with or without labels; or PNGs, whose
 * folders are classes.
 */

import { cropAndResize } from '../../../src/image/resize.ts';
import { ArgumentError, type DecodedPicture, dataset, decodePng, type IdxArray, parseIdx } from '../../../src/index.ts';
import { unpacked } from './digits.ts';
import type { StudioImages } from './images.ts';
import type { NamedFile } from './protocol.ts';

/** The signature of a PNG file, its first four bytes. */
const PNG = [0x89, 0x50, 0x4e, 0x47];
const MOST_FILES = 100_000;

/** @param size - the side that PNGs are cropped and scaled to. IDX files stay as they are. */
export async function openImageFiles(files: readonly NamedFile[], size: number): Promise<StudioImages> {
  if (files.length > MOST_FILES) throw new ArgumentError(`${files.length} files are too many; at most ${MOST_FILES}`);
  const pictures: { readonly folder: string; readonly picture: DecodedPicture }[] = [];
  const arrays: { readonly path: string; readonly array: IdxArray }[] = [];
  // In the order of their names, as Node reads a folder.
  for (const { path, file } of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const bytes = new Uint8Array(await file.arrayBuffer());
    if (PNG.every((byte, i) => bytes[i] === byte)) {
      pictures.push({ folder: path.split('/').at(-2) ?? '', picture: cropAndResize(decodePng(bytes), size, size) });
    } else if (files.length <= 4 || /idx|ubyte/.test(path)) {
      arrays.push({ path, array: parseIdx(await unpacked(bytes)) });
    }
  }
  if (pictures.length > 0) return ofPictures(pictures, size);
  return ofArrays(arrays);
}

function ofPictures(
  pictures: readonly { readonly folder: string; readonly picture: DecodedPicture }[],
  size: number,
): StudioImages {
  const channels = pictures.some(({ picture }) => picture.channels === 3) ? 3 : 1;
  const itemSize = size * size * channels;
  const bytes = new Uint8Array(pictures.length * itemSize);
  pictures.forEach(({ picture }, i) => {
    const { pixels } = picture;
    for (let k = 0; k < itemSize; k++) {
      bytes[i * itemSize + k] = pixels[picture.channels === channels ? k : Math.floor(k / 3)]!;
    }
  });
  const folders = [...new Set(pictures.map(({ folder }) => folder))];
  const labels = folders.length > 1 ? pictures.map(({ folder }) => folders.indexOf(folder)) : undefined;
  return {
    images: dataset(bytes, [pictures.length, size, size, channels]),
    labels,
    classes: folders.length,
    name: 'pictures of yours',
    isKept: false,
  };
}

function ofArrays(arrays: readonly { readonly path: string; readonly array: IdxArray }[]): StudioImages {
  const found = arrays.find(({ array }) => array.shape.length >= 3);
  if (found === undefined) {
    throw new ArgumentError('These files have no images. Open IDX files such as train-images-idx3-ubyte.gz, or PNGs.');
  }
  const { shape, data } = found.array;
  const [count = 0, height = 0, width = 0, channels = 1] = shape;
  if (!(data instanceof Uint8Array)) throw new ArgumentError(`${found.path} has numbers that are no bytes`);
  const classes = arrays.find(({ array }) => array.shape.length === 1 && array.shape[0] === count)?.array.data;
  const labels = classes && Uint8Array.from(classes);
  return {
    images: dataset(data, [count, height, width, channels]),
    labels,
    ...(labels && { classes: 1 + labels.reduce((most, one) => Math.max(most, one), 0) }),
    name: found.path.split('/').at(-1) ?? found.path,
    isKept: false,
  };
}
