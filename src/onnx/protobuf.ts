/**
 * A writer of Protocol Buffers. A message is a row of fields; each begins with a varint of number and wire type:
 *   key = number * 8 + type; type 0: a varint; type 2: a length as varint, then so many bytes; type 5: four bytes
 * A varint has seven bits a byte, the lowest first; the highest bit of a byte says that another follows. A negative
 * int64 is its two's complement, ten bytes. A repeated field is written once for each of its values.
 * Source: Protocol Buffers, "Encoding" (protobuf.dev/programming-guides/encoding).
 */

const VARINT = 0;
const BYTES = 2;
const FOUR_BYTES = 5;

const UTF8: TextEncoder = new TextEncoder();

/** A message under construction. The bytes of large fields are kept, not copied, until toBytes(). */
export class Message {
  readonly #parts: Uint8Array[] = [];
  #length = 0;

  /** Length of the message in bytes. */
  get length(): number {
    return this.#length;
  }

  /** A field of type int32, int64 or enum. `value` must be a safe integer. */
  integer(field: number, value: number): this {
    return this.#varint(field * 8 + VARINT).#varint(value);
  }

  /** A field of type float. */
  float(field: number, value: number): this {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, value, true);
    return this.#varint(field * 8 + FOUR_BYTES).#append(bytes);
  }

  string(field: number, value: string): this {
    return this.bytes(field, UTF8.encode(value));
  }

  bytes(field: number, value: Uint8Array): this {
    return this.#varint(field * 8 + BYTES)
      .#varint(value.length)
      .#append(value);
  }

  /** A field that is a message. Later changes of `value` are not seen. */
  message(field: number, value: Message): this {
    this.#varint(field * 8 + BYTES).#varint(value.#length);
    for (const part of value.#parts) this.#append(part);
    return this;
  }

  toBytes(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#length);
    let offset = 0;
    for (const part of this.#parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
    return bytes;
  }

  #varint(value: number): this {
    const bytes: number[] = [];
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
    bytes.push(Number(rest));
    return this.#append(Uint8Array.from(bytes));
  }

  #append(part: Uint8Array): this {
    this.#parts.push(part);
    this.#length += part.length;
    return this;
  }
}
