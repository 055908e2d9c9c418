/**
 * Packing for GEMM: panels[p][d][lane] = x[(p width + lane) step + d depthStep]. Steps are in bytes, and one of them is
 * 4. If neighbouring lanes are adjacent in memory, vectors are copied; if neighbouring depths are, 4 x 4 squares are
 * transposed. The last panel is padded with zeros.
 */
import {
  type FunctionBuilder,
  type FunctionHandle,
  f32,
  f32x4,
  i32,
  type Local,
  type ModuleBuilder,
  v128,
} from '../../wasm/index.ts';
import { advance, type Pointer, transpose4x4 } from '../simd/vectors.ts';

const FLOAT = 4;
/** Floats in a cache line. */
const LINE = 16;

type PackParams = { panels: 'i32'; x: 'i32'; count: 'i32'; depth: 'i32'; step: 'i32'; depthStep: 'i32' };

export function definePack(module: ModuleBuilder, width: 4 | 8 | 16): FunctionHandle<PackParams, 'void'> {
  return module.function(
    `f32_pack_${width}_simd128`,
    { panels: 'i32', x: 'i32', count: 'i32', depth: 'i32', step: 'i32', depthStep: 'i32' },
    'void',
    (f, { panels, x, count, depth, step, depthStep }) => {
      const source = f.local('i32', 'source');
      const end = f.local('i32', 'end');
      if (width < LINE) {
        f.if(i32.eq(step, FLOAT), () => {
          f.while(i32.ge_u(count, LINE), () => {
            f.set(source, x);
            f.set(end, i32.add(panels, i32.mul(depth, width * FLOAT)));
            copyLines(f, panels, source, end, depth, depthStep, width);
            advance(f, LINE * FLOAT, x);
            f.set(count, i32.sub(count, LINE));
          });
        });
      }
      f.while(i32.ge_u(count, width), () => {
        f.set(source, x);
        f.set(end, i32.add(panels, i32.mul(depth, width * FLOAT)));
        f.if(
          i32.eq(step, FLOAT),
          () => copyLanes(f, panels, source, end, depthStep, width),
          () => transposeDepths(f, panels, source, end, step, width),
        );
        advance(f, i32.mul(step, width), x);
        f.set(count, i32.sub(count, width));
      });
      f.if(count, () => padLanes(f, panels, x, count, depth, step, depthStep, width));
    },
    { exported: false },
  );
}

/**
 * Copies the lanes of a cache line at once, into as many panels as they fill. Copying panel by panel would load the
 * line again for each panel: rows that are a power of two apart evict each other from the first-level cache.
 */
function copyLines(
  f: FunctionBuilder,
  panels: Pointer,
  source: Pointer,
  end: Pointer,
  depth: Local<'i32'>,
  depthStep: Local<'i32'>,
  width: number,
): void {
  const targets = [panels];
  for (let lane = width; lane < LINE; lane += width) targets.push(f.let(i32.add(panels, i32.mul(depth, lane * FLOAT))));
  f.for(panels, end, width * FLOAT, () => {
    for (const [panel, target] of targets.entries()) {
      for (let byte = 0; byte < width * FLOAT; byte += 16) {
        f.emit(v128.store(target, v128.load(source, panel * width * FLOAT + byte), byte));
      }
      if (panel > 0) advance(f, width * FLOAT, target);
    }
    advance(f, depthStep, source);
  });
  f.set(panels, targets.at(-1)!);
}

/** Copies four lanes of one depth at a time, with one vector load and one store. */
function copyLanes(
  f: FunctionBuilder,
  panels: Pointer,
  source: Pointer,
  end: Pointer,
  depthStep: Local<'i32'>,
  width: number,
): void {
  f.for(panels, end, width * FLOAT, () => {
    for (let byte = 0; byte < width * FLOAT; byte += 16) f.emit(v128.store(panels, v128.load(source, byte), byte));
    advance(f, depthStep, source);
  });
}

/** Transposes four depths of four lanes at a time, then copies the remaining depths lane by lane. */
function transposeDepths(
  f: FunctionBuilder,
  panels: Pointer,
  source: Pointer,
  end: Pointer,
  step: Local<'i32'>,
  width: number,
): void {
  const squares = f.let(i32.sub(end, 3 * width * FLOAT));
  const lane = f.local('i32');
  f.for(panels, squares, 4 * width * FLOAT, () => {
    f.set(lane, source);
    for (let group = 0; group < width; group += 4) {
      const rows = Array.from({ length: 4 }, () => {
        const row = f.let(v128.load(lane));
        advance(f, step, lane);
        return row;
      });
      for (const [depth, column] of transpose4x4(f, rows).entries()) {
        f.emit(v128.store(panels, column, FLOAT * (depth * width + group)));
      }
    }
    advance(f, 16, source);
  });
  f.for(panels, end, width * FLOAT, () => {
    f.set(lane, source);
    for (let i = 0; i < width; i++) {
      f.emit(f32.store(panels, f32.load(lane), FLOAT * i));
      advance(f, step, lane);
    }
    advance(f, FLOAT, source);
  });
}

/** Copies the last panel, which has fewer lanes than its width, and pads it with zeros. */
function padLanes(
  f: FunctionBuilder,
  panels: Pointer,
  x: Pointer,
  count: Local<'i32'>,
  depth: Local<'i32'>,
  step: Local<'i32'>,
  depthStep: Local<'i32'>,
  width: number,
): void {
  const lane = f.local('i32');
  const target = f.local('i32');
  f.while(depth, () => {
    for (let byte = 0; byte < width * FLOAT; byte += 16) f.emit(v128.store(panels, f32x4.const(0), byte));
    f.set(lane, x);
    f.set(target, panels);
    const end = f.let(i32.add(panels, i32.shl(count, 2)));
    f.for(target, end, FLOAT, () => {
      f.emit(f32.store(target, f32.load(lane)));
      advance(f, step, lane);
    });
    advance(f, depthStep, x);
    advance(f, width * FLOAT, panels);
    f.set(depth, i32.sub(depth, 1));
  });
}
