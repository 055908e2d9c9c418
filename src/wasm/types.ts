/** The value types of WebAssembly that this library uses, with their binary codes, and the error of this folder. */

export type ValueType = 'i32' | 'i64' | 'f32' | 'v128';

/** What an instruction or a function leaves on the stack: one value, or nothing. */
export type ResultType = ValueType | 'void';

export const typeCodes: Record<ResultType, number> = {
  i32: 0x7f,
  i64: 0x7e,
  f32: 0x7d,
  v128: 0x7b,
  void: 0x40, // as a block type
};

/** A mistake in code for the assembler. The message names the function, the instruction and what was expected. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError';
}
