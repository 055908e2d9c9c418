/**
 * Opens files of images: IDX files as MNIST has them, also packed by gzip, with or without labels; or pictures, whose
 * folders are classes. The browser reads the pictures, so they may be of any kind that it knows.
 */

import { cropAndResize } from '../../../src/image/resize.ts';
import { ArgumentError, dataset, type IdxArray, parseIdx } from '../../../src/index.ts';
import { unpacked } from './digits.ts';
import type { StudioImages } from './images.ts';
import type { NamedFile } from './protocol.ts';

const IDX = /idx\d?|ubyte|\.gz$/;
const PICTURE = /\.(png|jpe?g|webp|gif|bmp|avif)$/i;
/** Of all pixels together; a byte or three each. */
const MOST_PIXELS = 2 ** 28;
const MOST_SIDE = 8192;

/** @param size - the side that pictures are cropped and scaled to. IDX files stay as they are. */
export async function openImageFiles(files: readonly NamedFile[], size: number): Promise<StudioImages> {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const pictures = sorted.filter(({ path }) => PICTURE.test(path));
  if (pictures.length > 0) return ofPictures(pictures, size);
  const arrays: { readonly path: string; readonly array: IdxArray }[] = [];
  for (const { path, file } of sorted.filter(({ path }) => IDX.test(path))) {
    const bytes = await unpacked(new Uint8Array(await file.arrayBuffer()));
    arrays.push({ path, array: parseIdx(bytes) });
  }
  return ofArrays(arrays);
}

async function ofPictures(files: readonly NamedFile[], size: number): Promise<StudioImages> {
  const area = size * size;
  if (files.length * area > MOST_PIXELS) {
    throw new ArgumentError(`${files.length} pictures of ${size} x ${size} are too many. Scale them to fewer pixels.`);
  }
  const colours = new Uint8Array(files.length * area * 3);
  let isGrey = true;
  for (const [i, { path, file }] of files.entries()) {
    const pixels = await pixelsOf(path, file, size);
    colours.set(pixels, i * area * 3);
    for (let k = 0; k < pixels.length && isGrey; k += 3) {
      isGrey = pixels[k] === pixels[k + 1] && pixels[k] === pixels[k + 2];
    }
  }
  const bytes = isGrey ? colours.filter((_, i) => i % 3 === 0) : colours;
  const folders = files.map(({ path }) => path.split('/').at(-2) ?? '');
  const names = [...new Set(folders)];
  return {
    images: dataset(bytes, [files.length, size, size, isGrey ? 1 : 3]),
    labels: names.length > 1 ? folders.map((folder) => names.indexOf(folder)) : undefined,
    classes: names.length,
    name: 'pictures of yours',
    isKept: false,
  };
}

/** Red, green and blue of each pixel, cropped and scaled as ganvas/node does. */
async function pixelsOf(path: string, file: Blob, size: number): Promise<Uint8Array> {
  const bitmap = await createImageBitmap(file, { premultiplyAlpha: 'none', colorSpaceConversion: 'none' }).catch(() => {
    throw new ArgumentError(`${path} is no picture that this browser can read`);
  });
  const { width, height } = bitmap;
  if (width > MOST_SIDE || height > MOST_SIDE) {
    throw new ArgumentError(`${path} has ${width} x ${height} pixels; a side may have at most ${MOST_SIDE}`);
  }
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new Error('the browser gives no canvas to read pictures with');
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = data[4 * i + c]!;
  }
  return cropAndResize({ pixels, width, height, channels: 3 }, size, size).pixels;
}

function ofArrays(arrays: readonly { readonly path: string; readonly array: IdxArray }[]): StudioImages {
  const found = arrays.find(({ array }) => array.shape.length >= 3);
  if (found === undefined) {
    throw new ArgumentError(
      'These files have no images. Open IDX files such as train-images-idx3-ubyte.gz, or pictures.',
    );
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
