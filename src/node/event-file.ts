/**
 * The records of a TensorBoard event file. Sources: TensorFlow's core/util/event.proto and core/framework/summary.proto
 * for the messages, protobuf.dev/programming-guides/encoding for their bytes, core/lib/io/record_writer.h for the
 * frame:
 *   uint64 length, uint32 masked CRC-32C of the length, the message, uint32 masked CRC-32C of the message
 * Numbers are little-endian. A masked checksum is rotated right by 15 bits, plus 0xa282ead8.
 */
import { crcTable, reflectedCrc } from '../compression/checksum.ts';
import { ByteWriter } from '../wasm/byte-writer.ts';

/** A number under a name. */
interface ScalarValue {
  readonly tag: string;
  readonly scalar: number;
}

/** A PNG under a name. */
interface ImageValue {
  readonly tag: string;
  readonly png: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** 1 for grey, 3 for red, green and blue. */
  readonly channels: number;
}

export type SummaryValue = ScalarValue | ImageValue;

/** What an event tells. */
export type EventContent =
  | { readonly fileVersion: string }
  /** A training starts at the step of the event: TensorBoard drops what earlier files have from this step on. */
  | { readonly start: true }
  | { readonly summary: readonly SummaryValue[] };

/** The first event of a file has this version. Only from 2 on does TensorBoard read the start of a training. */
export const FILE_VERSION = 'brain.Event:2';

/**
 * An event as a record of the file.
 *
 * @param wallTime in seconds since 1970.
 * @param step below 2^32.
 */
export function encodeEvent(wallTime: number, step: number, content: EventContent): Uint8Array {
  const event = new ByteWriter();
  double(event, 1, wallTime);
  integer(event, 2, step);
  if ('fileVersion' in content) bytes(event, 3, utf8.encode(content.fileVersion));
  else if ('start' in content) message(event, 7, (log) => integer(log, 1, SESSION_START));
  else message(event, 5, (summary) => writeSummary(summary, content.summary));
  return record(event.view());
}

const SESSION_START = 1;
const utf8 = new TextEncoder();

function writeSummary(summary: ByteWriter, values: readonly SummaryValue[]): void {
  for (const value of values) {
    message(summary, 1, (entry) => {
      bytes(entry, 1, utf8.encode(value.tag));
      if ('scalar' in value) float(entry, 2, value.scalar);
      else {
        message(entry, 4, (image) => {
          integer(image, 1, value.height);
          integer(image, 2, value.width);
          integer(image, 3, value.channels);
          bytes(image, 4, value.png);
        });
      }
    });
  }
}

/** The wire types of protobuf. A field begins with its number and its type as one integer. */
const VARINT = 0;
const EIGHT_BYTES = 1;
const SIZED = 2;
const FOUR_BYTES = 5;

function key(to: ByteWriter, field: number, type: number): void {
  to.unsigned(field * 8 + type);
}

/** A zero is the default, which is not written. */
function integer(to: ByteWriter, field: number, value: number): void {
  if (value === 0) return;
  key(to, field, VARINT);
  to.unsigned(value);
}

function bytes(to: ByteWriter, field: number, value: Uint8Array): void {
  key(to, field, SIZED);
  to.sized(value);
}

function message(to: ByteWriter, field: number, write: (inner: ByteWriter) => void): void {
  const inner = new ByteWriter();
  write(inner);
  bytes(to, field, inner.view());
}

function double(to: ByteWriter, field: number, value: number): void {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  key(to, field, EIGHT_BYTES);
  to.bytes(new Uint8Array(view.buffer));
}

function float(to: ByteWriter, field: number, value: number): void {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value, true);
  key(to, field, FOUR_BYTES);
  to.bytes(new Uint8Array(view.buffer));
}

function record(data: Uint8Array): Uint8Array {
  const framed = new Uint8Array(data.length + 16);
  const view = new DataView(framed.buffer);
  view.setUint32(0, data.length, true);
  view.setUint32(8, maskedChecksum(framed.subarray(0, 8)), true);
  framed.set(data, 12);
  view.setUint32(12 + data.length, maskedChecksum(data), true);
  return framed;
}

/** The table of CRC-32C (Castagnoli), made at the first use. */
let table: Uint32Array | undefined;

function maskedChecksum(data: Uint8Array): number {
  table ??= crcTable(0x82f63b78);
  const crc = reflectedCrc(data, table);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
