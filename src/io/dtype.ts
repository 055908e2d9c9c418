/**
 * The element types of safetensors files, with the bytes per element. The order is that in which the reference
 * implementation (huggingface/safetensors 0.8.0) writes tensors: widest first, types of equal width in its own order.
 * Its four- and six-bit types (F4, F6_E2M3, F6_E3M2) are not supported, since their elements are not whole bytes.
 */
const ELEMENT_BYTES = {
  U64: 8,
  I64: 8,
  F64: 8,
  C64: 8,
  F32: 4,
  U32: 4,
  I32: 4,
  BF16: 2,
  F16: 2,
  U16: 2,
  I16: 2,
  F8_E5M2FNUZ: 1,
  F8_E4M3FNUZ: 1,
  F8_E8M0: 1,
  F8_E4M3: 1,
  F8_E5M2: 1,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;

/** The name of an element type in a file: 'F32', 'BF16', 'I64', ... */
export type Dtype = keyof typeof ELEMENT_BYTES;

export const DTYPES: readonly Dtype[] = Object.keys(ELEMENT_BYTES).filter(isDtype);

export function isDtype(name: string): name is Dtype {
  return Object.hasOwn(ELEMENT_BYTES, name);
}

/** Bytes of a whole tensor, or undefined if a partial product, taken from the first dimension on, exceeds 2^53 - 1. */
export function tensorBytes(dtype: Dtype, shape: readonly number[]): number | undefined {
  let size = 1;
  for (const dimension of shape) {
    size *= dimension;
    if (!Number.isSafeInteger(size)) return undefined;
  }
  size *= ELEMENT_BYTES[dtype];
  return Number.isSafeInteger(size) ? size : undefined;
}
