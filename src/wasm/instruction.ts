/** Reads a line of the instruction table into what the encoder, the validator and the builders need. */

import type { ResultType, ValueType } from './types.ts';

/** `[opcode, 'operands>result immediates']`, see instruction-table.ts. */
type Row = readonly [opcode: number, signature: string];

/** The instructions of one namespace under their names. */
export type Table = Readonly<Record<string, Row>>;

export interface Letters {
  i: 'i32';
  I: 'i64';
  f: 'f32';
  v: 'v128';
}

export interface Instruction {
  /** The name in the specification, such as `f32x4.add`. */
  readonly name: string;
  readonly opcode: number;
  readonly params: readonly ValueType[];
  readonly result: ResultType;
  /** Width of the memory access, which is also its alignment; 0 without an access. */
  readonly width: number;
  /** The lane immediate is below this; 0 without one. */
  readonly lanes: number;
}

const letters: Readonly<Record<string, ValueType>> = {
  i: 'i32',
  I: 'i64',
  f: 'f32',
  v: 'v128',
} satisfies Letters;

const signaturePattern = /^(\w*)>(\w?)(?:@(\d+))?(?:#(\d+))?$/;

export function parseRow(name: string, [opcode, signature]: Row): Instruction {
  const [, params = '', result = '', width = 0, lanes = 0] = signaturePattern.exec(signature) ?? [];
  return {
    name,
    opcode,
    params: Array.from(params, (letter) => letters[letter]!),
    result: letters[result] ?? 'void',
    width: +width,
    lanes: +lanes,
  };
}
