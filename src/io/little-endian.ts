/**
 * Float32 values to and from little-endian bytes. WebAssembly memory and nearly every host are little-endian, and then
 * the bytes are used unchanged; on other hosts they are reversed. The bits are copied, so a NaN keeps its payload.
 */
const HOST_IS_LITTLE_ENDIAN: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The little-endian bytes of `values`. On a little-endian host this is a view, so use it before the values change. */
export function littleEndianBytes(
  values: Float32Array,
  hostIsLittleEndian: boolean = HOST_IS_LITTLE_ENDIAN,
): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return hostIsLittleEndian ? bytes : reverseWords(bytes);
}

/**
 * The values in `bytes`, whose length must be a multiple of 4. The result is a view if the host is little-endian and
 * the bytes begin at a multiple of 4, as a Float32Array must, else a copy.
 */
export function float32FromLittleEndian(
  bytes: Uint8Array,
  hostIsLittleEndian: boolean = HOST_IS_LITTLE_ENDIAN,
): Float32Array {
  let words = bytes;
  if (!hostIsLittleEndian) {
    words = reverseWords(bytes);
  } else if (bytes.byteOffset % 4 !== 0) {
    // Not slice(), which in a Buffer returns another view.
    words = new Uint8Array(bytes.length);
    words.set(bytes);
  }
  return new Float32Array(words.buffer, words.byteOffset, words.length / 4);
}

/** A copy with the bytes of each group of four in reverse order. */
function reverseWords(bytes: Uint8Array): Uint8Array {
  const reversed = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) reversed[i] = bytes[i ^ 3]!;
  return reversed;
}
