/**
 * A growing byte buffer that writes the integers of the WebAssembly binary format: LEB128 (7 bits a byte, the lowest
 * first, the top bit set on all but the last byte).
 */

const utf8 = new TextEncoder();

export class ByteWriter {
  #data: Uint8Array = new Uint8Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    if (this.#length === this.#data.length) this.#grow(1);
    this.#data[this.#length++] = value;
  }

  bytes(values: ArrayLike<number>): void {
    this.#grow(values.length);
    this.#data.set(values, this.#length);
    this.#length += values.length;
  }

  /** Unsigned LEB128 of an integer in [0, 2^32). */
  unsigned(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  /** Signed LEB128 of an integer in [-2^31, 2^31). */
  signed(value: number): void {
    let rest = value;
    while (rest < -0x40 || rest > 0x3f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    this.byte(rest & 0x7f);
  }

  /** A vector of bytes: the length, then the content. */
  sized(values: ArrayLike<number>): void {
    this.unsigned(values.length);
    this.bytes(values);
  }

  name(text: string): void {
    this.sized(utf8.encode(text));
  }

  /** A view of the bytes written so far. A later write may move them into a new buffer. */
  view(): Uint8Array {
    return this.#data.subarray(0, this.#length);
  }

  #grow(count: number): void {
    const needed = this.#length + count;
    if (needed <= this.#data.length) return;
    const data = new Uint8Array(Math.max(needed, 2 * this.#data.length));
    data.set(this.view());
    this.#data = data;
  }
}
