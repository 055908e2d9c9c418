/** Reads TensorBoard event files for tests: frames without their checksums, and protobuf messages field by field. */
import { readFileSync } from 'node:fs';

export interface ReadEvent {
  readonly step: number;
  /** The file version, 'start', or the values by tag: a number, or width, height, channels and PNG. */
  readonly content: string | Readonly<Record<string, number | ReadImage>>;
}

interface ReadImage {
  readonly size: readonly number[];
  readonly png: Buffer;
}

type Field = readonly [number: number, value: number | Buffer];

export function readEvents(path: string): ReadEvent[] {
  const file = readFileSync(path);
  const events: ReadEvent[] = [];
  for (let at = 0; at < file.length; ) {
    const length = Number(file.readBigUInt64LE(at));
    events.push(readEvent(file.subarray(at + 12, at + 12 + length)));
    at += length + 16;
  }
  return events;
}

function readEvent(message: Buffer): ReadEvent {
  const fields = new Map(fieldsOf(message));
  const step = Number(fields.get(2) ?? 0);
  if (fields.has(3)) return { step, content: String(fields.get(3)) };
  if (fields.has(7)) return { step, content: (fields.get(7) as Buffer).equals(Buffer.of(8, 1)) ? 'start' : 'unknown' };
  return { step, content: Object.fromEntries(fieldsOf(fields.get(5) as Buffer).map(([, value]) => readValue(value))) };
}

function readValue(message: number | Buffer): [tag: string, value: number | ReadImage] {
  const fields = new Map(fieldsOf(message as Buffer));
  const image = fields.get(4);
  if (image === undefined) return [String(fields.get(1)), Number(fields.get(2))];
  const { 1: height, 2: width, 3: channels, 4: png } = Object.fromEntries(fieldsOf(image as Buffer));
  return [String(fields.get(1)), { size: [Number(width), Number(height), Number(channels)], png: png as Buffer }];
}

function fieldsOf(message: Buffer): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++]!;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const key = varint();
    const [number, type] = [key >> 3, key & 7];
    if (type === 0) fields.push([number, varint()]);
    else if (type === 1) fields.push([number, message.readDoubleLE((at += 8) - 8)]);
    else if (type === 5) fields.push([number, message.readFloatLE((at += 4) - 4)]);
    else {
      const length = varint();
      fields.push([number, message.subarray(at, (at += length))]);
    }
  }
  return fields;
}
