/** Wrong calls of ganvas/node. None of them may touch a file. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArgumentError as Argument, RuntimeError as Runtime, ShapeError as Shape } from '../../src/core/errors.ts';
import type * as node from '../../src/node/index.ts';
import { type Calls, keepsData, type WrongCall } from './wrong-call.ts';

const data = Uint8Array.of(1, 2);
const nowhere = join(tmpdir(), 'ganvas-is-not-here', 'file');
keepsData(data);

const wrongPaths = (kind: string, ...behind: readonly unknown[]): WrongCall[] =>
  [undefined, null, '', 5, ['a']].map((path): WrongCall => {
    return [Argument, [path, ...behind], new RegExp(`^path must be ${kind}; got (undefined|null|""|5|\\["a"\\])`)];
  });

export const NODE_CALLS: Calls<typeof node> = {
  checkpointDirectory: wrongPaths('the path of a directory'),
  writeFileAtomic: [
    ...wrongPaths('the path of a file', data),
    [Argument, [nowhere, 'text'], /^bytes must be a Uint8Array; got "text"/],
    [Runtime, [nowhere, data], /^cannot .* ENOENT.*Create the directory first/],
  ],
  readIdxFile: [
    ...wrongPaths('the path of a file'),
    [Runtime, [nowhere], /^".*" cannot be read: ENOENT.*Check the path/],
  ],
  csvLog: wrongPaths('the name of a file'),
  tensorboardLog: [
    ...[undefined, null, '', 5].map(
      (path): WrongCall => [Argument, [path], /^directory must be the path of a directory; got (undefined|null|""|5)/],
    ),
    [Argument, [nowhere, { columns: 0 }], /^columns must be a whole number of at least 1; got 0/],
    [Argument, [nowhere, { colums: 1 }], /^unknown option "?colums"?.* Did you mean columns\?/],
  ],
  loadImages: [
    ...[undefined, null, '', 5].map(
      (path): WrongCall => [Argument, [path], /^directory must be the path of a directory; got (undefined|null|""|5)/],
    ),
    [Argument, [nowhere, { size: [32] }], /^size must be a number, or \[height, width\]; got \[32\]/],
    [Argument, [nowhere, { size: [32, 0] }], /^size\[1\] must be a whole number from 1 to 4096; got 0/],
    [Runtime, [nowhere], /^".*" cannot be read as a directory: ENOENT.*Check the path/],
  ],
  saveImage: [
    ...wrongPaths('the name of a file', data),
    [Argument, [nowhere, undefined], /^image must be a tensor or a picture \{ pixels, width, height \}; got undefined/],
    [Argument, [nowhere, data], /^image must be a tensor or a picture .* got a Uint8Array/],
    [Argument, [nowhere, { shape: 2, data: new Float32Array(2) }], /^image.shape must be a list of sizes .* got 2/],
    [Shape, [nowhere, { shape: [2], data: new Float32Array(2) }], /^image has shape \[2\]; expected \[n, h, w, 1\]/],
  ],
  saveModel: [
    ...wrongPaths('the name of a file', data),
    [Argument, [nowhere, data], /^model must be a model; got a Uint8Array/],
  ],
  loadModel: [...wrongPaths('the name of a file'), [Runtime, [nowhere], /ENOENT/]],
  loadMnist: [
    [
      Argument,
      [{ directory: nowhere, baseUrl: 'http://127.0.0.1/' }],
      /^baseUrl must be absent when there is a directory/,
    ],
    [
      Argument,
      [{ cacheDirectory: nowhere, baseUrl: 'ftp://127.0.0.1/' }],
      /^baseUrl must be the http or https URL of a folder; got "ftp/,
    ],
    [
      Argument,
      [{ cacheDirectory: nowhere, checksums: { 'train-images-idx3-ubyt': '' } }],
      /^loadMnist checksums: unknown option .* Did you mean train-images-idx3-ubyte\?/,
    ],
    [
      Argument,
      [{ cacheDirectory: nowhere, checksums: { 'train-images-idx3-ubyte': 'abc' } }],
      /^checksums\['train-images-idx3-ubyte'\] must be 64 hex digits; got "abc"/,
    ],
    [Runtime, [{ directory: nowhere }], /^none of .* is in /],
  ],
};
