/** `loadImages`: a folder of PNGs as a dataset. Folders inside it are classes. */
import { join } from 'node:path';
import { invalid, isArray } from '../core/check.ts';
import { FormatError, ShapeError } from '../core/errors.ts';
import { integer, option, readOptions, type Values } from '../core/options.ts';
import { type Dataset, dataset } from '../data/dataset.ts';
import { checkPixels, DECODE_OPTIONS, type DecodedPicture, decodePicture, unpackedBytes } from '../image/decode-png.ts';
import { PNG_HEAD_BYTES, readPngHeader } from '../image/png-file.ts';
import { cropAndResize } from '../image/resize.ts';
import { type ListedFile, listFiles } from './image-files.ts';
import { useRegularFile } from './read-file.ts';

/** The options of loadImages(). */
export interface LoadImagesOptions {
  /**
   * [height, width], or one number for both. Each picture is cut to this ratio of sides, evenly at both ends, and
   * scaled by area averaging. Default: pictures stay as they are, and must have one size.
   */
  readonly size?: number | readonly [height: number, width: number] | undefined;
  /** 1 for grey, 3 for colour. Default: 3 if one of the files has colours, else 1. */
  readonly channels?: 1 | 3 | undefined;
  /** The grey behind transparent pixels, 0 to 255. Default 255, white. */
  readonly background?: number | undefined;
  /** The most pixels that a file may have. Default 2^24, such as 4096 x 4096. */
  readonly maxPixels?: number | undefined;
  /** The most bytes that all images may take, one for each number. Default 2^30 (1 GiB). */
  readonly maxBytes?: number | undefined;
}

/** The pictures of a folder. */
export interface LoadedImages {
  /** [n, height, width, 1 or 3], in the order of `files`. */
  readonly images: Dataset;
  /** The class of each image, if the directory has a folder for each class. Otherwise undefined. */
  readonly labels: Int32Array | undefined;
  /** The names of the classes; label i is classNames[i]. Empty without labels. */
  readonly classNames: readonly string[];
  /** The paths of the files below the directory, in the order of the images. */
  readonly files: readonly string[];
}

type Size = readonly [height: number, width: number];
const MAX_BYTES = 2 ** 30;
const SIDE = integer(1, 2 ** 12);

const OPTIONS = {
  size: option<number | Size, Size>((where, argument, value) => {
    if (typeof value === 'number') return [SIDE.check(where, argument, value), value];
    if (!isArray(value) || value.length !== 2) invalid(where, argument, 'a number, or [height, width]', value);
    return [SIDE.check(where, `${argument}[0]`, value[0]), SIDE.check(where, `${argument}[1]`, value[1])];
  }).optional(),
  ...DECODE_OPTIONS,
  maxBytes: integer(1).or(MAX_BYTES),
};

/** Bytes that a PNG may have beside its pixels: texts, colour profiles. */
const OTHER_CHUNKS = 2 ** 23;

/**
 * Loads all PNGs of a directory. If it has folders, each is a class, in the order of their names: `labels` has the
 * class of each image. Pictures in folders further down belong to the class at the top. Files are in the order of their
 * names, compared by character codes, so the result does not depend on the system. Names that begin with a dot are
 * passed over.
 *
 * The PNGs may be of any kind (see decodePng). All become grey, or all become colour. Only one decoded file is in
 * memory beside the images.
 *
 * @throws RuntimeError if the directory or a file cannot be read. FormatError, with the name of the file, if it is no
 *   whole PNG or larger than `maxPixels` or `maxBytes` allow, or if there are no PNGs or pictures of other formats.
 *   ShapeError if the sizes differ and there is no `size`. ArgumentError for a wrong option.
 * @example
 * const { images, labels, classNames } = await loadImages('flowers', { size: 32 });
 * images.itemShape; // [32, 32, 3]
 * classNames; // ['daisy', 'tulip']: the folders in it
 * const config = { imageShape: images.itemShape };
 * const pair = { generator: denseGenerator(config), discriminator: denseDiscriminator(config) };
 * await trainGan({ images, ...pair, batchSize: images.count });
 */
export async function loadImages(directory: string, options: LoadImagesOptions = {}): Promise<LoadedImages> {
  const where = 'loadImages';
  if (typeof directory !== 'string' || directory === '') {
    invalid(where, 'directory', 'the path of a directory', directory);
  }
  const setup = readOptions(where, options, OPTIONS);
  const { files, classNames } = await listFiles(where, directory);
  // With a size given, the sum is known before any file is read.
  if (setup.size !== undefined) checkTotal(files.length, [...setup.size, setup.channels ?? 1], setup.maxBytes);
  const store = new ImageStore(files, setup.maxBytes);
  for (let i = 0; i < files.length; i++) store.add(i, await readPicture(directory, files[i]!.path, setup));
  return {
    images: store.dataset(),
    labels: classNames.length === 0 ? undefined : Int32Array.from(files, ({ label }) => label),
    classNames,
    files: files.map(({ path }) => path),
  };
}

/** Reads the header before memory is taken for the file, and refuses a file that is much longer than its picture. */
function readPicture(directory: string, path: string, setup: Values<typeof OPTIONS>): Promise<DecodedPicture> {
  const full = join(directory, path);
  const where = `loadImages: "${full}"`;
  return useRegularFile(where, full, 'a PNG', async (file) => {
    const header = readPngHeader(where, await file.read(0, Math.min(file.size, PNG_HEAD_BYTES)));
    checkPixels(where, header, setup.maxPixels);
    const most = 2 * unpackedBytes(header) + OTHER_CHUNKS;
    if (file.size > most) {
      throw new FormatError(
        `${where} has ${file.size} bytes, more than ${most}, the most that a PNG of ${header.width} x ` +
          `${header.height} pixels is taken to need`,
        PNG_HEAD_BYTES,
      );
    }
    const picture = decodePicture(where, await file.read(0, file.size), setup);
    return setup.size === undefined ? picture : cropAndResize(picture, setup.size[1], setup.size[0]);
  });
}

/** Collects pictures of one size. They are grey until the first one in colour comes. */
class ImageStore {
  readonly #files: readonly ListedFile[];
  readonly #maxBytes: number;
  #bytes: Uint8Array = new Uint8Array(0);
  #shape: readonly [height: number, width: number, channels: 1 | 3] | undefined;

  constructor(files: readonly ListedFile[], maxBytes: number) {
    this.#files = files;
    this.#maxBytes = maxBytes;
  }

  add(place: number, { pixels, width, height, channels }: DecodedPicture): void {
    const [oldHeight = height, oldWidth = width, oldChannels = channels] = this.#shape ?? [];
    if (height !== oldHeight || width !== oldWidth) {
      throw new ShapeError(
        `loadImages: "${this.#files[place]!.path}" has ${width} x ${height} pixels, but ` +
          `"${this.#files[0]!.path}" has ${oldWidth} x ${oldHeight}. Scale all to one size: { size: [height, width] }`,
      );
    }
    const wanted = Math.max(channels, oldChannels) === 1 ? 1 : 3;
    if (this.#shape?.[2] !== wanted) this.#grow([height, width, wanted], place);
    this.#bytes.set(channels === wanted ? pixels : tripled(pixels), place * height * width * wanted);
  }

  /** Takes memory for all pictures; those that are there become colour. */
  #grow([height, width, channels]: readonly [number, number, 1 | 3], count: number): void {
    const size = checkTotal(this.#files.length, [height, width, channels], this.#maxBytes);
    const old = this.#bytes.subarray(0, count * height * width);
    this.#bytes = new Uint8Array(size);
    this.#bytes.set(tripled(old));
    this.#shape = [height, width, channels];
  }

  dataset(): Dataset {
    return dataset(this.#bytes, [this.#files.length, ...(this.#shape ?? [])]);
  }
}

/** The bytes of all images; throws if they are more than the limit. */
function checkTotal(count: number, [height, width, channels]: readonly [number, number, number], most: number): number {
  const size = count * height * width * channels;
  if (size <= most) return size;
  throw new FormatError(
    `loadImages: ${count} images of ${width} x ${height} x ${channels} take ${size} bytes, more than maxBytes = ` +
      `${most}. Make them smaller with { size }, or raise maxBytes`,
  );
}

/** Grey as red, green and blue. */
function tripled(grey: Uint8Array): Uint8Array {
  const colors = new Uint8Array(3 * grey.length);
  for (let i = 0; i < colors.length; i++) colors[i] = grey[Math.floor(i / 3)]!;
  return colors;
}
