import { configure } from '../src/index.ts';
import { enableWideSimd } from '../src/node/index.ts';
import type { TrainingOptions } from './options.ts';

/** Chooses threads and kernels for the whole program. Says so if 256-bit SIMD is asked for and not available. */
export async function configureRun({
  threads,
  kernels,
  wide,
}: Pick<TrainingOptions, 'threads' | 'kernels' | 'wide'>): Promise<void> {
  await configure({ threads, kernels });
  if (!wide) return;
  const { enabled, reason } = await enableWideSimd();
  if (!enabled) console.error(`--wide has no effect: ${reason}`);
}
