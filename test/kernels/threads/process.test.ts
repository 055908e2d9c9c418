/** The effect of a pool on its process: it sleeps when there is no work, and does not keep the process alive. */
import { describe, expect, it } from 'vitest';
import { runScript, sourceUrl } from '../../support/child-process.ts';

/**
 * Milliseconds from the last line to the end of the process. It takes some tens of them; a hang takes much longer than
 * this limit, even on a busy machine.
 */
const LONGEST_END = 5000;

const IMPORT = `import { configure, heap, runtimeInfo } from '${sourceUrl('kernels/runtime.ts')}';
import { randomNormal } from '${sourceUrl('kernels/library/random.ts')}';
import { tanh } from '${sourceUrl('kernels/library/unary.ts')}';
const work = () => {
  const x = heap().allocate(100_000);
  randomNormal.run(x, 1, 2, 0, 0, 0, 0, 1, 100_000);
  tanh.run(x, x, 100_000);
  console.log(heap().ints.subarray(x, x + 100_000).reduce((hash, word) => Math.imul(hash, 31) + word | 0, 0));
};
`;

describe('a process with a pool', () => {
  it('has the same bits with 1 to 4 threads and portable kernels, and ends by itself', async () => {
    const { code, stdout, stderr, lingering } = await runScript(`${IMPORT}
      await configure({ kernels: 'portable' });
      work();
      for (const threads of [1, 2, 3, 4]) {
        await configure({ threads, kernels: 'simd' });
        work();
        if (runtimeInfo().threads !== threads) throw new Error(runtimeInfo().threads);
      }`);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const hashes = stdout.trim().split('\n');
    expect(hashes).toHaveLength(5);
    expect(new Set(hashes).size).toBe(1);
    expect(lingering).toBeLessThan(LONGEST_END);
  });

  it.each([
    ['right after configure() without await', ''],
    ['after work that did not wait for the workers', 'work();'],
    [
      'after having been configured to and fro without await',
      'configure({ threads: 1 }); configure({ threads: 2 }); work();',
    ],
  ])('ends by itself %s', async (_, then) => {
    const { code, stderr, lingering } = await runScript(`${IMPORT} configure({ threads: 3 }); ${then}`);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(lingering).toBeLessThan(LONGEST_END);
  });

  it('ends at once by process.exit() while workers are running', async () => {
    const { code, stderr } = await runScript(`${IMPORT} await configure({ threads: 3 }); work(); process.exit(7);`);
    expect(stderr).toBe('');
    expect(code).toBe(7);
  });

  it('ends after an uncaught error, as any process does', async () => {
    const { code, stderr } = await runScript(
      `${IMPORT} await configure({ threads: 3 }); work(); throw new Error('on purpose');`,
    );
    expect(code).toBe(1);
    expect(stderr).toContain('on purpose');
  });

  it('uses no processor time while there is no work', async () => {
    const { code, stdout } = await runScript(`${IMPORT}
      await configure({ threads: 4 });
      work();
      // The engine finishes its background work first: compiling, starting.
      await new Promise((resolve) => setTimeout(resolve, 500));
      const before = process.cpuUsage();
      await new Promise((resolve) => setTimeout(resolve, 1000));
      const { user, system } = process.cpuUsage(before);
      console.log('idle', (user + system) / 1000);
      work();`);
    expect(code).toBe(0);
    const [first, idle, second] = stdout.trim().split('\n');
    // One spinning worker would use 1000 ms.
    expect(Number(idle!.split(' ')[1])).toBeLessThan(50);
    // And they wake up again.
    expect(second).toBe(first);
  });
});
