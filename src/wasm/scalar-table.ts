/**
 * The scalar, memory and atomic instructions as data, a run of consecutive opcodes a row:
 * `[first opcode, 'names', 'operands>result immediates']`.
 *
 * An opcode above 0xff is a prefix byte and the number behind it (0xfc0a: prefix 0xfc, number 0x0a). Types are letters:
 * i = i32, I = i64, f = f32, d = f64, v = v128. Immediates: `@n` an address immediate whose access is n bytes wide, `#n` a
 * lane number below n (`#32`: the sixteen lanes of a shuffle), `!n` n reserved zero bytes.
 * Source: WebAssembly Core Specification 2.0, index of instructions, and the threads proposal.
 */

export const i32Rows = [
  [0x28, 'load', 'i>i@4'],
  [0x2c, 'load8_s load8_u', 'i>i@1'],
  [0x2e, 'load16_s load16_u', 'i>i@2'],
  [0x36, 'store', 'ii>@4'],
  [0x3a, 'store8', 'ii>@1'],
  [0x3b, 'store16', 'ii>@2'],
  [0x45, 'eqz', 'i>i'],
  [0x46, 'eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u', 'ii>i'],
  [0x67, 'clz ctz popcnt', 'i>i'],
  [0x6a, 'add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr', 'ii>i'],
  [0xa7, 'wrap_i64', 'I>i'],
  [0xa8, 'trunc_f32_s trunc_f32_u', 'f>i'],
  [0xaa, 'trunc_f64_s trunc_f64_u', 'd>i'],
  [0xbc, 'reinterpret_f32', 'f>i'],
  [0xc0, 'extend8_s extend16_s', 'i>i'],
  [0xfc00, 'trunc_sat_f32_s trunc_sat_f32_u', 'f>i'],
  [0xfc02, 'trunc_sat_f64_s trunc_sat_f64_u', 'd>i'],
] as const;

export const i32AtomicRows = [
  [0xfe10, 'load', 'i>i@4'],
  [0xfe17, 'store', 'ii>@4'],
] as const;

export const i32AtomicRmwRows = [
  [0xfe1e, 'add', 'ii>i@4'],
  [0xfe25, 'sub', 'ii>i@4'],
  [0xfe2c, 'and', 'ii>i@4'],
  [0xfe33, 'or', 'ii>i@4'],
  [0xfe3a, 'xor', 'ii>i@4'],
  [0xfe41, 'xchg', 'ii>i@4'],
  [0xfe48, 'cmpxchg', 'iii>i@4'],
] as const;

export const i64Rows = [
  [0x29, 'load', 'i>I@8'],
  [0x30, 'load8_s load8_u', 'i>I@1'],
  [0x32, 'load16_s load16_u', 'i>I@2'],
  [0x34, 'load32_s load32_u', 'i>I@4'],
  [0x37, 'store', 'iI>@8'],
  [0x3c, 'store8', 'iI>@1'],
  [0x3d, 'store16', 'iI>@2'],
  [0x3e, 'store32', 'iI>@4'],
  [0x50, 'eqz', 'I>i'],
  [0x51, 'eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u', 'II>i'],
  [0x79, 'clz ctz popcnt', 'I>I'],
  [0x7c, 'add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr', 'II>I'],
  [0xac, 'extend_i32_s extend_i32_u', 'i>I'],
  [0xae, 'trunc_f32_s trunc_f32_u', 'f>I'],
  [0xb0, 'trunc_f64_s trunc_f64_u', 'd>I'],
  [0xbd, 'reinterpret_f64', 'd>I'],
  [0xc2, 'extend8_s extend16_s extend32_s', 'I>I'],
  [0xfc04, 'trunc_sat_f32_s trunc_sat_f32_u', 'f>I'],
  [0xfc06, 'trunc_sat_f64_s trunc_sat_f64_u', 'd>I'],
] as const;

export const i64AtomicRows = [
  [0xfe11, 'load', 'i>I@8'],
  [0xfe18, 'store', 'iI>@8'],
] as const;

export const i64AtomicRmwRows = [
  [0xfe1f, 'add', 'iI>I@8'],
  [0xfe26, 'sub', 'iI>I@8'],
  [0xfe2d, 'and', 'iI>I@8'],
  [0xfe34, 'or', 'iI>I@8'],
  [0xfe3b, 'xor', 'iI>I@8'],
  [0xfe42, 'xchg', 'iI>I@8'],
  [0xfe49, 'cmpxchg', 'iII>I@8'],
] as const;

export const f32Rows = [
  [0x2a, 'load', 'i>f@4'],
  [0x38, 'store', 'if>@4'],
  [0x5b, 'eq ne lt gt le ge', 'ff>i'],
  [0x8b, 'abs neg ceil floor trunc nearest sqrt', 'f>f'],
  [0x92, 'add sub mul div min max copysign', 'ff>f'],
  [0xb2, 'convert_i32_s convert_i32_u', 'i>f'],
  [0xb4, 'convert_i64_s convert_i64_u', 'I>f'],
  [0xb6, 'demote_f64', 'd>f'],
  [0xbe, 'reinterpret_i32', 'i>f'],
] as const;

export const f64Rows = [
  [0x2b, 'load', 'i>d@8'],
  [0x39, 'store', 'id>@8'],
  [0x61, 'eq ne lt gt le ge', 'dd>i'],
  [0x99, 'abs neg ceil floor trunc nearest sqrt', 'd>d'],
  [0xa0, 'add sub mul div min max copysign', 'dd>d'],
  [0xb7, 'convert_i32_s convert_i32_u', 'i>d'],
  [0xb9, 'convert_i64_s convert_i64_u', 'I>d'],
  [0xbb, 'promote_f32', 'f>d'],
  [0xbf, 'reinterpret_i64', 'I>d'],
] as const;

export const memoryRows = [
  [0x3f, 'size', '>i!1'],
  [0x40, 'grow', 'i>i!1'],
  [0xfc0a, 'copy', 'iii>!2'],
  [0xfc0b, 'fill', 'iii>!1'],
] as const;

export const memoryAtomicRows = [
  [0xfe00, 'notify', 'ii>i@4'],
  [0xfe01, 'wait32', 'iiI>i@4'],
  [0xfe02, 'wait64', 'iII>i@8'],
] as const;

export const atomicRows = [[0xfe03, 'fence', '>!1']] as const;
