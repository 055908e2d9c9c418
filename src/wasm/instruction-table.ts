/**
 * The instructions that this library uses, as data: `name: [opcode, 'operands>result immediates']`.
 *
 * To add an instruction, copy its opcode and type from the specification's index of instructions into the object of its
 * namespace: one line. Its typed builder, its encoding and its validation follow from that line. test/wasm then asks
 * for a reference: one line in test/wasm/reference.ts, unless the instruction is of a family that is there already.
 *
 * An opcode above 0xff is a prefix byte and the number after it (0xfd0b is prefix 0xfd, number 0x0b). Each letter is a
 * type: i = i32, I = i64, f = f32, v = v128. Immediates: `@n` is the offset of an access n bytes wide, `#n` is a lane
 * number below n (`#32`: the sixteen lanes of a shuffle).
 *
 * Relaxed SIMD must not be added: its results may differ between machines.
 * Sources: WebAssembly Core Specification 2.0, index of instructions, and the threads proposal.
 */

export const i32 = {
  load: [0x28, 'i>i@4'],
  load8_u: [0x2d, 'i>i@1'],
  store: [0x36, 'ii>@4'],
  eqz: [0x45, 'i>i'],
  eq: [0x46, 'ii>i'],
  ne: [0x47, 'ii>i'],
  lt_s: [0x48, 'ii>i'],
  lt_u: [0x49, 'ii>i'],
  gt_s: [0x4a, 'ii>i'],
  gt_u: [0x4b, 'ii>i'],
  le_s: [0x4c, 'ii>i'],
  le_u: [0x4d, 'ii>i'],
  ge_u: [0x4f, 'ii>i'],
  add: [0x6a, 'ii>i'],
  sub: [0x6b, 'ii>i'],
  mul: [0x6c, 'ii>i'],
  div_u: [0x6e, 'ii>i'],
  and: [0x71, 'ii>i'],
  or: [0x72, 'ii>i'],
  shl: [0x74, 'ii>i'],
  shr_u: [0x76, 'ii>i'],
  wrap_i64: [0xa7, 'I>i'],
  trunc_sat_f32_s: [0xfc00, 'f>i'],
} as const;

export const i32Atomic = {
  load: [0xfe10, 'i>i@4'],
} as const;

export const i32AtomicRmw = {
  add: [0xfe1e, 'ii>i@4'],
  cmpxchg: [0xfe48, 'iii>i@4'],
} as const;

export const i64 = {
  add: [0x7c, 'II>I'],
  or: [0x84, 'II>I'],
  shl: [0x86, 'II>I'],
  shr_u: [0x88, 'II>I'],
  extend_i32_u: [0xad, 'i>I'],
} as const;

export const f32 = {
  load: [0x2a, 'i>f@4'],
  store: [0x38, 'if>@4'],
  add: [0x92, 'ff>f'],
  sub: [0x93, 'ff>f'],
  mul: [0x94, 'ff>f'],
  div: [0x95, 'ff>f'],
  max: [0x97, 'ff>f'],
  convert_i32_s: [0xb2, 'i>f'],
  convert_i32_u: [0xb3, 'i>f'],
} as const;

export const memoryAtomic = {
  notify: [0xfe00, 'ii>i@4'],
  wait32: [0xfe01, 'iiI>i@4'],
} as const;

export const v128 = {
  load: [0xfd00, 'i>v@16'],
  load32_splat: [0xfd09, 'i>v@4'],
  store: [0xfd0b, 'iv>@16'],
  and: [0xfd4e, 'vv>v'],
  andnot: [0xfd4f, 'vv>v'],
  or: [0xfd50, 'vv>v'],
  xor: [0xfd51, 'vv>v'],
  bitselect: [0xfd52, 'vvv>v'],
  store32_lane: [0xfd5a, 'iv>@4#4'],
} as const;

export const i8x16 = {
  shuffle: [0xfd0d, 'vv>v#32'],
} as const;

export const i16x8 = {
  extend_low_i8x16_u: [0xfd89, 'v>v'],
  extend_high_i8x16_u: [0xfd8a, 'v>v'],
} as const;

export const i32x4 = {
  splat: [0xfd11, 'i>v'],
  extract_lane: [0xfd1b, 'v>i#4'],
  replace_lane: [0xfd1c, 'vi>v#4'],
  eq: [0xfd37, 'vv>v'],
  lt_s: [0xfd39, 'vv>v'],
  ge_s: [0xfd3f, 'vv>v'],
  extend_low_i16x8_u: [0xfda9, 'v>v'],
  extend_high_i16x8_u: [0xfdaa, 'v>v'],
  shl: [0xfdab, 'vi>v'],
  shr_s: [0xfdac, 'vi>v'],
  shr_u: [0xfdad, 'vi>v'],
  add: [0xfdae, 'vv>v'],
  sub: [0xfdb1, 'vv>v'],
} as const;

export const i64x2 = {
  extmul_low_i32x4_u: [0xfdde, 'vv>v'],
  extmul_high_i32x4_u: [0xfddf, 'vv>v'],
} as const;

export const f32x4 = {
  splat: [0xfd13, 'f>v'],
  extract_lane: [0xfd1f, 'v>f#4'],
  eq: [0xfd41, 'vv>v'],
  ne: [0xfd42, 'vv>v'],
  lt: [0xfd43, 'vv>v'],
  gt: [0xfd44, 'vv>v'],
  le: [0xfd45, 'vv>v'],
  ge: [0xfd46, 'vv>v'],
  floor: [0xfd68, 'v>v'],
  nearest: [0xfd6a, 'v>v'],
  abs: [0xfde0, 'v>v'],
  neg: [0xfde1, 'v>v'],
  sqrt: [0xfde3, 'v>v'],
  add: [0xfde4, 'vv>v'],
  sub: [0xfde5, 'vv>v'],
  mul: [0xfde6, 'vv>v'],
  div: [0xfde7, 'vv>v'],
  min: [0xfde8, 'vv>v'],
  max: [0xfde9, 'vv>v'],
  pmin: [0xfdea, 'vv>v'],
  pmax: [0xfdeb, 'vv>v'],
  convert_i32x4_s: [0xfdfa, 'v>v'],
  convert_i32x4_u: [0xfdfb, 'v>v'],
} as const;
