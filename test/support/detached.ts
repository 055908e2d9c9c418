/** Bytes whose buffer was transferred, as by postMessage(): what is left of them reads as empty. */
export function detached(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}
