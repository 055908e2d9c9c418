/** The child process of wide.ts: a lab with 256-bit kernels. Argument: the number of threads. */
import { enableWideSimd } from '../src/node/wide.ts';
import { openLab } from './lab.ts';
import type { Answer, Request } from './wide.ts';

function answer(message: Answer): void {
  process.send?.(message);
}

const { enabled, reason } = await enableWideSimd();
if (enabled) {
  const lab = await openLab(16, Number(process.argv[2]));
  process.on('message', async ({ method, args }: Request) => {
    try {
      const result: unknown = await Reflect.apply(lab[method], lab, args);
      answer({ result });
    } catch (error) {
      answer({ error: error instanceof Error ? error.message : String(error) });
    }
  });
}
answer({ ready: enabled, reason });
