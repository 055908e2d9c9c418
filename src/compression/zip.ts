/**
 * Zip archives: written without compression, read stored or deflated. An archive is its files one after the other, each
 * behind a local header, then the central directory, which lists names, sizes and places, then the end record.
 * Source: PKWARE, APPNOTE.TXT, sections 4.3.7, 4.3.12 and 4.3.16. Not read: encryption, several disks, and the
 * 64-bit form of the directory, which archives from 4 GiB on need.
 */
import { crc32 } from './checksum.ts';
import { type Fail, inflateInto, MAX_RATIO } from './inflate.ts';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A file, and where its data begin in the archive. */
export interface PlacedEntry extends ZipEntry {
  readonly place: number;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const LOCAL_BYTES = 30;
const CENTRAL_BYTES = 46;
const END_BYTES = 22;
const MAX_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;
/** Names are UTF-8. */
const UTF8 = 0x800;
const ENCRYPTED = 1;
/** 1 January 1980, the first day that the format has, so that equal files give equal archives. */
const FIRST_DAY = 0x21;
const VERSION = 20;

/** The archive of these files, stored, in their order. The caller keeps it below 4 GiB and 65,535 files. */
export function encodeZip(entries: readonly ZipEntry[]): ReturnType<typeof Uint8Array.of> {
  const files = entries.map(({ name, bytes }) => ({ name: new TextEncoder().encode(name), bytes, crc: crc32(bytes) }));
  const bodies = files.reduce((sum, { name, bytes }) => sum + LOCAL_BYTES + name.length + bytes.length, 0);
  const directory = files.reduce((sum, { name }) => sum + CENTRAL_BYTES + name.length, 0);
  const out = new Uint8Array(bodies + directory + END_BYTES);
  const view = new DataView(out.buffer);
  let [local, central] = [0, bodies];
  for (const { name, bytes, crc } of files) {
    view.setUint32(central, CENTRAL, true);
    view.setUint16(central + 4, VERSION, true);
    // The central header repeats the local one from here on.
    for (const at of [local, central + 2]) {
      view.setUint16(at + 4, VERSION, true);
      view.setUint16(at + 6, UTF8, true);
      view.setUint16(at + 8, STORED, true);
      view.setUint16(at + 12, FIRST_DAY, true);
      view.setUint32(at + 14, crc, true);
      view.setUint32(at + 18, bytes.length, true);
      view.setUint32(at + 22, bytes.length, true);
      view.setUint16(at + 26, name.length, true);
    }
    view.setUint32(local, LOCAL, true);
    view.setUint32(central + 42, local, true);
    out.set(name, local + LOCAL_BYTES);
    out.set(bytes, local + LOCAL_BYTES + name.length);
    out.set(name, central + CENTRAL_BYTES);
    local += LOCAL_BYTES + name.length + bytes.length;
    central += CENTRAL_BYTES + name.length;
  }
  view.setUint32(central, END, true);
  view.setUint16(central + 8, files.length, true);
  view.setUint16(central + 10, files.length, true);
  view.setUint32(central + 12, directory, true);
  view.setUint32(central + 16, bodies, true);
  return out;
}

/**
 * The files of an archive. Stored ones are views of it.
 *
 * @param maxBytes - the most bytes that all files may unpack to.
 * @param failAt - is called with the problem and the byte of the archive where it was seen.
 */
export function decodeZip(archive: Uint8Array, maxBytes: number, failAt: Fail): PlacedEntry[] {
  // Places that the archive names can be anywhere.
  const fail: Fail = (problem, position) => failAt(problem, Math.min(position, archive.length));
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = findEnd(view, fail);
  const [count, start] = [view.getUint16(end + 10, true), view.getUint32(end + 16, true)];
  const entries: PlacedEntry[] = [];
  let [at, left] = [start, maxBytes];
  for (let i = 0; i < count; i++) {
    if (at + CENTRAL_BYTES > end || view.getUint32(at, true) !== CENTRAL) fail('its directory has no entry here', at);
    const method = view.getUint16(at + 10, true);
    const [crc, packed, size] = [
      view.getUint32(at + 16, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 24, true),
    ];
    const next = at + CENTRAL_BYTES + view.getUint16(at + 28, true);
    if (next > end) fail('a name ends behind its directory', at);
    const name = decodeName(archive.subarray(at + CENTRAL_BYTES, next), at, fail);
    if ((view.getUint16(at + 8, true) & ENCRYPTED) !== 0) fail('a file is encrypted', at);
    if (method !== STORED && method !== DEFLATED) fail(`a file has the unknown compression ${method}`, at);
    if (method === STORED ? size !== packed : size > packed * MAX_RATIO) fail(`a file cannot have ${size} bytes`, at);
    left -= size;
    if (left < 0) fail(`its files have more than ${maxBytes} bytes`, at);
    const from = dataStart(view, view.getUint32(at + 42, true), packed, fail);
    const bytes =
      method === STORED ? archive.subarray(from, from + packed) : inflated(archive, from, packed, size, fail);
    if (crc32(bytes) !== crc) fail('a file is damaged: the checksum differs', at);
    entries.push({ name, bytes, place: from });
    at = next + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

/** The place of the end record: it is the last thing in the archive but for a comment. */
function findEnd(view: DataView, fail: Fail): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - MAX_COMMENT); at--) {
    if (view.getUint32(at, true) === END && at + END_BYTES + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  }
  return fail('it is no zip archive, or its end is missing', Math.max(0, last));
}

function decodeName(bytes: Uint8Array, at: number, fail: Fail): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return fail('a name is not UTF-8', at);
  }
}

/** Where the data of a file begin. */
function dataStart(view: DataView, at: number, length: number, fail: Fail): number {
  if (at + LOCAL_BYTES > view.byteLength || view.getUint32(at, true) !== LOCAL) fail('a file has no header here', at);
  const start = at + LOCAL_BYTES + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  if (start + length > view.byteLength - END_BYTES) fail('a file ends behind the archive', at);
  return start;
}

/** What follows the data, at least the end record, is what inflateInto() may look at behind the last code. */
function inflated(archive: Uint8Array, start: number, packed: number, size: number, fail: Fail): Uint8Array {
  const out = new Uint8Array(size);
  const failHere: Fail = (problem, position) => fail(problem.replace('zlib', 'deflate'), position);
  const { length, end } = inflateInto(out, archive, start, failHere);
  if (length < size || end !== start + packed) fail(`its deflate data unpack to ${length} of ${size} bytes`, end);
  return out;
}
