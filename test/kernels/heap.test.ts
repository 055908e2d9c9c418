import { describe, expect, it } from 'vitest';
import { RuntimeError } from '../../src/core/errors.ts';
import { Heap } from '../../src/kernels/heap.ts';

const PAGE = 65536;

function memory(initial = 1, maximum = 64): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial, maximum, shared: true });
}

/** Deterministic whole numbers below `n`. */
function generator(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

describe('allocate and free', () => {
  it('never allocates address 0, and begins every block on a cache line', () => {
    const heap = new Heap({ memory: memory() });
    for (const size of [0, 1, 15, 16, 17, 100]) {
      const address = heap.allocate(size);
      expect(address).toBeGreaterThan(0);
      expect(address % 16).toBe(0);
    }
  });

  it('never allocates the reserved bytes, and grows for them if necessary', () => {
    const heap = new Heap({ memory: memory(1), reservedBytes: 3 * PAGE + 1 });
    expect(heap.allocate(1) * 4).toBeGreaterThan(3 * PAGE);
    expect(heap.usage().capacityBytes).toBeGreaterThan(3 * PAGE);
  });

  it('reuses a freed block of the same size at once', () => {
    const heap = new Heap({ memory: memory() });
    const first = heap.allocate(100);
    heap.allocate(50);
    heap.free(first, 100);
    expect(heap.allocate(97)).toBe(first);
  });

  it('cuts a larger free block when none of the size is there, the smallest that suffices', () => {
    const heap = new Heap({ memory: memory() });
    const large = heap.allocate(160);
    heap.allocate(16);
    const medium = heap.allocate(64);
    heap.allocate(16);
    heap.free(large, 160);
    heap.free(medium, 64);
    expect(heap.allocate(32)).toBe(medium);
    expect(heap.allocate(32)).toBe(medium + 32);
    expect(heap.allocate(32)).toBe(large);
  });

  it('merges free neighbours rather than grow, in whatever order they were freed', () => {
    for (const order of [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
      [1, 3, 0, 2],
    ]) {
      const heap = new Heap({ memory: memory(1, 1) });
      const quarter = PAGE / 4 / 4 - 16;
      const blocks = order.map(() => heap.allocate(quarter));
      for (const i of order) heap.free(blocks[i]!, quarter);
      expect(heap.allocate(4 * quarter)).toBe(Math.min(...blocks));
    }
  });

  it('counts what is in use', () => {
    const heap = new Heap({ memory: memory() });
    const a = heap.allocate(10);
    const b = heap.allocate(20);
    expect(heap.usage()).toEqual({ capacityBytes: PAGE, usedBytes: (16 + 32) * 4, blocks: 2 });
    heap.free(a, 10);
    heap.free(b, 20);
    expect(heap.usage()).toEqual({ capacityBytes: PAGE, usedBytes: 0, blocks: 0 });
  });

  it('does not grow in a loop of equal requests after its first turn', () => {
    const heap = new Heap({ memory: memory(1, 1024) });
    const sizes = [784, 1, 200_704, 512, 131_072, 70];
    const turn = (): number[] => {
      const blocks = sizes.map((size) => heap.allocate(size));
      blocks.forEach((address, i) => {
        heap.free(address, sizes[i]!);
      });
      return blocks;
    };
    const first = turn();
    const capacity = heap.usage().capacityBytes;
    for (let i = 0; i < 100; i++) expect(turn()).toEqual(first);
    expect(heap.usage().capacityBytes).toBe(capacity);
  });
});

describe('growth', () => {
  it('keeps the contents and renews the views', () => {
    const heap = new Heap({ memory: memory(1) });
    const address = heap.allocate(100);
    heap.floats.fill(7, address, address + 100);
    const before = heap.floats;
    heap.allocate(PAGE);
    expect(heap.floats).not.toBe(before);
    expect(heap.floats.buffer).toBe(heap.memory.buffer);
    expect(heap.ints.buffer).toBe(heap.memory.buffer);
    expect(heap.bytes.buffer).toBe(heap.memory.buffer);
    expect(Array.from(heap.view(address, 100))).toEqual(new Array(100).fill(7));
  });

  it('growNow adds a page at least', () => {
    const heap = new Heap({ memory: memory(1) });
    const before = heap.usage().capacityBytes;
    heap.growNow();
    expect(heap.usage().capacityBytes).toBeGreaterThanOrEqual(before + PAGE);
  });

  it('works on memory that is not shared, whose old views are emptied', () => {
    const heap = new Heap({ memory: new WebAssembly.Memory({ initial: 1, maximum: 64 }) });
    const address = heap.allocate(4);
    heap.floats.fill(3, address, address + 4);
    const stale = heap.view(address, 4);
    heap.growNow();
    expect(stale.length).toBe(0);
    expect(Array.from(heap.view(address, 4))).toEqual([3, 3, 3, 3]);
  });

  it('takes what is left when an eighth more would pass the maximum', () => {
    const heap = new Heap({ memory: memory(20, 22) });
    expect(heap.allocate((21 * PAGE) / 4)).toBeGreaterThan(0);
  });
});

describe('the limit', () => {
  it.each([
    ['of the memory', {}, 4],
    ['of the option', { limitBytes: 4 * PAGE }, 64],
  ])('%s gives a RuntimeError with the figures and the remedy, and the heap goes on', (_, options, maximum) => {
    const heap = new Heap({ memory: memory(1, maximum), ...options });
    const small = heap.allocate(16);
    expect(() => heap.allocate(PAGE)).toThrow(RuntimeError);
    expect(() => heap.allocate(PAGE)).toThrow(
      /^memory: \d+ bytes are needed, 64 are in use by 1 blocks and the limit is \d+\. Wrap repeated work in scope\(\)/,
    );
    expect(heap.usage().blocks).toBe(1);
    const rest = heap.allocate(PAGE / 4);
    heap.free(rest, PAGE / 4);
    heap.free(small, 16);
    expect(heap.usage()).toMatchObject({ usedBytes: 0, blocks: 0 });
  });

  it('can be used up except for a cache line at each end', () => {
    const heap = new Heap({ memory: memory(1, 1) });
    for (let i = 0; i < PAGE / 64 - 2; i++) expect(heap.allocate(16) + 16).toBeLessThanOrEqual(PAGE / 4 - 16);
    expect(() => heap.allocate(1)).toThrow(RuntimeError);
  });
});

describe('float64', () => {
  it('addresses doubles, and views are rounded copies', () => {
    const heap = new Heap({ memory: memory(), precision: 'float64' });
    const address = heap.allocate(2);
    heap.floats.set([0.1, 1e300], address);
    expect(heap.floats[address]).toBe(0.1);
    expect(Array.from(heap.view(address, 2))).toEqual([Math.fround(0.1), Infinity]);
    expect(heap.usage().usedBytes).toBe(16 * 8);
  });
});

describe('torture', () => {
  it.each([1, 2, 3])(
    '20,000 random turns (seed %i): no two live blocks overlap and none loses its contents',
    (seed) => {
      const heap = new Heap({ memory: memory(1, 4096) });
      const below = generator(seed);
      const live: { address: number; size: number; mark: number }[] = [];
      // Which block owns each cache line, as the model.
      const owner = new Map<number, number>();
      let used = 0;
      for (let turn = 1; turn <= 20_000; turn++) {
        if (live.length > 0 && (below(100) < 48 || live.length > 300)) {
          const [block] = live.splice(below(live.length), 1) as [{ address: number; size: number; mark: number }];
          const where = `seed ${seed}, turn ${turn}, block ${block.address} of ${block.size}`;
          if (block.size > 0 && heap.floats[block.address] !== block.mark)
            throw new Error(`${where}: first value lost`);
          const last = heap.floats[block.address + Math.max(block.size, 1) - 1];
          if (block.size > 0 && last !== block.mark) throw new Error(`${where}: last value lost`);
          for (let line = block.address / 16; line < (block.address + lines(block.size) * 16) / 16; line++)
            owner.delete(line);
          heap.free(block.address, block.size);
          used -= lines(block.size);
        } else {
          const size = below(10) === 0 ? below(5000) : below(3) === 0 ? 784 : below(200);
          const address = heap.allocate(size);
          for (let line = 0; line < lines(size); line++) {
            const before = owner.get(address / 16 + line);
            if (before !== undefined)
              throw new Error(
                `seed ${seed}, turn ${turn}: line ${line} of the block at ${address} belongs to block ${before}`,
              );
            owner.set(address / 16 + line, turn);
          }
          if (address + size > heap.floats.length)
            throw new Error(`seed ${seed}, turn ${turn}: a block beyond the memory`);
          heap.floats.fill(turn, address, address + size);
          live.push({ address, size, mark: turn });
          used += lines(size);
        }
        if (turn % 500 === 0) expect(heap.usage()).toMatchObject({ blocks: live.length, usedBytes: used * 64 });
      }
      // After all blocks are freed, one block of nearly the whole size must fit without growth: no memory is lost to
      // fragments.
      for (const block of live) heap.free(block.address, block.size);
      const { capacityBytes } = heap.usage();
      heap.allocate(capacityBytes / 4 - 32);
      expect(heap.usage().capacityBytes).toBe(capacityBytes);
    },
  );
});

function lines(size: number): number {
  return Math.max(Math.ceil(size / 16), 1);
}
