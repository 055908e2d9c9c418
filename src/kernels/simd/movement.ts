/** SIMD kernels that move data: fill, strided copy, and the dataset's gather-and-normalise. */
import {
  type Expr,
  type FunctionHandle,
  f32,
  f32x4,
  i16x8,
  i32,
  i32x4,
  type ModuleBuilder,
  v128,
} from '../../wasm/index.ts';
import { advance, mapVectors, toBytes } from './vectors.ts';

export function movement(module: ModuleBuilder): Readonly<Record<'fill' | 'copy' | 'gatherBytes', FunctionHandle>> {
  return {
    fill: module.function(
      'f32_fill_simd128',
      { out: 'i32', value: 'f32', count: 'i32' },
      'void',
      (f, { out, value, count }) => {
        toBytes(f, out);
        const values = f.let(f32x4.splat(value));
        mapVectors(f, out, [], count, () => values);
      },
    ),

    copy: module.function(
      'f32_copy_simd128',
      {
        out: 'i32',
        x: 'i32',
        rows: 'i32',
        columns: 'i32',
        outStride: 'i32',
        xRowStep: 'i32',
        xColumnStep: 'i32',
      },
      'void',
      (f, { out, x, rows, columns, outStride, xRowStep, xColumnStep }) => {
        toBytes(f, out, x, outStride, xRowStep, xColumnStep);
        const o = f.local('i32', 'o');
        const i = f.local('i32', 'i');
        f.while(rows, () => {
          f.set(o, out);
          f.set(i, x);
          f.if(
            i32.eq(xColumnStep, 4),
            () => mapVectors(f, o, [i], columns, (value) => value!),
            () => {
              const end = f.let(i32.add(o, i32.shl(columns, 2)));
              f.for(o, end, 4, () => {
                f.emit(f32.store(o, f32.load(i)));
                advance(f, xColumnStep, i);
              });
            },
          );
          advance(f, outStride, out);
          advance(f, xRowStep, x);
          f.set(rows, i32.sub(rows, 1));
        });
      },
    ),

    // out[r, c] = (bytes[indices[r], c] - centre) / halfRange, sixteen bytes at a time
    gatherBytes: module.function(
      'f32_gatherBytes_simd128',
      { out: 'i32', bytes: 'i32', indices: 'i32', centre: 'f32', halfRange: 'f32', rows: 'i32', columns: 'i32' },
      'void',
      (f, { out, bytes, indices, centre, halfRange, rows, columns }) => {
        toBytes(f, out, bytes, indices);
        const centres = f.let(f32x4.splat(centre));
        const halves = f.let(f32x4.splat(halfRange));
        const normalize = (words: Expr<'v128'>): Expr<'v128'> =>
          f32x4.div(f32x4.sub(f32x4.convert_i32x4_u(words), centres), halves);
        const i = f.local('i32', 'i');
        f.while(rows, () => {
          f.set(i, i32.add(bytes, i32.mul(i32.load(indices), columns)));
          const end = f.let(i32.add(out, i32.shl(columns, 2)));
          const wholeEnd = f.let(i32.add(out, i32.shl(i32.and(columns, -16), 2)));
          f.for(out, wholeEnd, 64, () => {
            const sixteen = f.let(v128.load(i));
            const low = f.let(i16x8.extend_low_i8x16_u(sixteen));
            const high = f.let(i16x8.extend_high_i8x16_u(sixteen));
            f.emit(
              v128.store(out, normalize(i32x4.extend_low_i16x8_u(low))),
              v128.store(out, normalize(i32x4.extend_high_i16x8_u(low)), 16),
              v128.store(out, normalize(i32x4.extend_low_i16x8_u(high)), 32),
              v128.store(out, normalize(i32x4.extend_high_i16x8_u(high)), 48),
            );
            advance(f, 16, i);
          });
          f.for(out, end, 4, () => {
            f.emit(f32.store(out, f32.div(f32.sub(f32.convert_i32_u(i32.load8_u(i)), centre), halfRange)));
            advance(f, 1, i);
          });
          advance(f, 4, indices);
          f.set(rows, i32.sub(rows, 1));
        });
      },
    ),
  };
}
