/** The npz target of the fuzzer: archives of NumPy and of encodeNpz(), and mutations that use the format. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { decodeZip, encodeZip, type ZipEntry } from '../../src/compression/zip.ts';
import { decodeNpz, encodeNpz, ones, type Tensor, tensor } from '../../src/index.ts';
import { type FuzzTarget, GENERAL_MUTATORS, type Mutator, type TestRandom } from '../support/mutate.ts';

const fixture = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)));

const corpus: readonly Uint8Array[] = [
  encodeNpz({}),
  encodeNpz({ a: tensor([[1, 2, 3]]), b: ones([2, 0]), '': tensor(4) }),
  fixture('numpy.npz'),
  fixture('numpy-compressed.npz'),
];

/** Damages one file of the archive, or the list of them, and writes right sizes and checksums. */
function onFiles(edit: (files: ZipEntry[], random: TestRandom) => ZipEntry[]): Mutator {
  return (bytes, random) => {
    try {
      return encodeZip(
        edit(
          decodeZip(bytes, 2 ** 20, () => assert.fail()),
          random,
        ),
      );
    } catch {
      return bytes.slice();
    }
  };
}

function onOne(edit: (bytes: Uint8Array, random: TestRandom) => Uint8Array): Mutator {
  return onFiles((files, random) => {
    const place = random.below(files.length);
    return files.map((file, i) => (i === place ? { ...file, bytes: edit(file.bytes, random) } : file));
  });
}

const ODD: readonly string[] = [
  ...[
    "'<f4'",
    "'>f4'",
    "'<f16'",
    "'|O'",
    "'<i8'",
    "'__proto__'",
    'True',
    'False',
    '()',
    '(,)',
    '(2, 3)',
    '(99999999,)',
  ],
  ...[
    '(2L, 3)',
    '(-1,)',
    '(1.5,)',
    "'shape'",
    "'descr'",
    "'x': 1, ",
    '{',
    '}',
    ',',
    ' ',
    '(0, 4294967296, 4294967296)',
  ],
];
const TOKEN = /'[^']*'|True|False|\([^)]*\)|[{},:]/g;

const mutators: readonly Mutator[] = [
  onOne((bytes, random) => random.pick(GENERAL_MUTATORS)(bytes, random)),
  onOne((bytes, random) => {
    const text = Buffer.from(bytes).toString('latin1');
    const tokens = [...text.slice(0, 128).matchAll(TOKEN)];
    if (tokens.length === 0) return bytes;
    const { 0: token, index } = random.pick(tokens);
    const odd = random.pick(ODD);
    // The padding keeps the length of the header.
    const header = `${text.slice(0, index)}${odd}${text.slice(index + token.length, 127).trimEnd()}`;
    return new Uint8Array(Buffer.from(`${header.slice(0, 127).padEnd(127)}\n${text.slice(128)}`, 'latin1'));
  }),
  onFiles((files, random) => [...files, ...files.slice(0, random.below(3))]),
  onFiles((files, random) =>
    files.map((file) => ({ ...file, name: random.pick(['a.npy', '.npy', '__proto__.npy', 'b']) })),
  ),
];

/** A file that was read has finite sizes and as many values as its shapes say. */
function verify(tensors: Readonly<Record<string, Tensor>>): void {
  for (const one of Object.values(tensors)) {
    assert.equal(one.data.length, one.size);
    one.dispose();
  }
}

export const npzTarget: FuzzTarget<Record<string, Tensor>> = {
  name: 'npz',
  corpus,
  parse: (bytes) => decodeNpz(bytes, { maxBytes: 2 ** 20 }),
  verify,
  mutators,
};
