/**
 * Checks that ganvas and independent implementations read each other's safetensors files, value by value:
 *
 *     npm ci --prefix test/safetensors-peer
 *     npx tsx test/safetensors-peer/check.ts
 *
 * The peers are @jax-js/loaders, a reader in JavaScript, and the reference implementation, a reader and writer, through
 * reference.py. The latter needs `python3` (or $PYTHON) with the packages safetensors and numpy. Without them only the
 * file that version 0.8.0 of the reference wrote is read, test/io/fixtures/reference.safetensors.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeTensorFile, encodeTensorFile, type TensorEntry } from '../../src/io/tensor-file.ts';

const folder = import.meta.dirname ?? new URL('.', import.meta.url).pathname;
const fixture = new Uint8Array(readFileSync(join(folder, '../io/fixtures/reference.safetensors')));
const { entries, metadata } = decodeTensorFile(fixture);
const ours = encodeTensorFile(entries, metadata);
assert.deepEqual(ours, fixture, 'the same tensors give the same bytes as the reference implementation');
console.log(`reference 0.8.0 -> ganvas -> the same ${fixture.length} bytes (${entries.length} tensors)`);

// The reader needs Float16Array, which Node has from version 24 on, and loses `__proto__`, since it uses a plain
// object.
const readable = entries.filter(({ dtype, name }) => dtype !== 'F16' && name !== '__proto__');
compare(await parseWithLoaders(encodeTensorFile(readable, metadata)), readable);
console.log(`ganvas -> @jax-js/loaders: ${readable.length} tensors equal`);

const python = process.env['PYTHON'] ?? 'python3';
const script = join(folder, 'reference.py');
if (spawnSync(python, ['-c', 'import safetensors, numpy']).status === 0) {
  const temporary = mkdtempSync(join(tmpdir(), 'ganvas-safetensors-'));
  try {
    const path = join(temporary, 'tensors.safetensors');
    writeFileSync(path, ours);
    runReference('verify', path);
    console.log('ganvas -> reference: equal');
    runReference('write', path);
    assert.deepEqual(decodeTensorFile(new Uint8Array(readFileSync(path))).entries, entries);
    console.log('reference -> ganvas: equal');
  } finally {
    rmSync(temporary, { recursive: true });
  }
} else {
  console.log(`${python} has no safetensors and numpy: only the file of the reference was checked`);
}

function runReference(command: string, path: string): void {
  const { status, stderr } = spawnSync(python, ['-B', script, command, path], { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

/** The type is written by hand, because the package of the reader is not installed where types are checked. */
async function parseWithLoaders(file: Uint8Array): Promise<Record<string, unknown>> {
  const specifier: string = '@jax-js/loaders';
  const loaders: {
    safetensors: { parse(file: Uint8Array): { tensors: Record<string, unknown>; metadata: Record<string, string> } };
  } = await import(specifier);
  const found = loaders.safetensors.parse(file);
  assert.deepEqual({ ...found.metadata }, { ...metadata });
  return found.tensors;
}

function compare(found: Record<string, unknown>, expected: readonly TensorEntry[]): void {
  assert.deepEqual(Object.keys(found).sort(), expected.map(({ name }) => name).sort());
  for (const { name, dtype, shape, bytes } of expected) {
    const item = found[name];
    assert(typeof item === 'object' && item !== null && 'dtype' in item && 'shape' in item && 'data' in item, name);
    assert(ArrayBuffer.isView(item.data), name);
    assert.equal(item.dtype, dtype, name);
    assert.deepEqual(item.shape, shape, name);
    const { buffer, byteOffset, byteLength } = item.data;
    assert.equal(Buffer.compare(new Uint8Array(buffer, byteOffset, byteLength), bytes), 0, name);
  }
}
