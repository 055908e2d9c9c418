/**
 * Packing for GEMM: panels[p][d][lane] = x[(p width + lane) step + d depthStep]. Steps are in bytes, and one of them is
 * 4. If neighbouring lanes are adjacent in memory, vectors are copied; if neighbouring depths are, 4 x 4 squares are
 * transposed. The last panel is padded with zeros.
 */
import { type FunctionHandle, f32, f32x4, i32, type ModuleBuilder, v128 } from '../../wasm/index.ts';
import { advance, repeat, transpose4x4 } from '../simd/vectors.ts';

const FLOAT = 4;
/** Floats in a cache line. */
const LINE = 16;

const PARAMETERS = { panels: 'i32', x: 'i32', count: 'i32', depth: 'i32', step: 'i32', depthStep: 'i32' } as const;

export function definePack(module: ModuleBuilder, width: 4 | 8 | 16): FunctionHandle<typeof PARAMETERS, 'void'> {
  return module.function(
    `f32_pack_${width}_simd128`,
    PARAMETERS,
    'void',
    (f, { panels, x, count, depth, step, depthStep }) => {
      const source = f.local('i32', 'source');
      const end = f.local('i32', 'end');
      const lane = f.local('i32', 'lane');
      const rowBytes = width * FLOAT;
      const bytes = Array.from({ length: width / 4 }, (_, i) => 16 * i);
      /** Packs `lanes` lanes of x at a time, as long as there are so many. */
      const packEach = (lanes: number, pack: () => void): void =>
        f.while(i32.ge_u(count, lanes), () => {
          f.set(source, x);
          f.set(end, i32.add(panels, i32.mul(depth, rowBytes)));
          pack();
          advance(f, i32.mul(step, lanes), x);
          advance(f, -lanes, count);
        });

      /**
       * Copies the lanes of a cache line at once, into as many panels as they fill. Copying panel by panel would load
       * the line again for each panel: rows that are a power of two apart evict each other from the first-level cache.
       */
      const copyLines = (): void => {
        const targets = [panels];
        for (let first = width; first < LINE; first += width)
          targets.push(f.let(i32.add(panels, i32.mul(depth, first * FLOAT))));
        f.for(panels, end, rowBytes, () => {
          for (const [panel, target] of targets.entries()) {
            for (const byte of bytes) f.emit(v128.store(target, v128.load(source, panel * rowBytes + byte), byte));
            if (panel > 0) advance(f, rowBytes, target);
          }
          advance(f, depthStep, source);
        });
        f.set(panels, targets.at(-1)!);
      };
      /** Copies four lanes of one depth at a time. */
      const copyLanes = (): void =>
        f.for(panels, end, rowBytes, () => {
          for (const byte of bytes) f.emit(v128.store(panels, v128.load(source, byte), byte));
          advance(f, depthStep, source);
        });
      /** Transposes four depths of four lanes at a time, then copies the remaining depths lane by lane. */
      const transposeDepths = (): void => {
        const squares = f.let(i32.sub(end, 3 * rowBytes));
        f.for(panels, squares, 4 * rowBytes, () => {
          f.set(lane, source);
          for (const group of bytes) {
            const rows = Array.from({ length: 4 }, () => {
              const row = f.let(v128.load(lane));
              advance(f, step, lane);
              return row;
            });
            for (const [d, column] of transpose4x4(f, rows).entries())
              f.emit(v128.store(panels, column, d * rowBytes + group));
          }
          advance(f, 16, source);
        });
        f.for(panels, end, rowBytes, () => {
          f.set(lane, source);
          for (let i = 0; i < width; i++) {
            f.emit(f32.store(panels, f32.load(lane), FLOAT * i));
            advance(f, step, lane);
          }
          advance(f, FLOAT, source);
        });
      };
      /** Copies the last panel, which has fewer lanes than its width, and pads it with zeros. */
      const padLanes = (): void =>
        repeat(f, depth, () => {
          for (const byte of bytes) f.emit(v128.store(panels, f32x4.const(0), byte));
          f.set(lane, x);
          const target = f.let(panels);
          const stop = f.let(i32.add(panels, i32.shl(count, 2)));
          f.for(target, stop, FLOAT, () => {
            f.emit(f32.store(target, f32.load(lane)));
            advance(f, step, lane);
          });
          advance(f, depthStep, x);
          advance(f, rowBytes, panels);
        });

      if (width < LINE) f.if(i32.eq(step, FLOAT), () => packEach(LINE, copyLines));
      packEach(width, () => f.if(i32.eq(step, FLOAT), copyLanes, transposeDepths));
      f.if(count, padLanes);
    },
    { exported: false },
  );
}
