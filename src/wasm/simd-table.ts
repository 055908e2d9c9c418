/**
 * The 128-bit SIMD instructions as data, in the notation of scalar-table.ts. No relaxed SIMD: its results may differ
 * between machines. No f64x2: tensors are float32.
 * Source: WebAssembly Core Specification 2.0, index of instructions.
 */

export const v128Rows = [
  [0xfd00, 'load', 'i>v@16'],
  [0xfd01, 'load8x8_s load8x8_u load16x4_s load16x4_u load32x2_s load32x2_u', 'i>v@8'],
  [0xfd07, 'load8_splat', 'i>v@1'],
  [0xfd08, 'load16_splat', 'i>v@2'],
  [0xfd09, 'load32_splat', 'i>v@4'],
  [0xfd0a, 'load64_splat', 'i>v@8'],
  [0xfd0b, 'store', 'iv>@16'],
  [0xfd4d, 'not', 'v>v'],
  [0xfd4e, 'and andnot or xor', 'vv>v'],
  [0xfd52, 'bitselect', 'vvv>v'],
  [0xfd53, 'any_true', 'v>i'],
  [0xfd54, 'load8_lane', 'iv>v@1#16'],
  [0xfd55, 'load16_lane', 'iv>v@2#8'],
  [0xfd56, 'load32_lane', 'iv>v@4#4'],
  [0xfd57, 'load64_lane', 'iv>v@8#2'],
  [0xfd58, 'store8_lane', 'iv>@1#16'],
  [0xfd59, 'store16_lane', 'iv>@2#8'],
  [0xfd5a, 'store32_lane', 'iv>@4#4'],
  [0xfd5b, 'store64_lane', 'iv>@8#2'],
  [0xfd5c, 'load32_zero', 'i>v@4'],
  [0xfd5d, 'load64_zero', 'i>v@8'],
] as const;

export const i8x16Rows = [
  [0xfd0d, 'shuffle', 'vv>v#32'],
  [0xfd0e, 'swizzle', 'vv>v'],
  [0xfd0f, 'splat', 'i>v'],
  [0xfd15, 'extract_lane_s extract_lane_u', 'v>i#16'],
  [0xfd17, 'replace_lane', 'vi>v#16'],
  [0xfd23, 'eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u', 'vv>v'],
  [0xfd60, 'abs neg popcnt', 'v>v'],
  [0xfd63, 'all_true bitmask', 'v>i'],
  [0xfd65, 'narrow_i16x8_s narrow_i16x8_u', 'vv>v'],
  [0xfd6b, 'shl shr_s shr_u', 'vi>v'],
  [0xfd6e, 'add add_sat_s add_sat_u sub sub_sat_s sub_sat_u', 'vv>v'],
  [0xfd76, 'min_s min_u max_s max_u', 'vv>v'],
  [0xfd7b, 'avgr_u', 'vv>v'],
] as const;

export const i16x8Rows = [
  [0xfd10, 'splat', 'i>v'],
  [0xfd18, 'extract_lane_s extract_lane_u', 'v>i#8'],
  [0xfd1a, 'replace_lane', 'vi>v#8'],
  [0xfd2d, 'eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u', 'vv>v'],
  [0xfd7c, 'extadd_pairwise_i8x16_s extadd_pairwise_i8x16_u', 'v>v'],
  [0xfd80, 'abs neg', 'v>v'],
  [0xfd82, 'q15mulr_sat_s', 'vv>v'],
  [0xfd83, 'all_true bitmask', 'v>i'],
  [0xfd85, 'narrow_i32x4_s narrow_i32x4_u', 'vv>v'],
  [0xfd87, 'extend_low_i8x16_s extend_high_i8x16_s extend_low_i8x16_u extend_high_i8x16_u', 'v>v'],
  [0xfd8b, 'shl shr_s shr_u', 'vi>v'],
  [0xfd8e, 'add add_sat_s add_sat_u sub sub_sat_s sub_sat_u', 'vv>v'],
  [0xfd95, 'mul min_s min_u max_s max_u', 'vv>v'],
  [0xfd9b, 'avgr_u extmul_low_i8x16_s extmul_high_i8x16_s extmul_low_i8x16_u extmul_high_i8x16_u', 'vv>v'],
] as const;

export const i32x4Rows = [
  [0xfd11, 'splat', 'i>v'],
  [0xfd1b, 'extract_lane', 'v>i#4'],
  [0xfd1c, 'replace_lane', 'vi>v#4'],
  [0xfd37, 'eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u', 'vv>v'],
  [0xfd7e, 'extadd_pairwise_i16x8_s extadd_pairwise_i16x8_u', 'v>v'],
  [0xfda0, 'abs neg', 'v>v'],
  [0xfda3, 'all_true bitmask', 'v>i'],
  [0xfda7, 'extend_low_i16x8_s extend_high_i16x8_s extend_low_i16x8_u extend_high_i16x8_u', 'v>v'],
  [0xfdab, 'shl shr_s shr_u', 'vi>v'],
  [0xfdae, 'add', 'vv>v'],
  [0xfdb1, 'sub', 'vv>v'],
  [0xfdb5, 'mul min_s min_u max_s max_u dot_i16x8_s', 'vv>v'],
  [0xfdbc, 'extmul_low_i16x8_s extmul_high_i16x8_s extmul_low_i16x8_u extmul_high_i16x8_u', 'vv>v'],
  [0xfdf8, 'trunc_sat_f32x4_s trunc_sat_f32x4_u', 'v>v'],
] as const;

export const i64x2Rows = [
  [0xfd12, 'splat', 'I>v'],
  [0xfd1d, 'extract_lane', 'v>I#2'],
  [0xfd1e, 'replace_lane', 'vI>v#2'],
  [0xfdc0, 'abs neg', 'v>v'],
  [0xfdc3, 'all_true bitmask', 'v>i'],
  [0xfdc7, 'extend_low_i32x4_s extend_high_i32x4_s extend_low_i32x4_u extend_high_i32x4_u', 'v>v'],
  [0xfdcb, 'shl shr_s shr_u', 'vi>v'],
  [0xfdce, 'add', 'vv>v'],
  [0xfdd1, 'sub', 'vv>v'],
  [
    0xfdd5,
    'mul eq ne lt_s gt_s le_s ge_s extmul_low_i32x4_s extmul_high_i32x4_s extmul_low_i32x4_u extmul_high_i32x4_u',
    'vv>v',
  ],
] as const;

export const f32x4Rows = [
  [0xfd13, 'splat', 'f>v'],
  [0xfd1f, 'extract_lane', 'v>f#4'],
  [0xfd20, 'replace_lane', 'vf>v#4'],
  [0xfd41, 'eq ne lt gt le ge', 'vv>v'],
  [0xfd67, 'ceil floor trunc nearest', 'v>v'],
  [0xfde0, 'abs neg', 'v>v'],
  [0xfde3, 'sqrt', 'v>v'],
  [0xfde4, 'add sub mul div min max pmin pmax', 'vv>v'],
  [0xfdfa, 'convert_i32x4_s convert_i32x4_u', 'v>v'],
] as const;
