/**
 * Float32 values to and from little-endian bytes. WebAssembly memory and nearly every host are little-endian already,
 * and then the bytes are taken as they lie; elsewhere they are turned round. Bits are copied, never values, so a NaN
 * keeps its payload.
 */
const HOST_IS_LITTLE_ENDIAN: boolean = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The little-endian bytes of `values`: a view of them where the host allows it, so use it before they change. */
export function littleEndianBytes(
  values: Float32Array,
  hostIsLittleEndian: boolean = HOST_IS_LITTLE_ENDIAN,
): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return hostIsLittleEndian ? bytes : reverseWords(bytes);
}

/**
 * The values that `bytes` hold: a view of them where the host and their place allow it, else a copy. A Float32Array
 * lies on multiples of 4 only, bytes lie anywhere. Only whole values: `bytes.length` is a multiple of 4.
 */
export function float32FromLittleEndian(
  bytes: Uint8Array,
  hostIsLittleEndian: boolean = HOST_IS_LITTLE_ENDIAN,
): Float32Array {
  let words = bytes;
  if (!hostIsLittleEndian) {
    words = reverseWords(bytes);
  } else if (bytes.byteOffset % 4 !== 0) {
    // Not slice(): a Buffer's would be another view.
    words = new Uint8Array(bytes.length);
    words.set(bytes);
  }
  return new Float32Array(words.buffer, words.byteOffset, words.length / 4);
}

/** A copy in which each group of four bytes stands in reverse. */
function reverseWords(bytes: Uint8Array): Uint8Array {
  const reversed = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) reversed[i] = bytes[i ^ 3]!;
  return reversed;
}
