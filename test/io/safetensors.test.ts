import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scope } from '../../src/autograd/scope.ts';
import { Tensor, tensor, variable, zeros } from '../../src/autograd/tensor.ts';
import { ArgumentError, FormatError } from '../../src/core/errors.ts';
import { decodeSafetensors, encodeSafetensors } from '../../src/io/safetensors.ts';
import { encodeTensorFile } from '../../src/io/tensor-file.ts';
import { heap } from '../../src/kernels/runtime.ts';
import { detached } from '../support/detached.ts';
import { thrownBy } from '../support/thrown.ts';
import { countingEntry, fileFromHeader } from './safetensors-fuzz.ts';

const bitsOf = ({ data }: Tensor): number[] => [...new Uint32Array(data.slice().buffer)];

describe('encodeSafetensors and decodeSafetensors', () => {
  it('keep names, shapes, metadata and every bit of every value', () => {
    const tensors = {
      kernel: tensor(Float32Array.of(0.1, -0, Infinity, 1e-45, 3.4028234663852886e38, -7), [2, 3]),
      bias: variable(tensor([1, 2, 3]), 'bias'),
      scalar: tensor(42),
      empty: zeros([0, 4]),
    };
    const read = decodeSafetensors(encodeSafetensors(tensors, { epoch: '12' }));
    expect(Object.keys(read.tensors).sort()).toEqual(Object.keys(tensors).sort());
    for (const [name, { shape, data }] of Object.entries(tensors)) {
      const found = read.tensors[name]!;
      expect(found, name).toBeInstanceOf(Tensor);
      expect(found.shape, name).toEqual(shape);
      expect(Buffer.compare(Buffer.from(found.data.slice().buffer), Buffer.from(data.slice().buffer)), name).toBe(0);
    }
    expect({ ...read.metadata }).toEqual({ epoch: '12' });
    expect(Object.keys(decodeSafetensors(encodeSafetensors(tensors)).metadata)).toEqual([]);
  });

  it('keep the payload of a NaN', () => {
    const words = Uint32Array.of(0x7fc12345, 0xffc00001);
    const made = tensor(new Float32Array(words.buffer));
    expect(bitsOf(decodeSafetensors(encodeSafetensors({ made })).tensors['made']!)).toEqual(bitsOf(made));
  });

  it('give the same bytes for an object and a Map in any order', () => {
    const [a, b] = [tensor([1]), tensor([2])];
    const bytes = encodeSafetensors({ a, b });
    expect(
      encodeSafetensors(
        new Map([
          ['b', b],
          ['a', a],
        ]),
      ),
    ).toEqual(bytes);
    expect(encodeSafetensors({ a, b: tensor([3]) })).not.toEqual(bytes);
  });

  it('treat __proto__ and constructor as names like any other', () => {
    const names = ['__proto__', 'constructor', 'toString'];
    const { tensors } = decodeSafetensors(encodeSafetensors(new Map(names.map((name, i) => [name, tensor([i])]))));
    expect(Object.getPrototypeOf(tensors)).toBeNull();
    expect(names.map((name) => tensors[name]!.item())).toEqual([0, 1, 2]);
    expect('hasOwnProperty' in tensors).toBe(false);
  });

  it('read from any offset, from a Buffer and from shared memory', () => {
    const file = encodeSafetensors({ a: tensor([1.5, -2.5]) });
    for (let offset = 0; offset < 5; offset++) {
      const shared = new Uint8Array(new SharedArrayBuffer(offset + file.length), offset);
      shared.set(file);
      for (const bytes of [shared, Buffer.from(shared)]) {
        expect([...decodeSafetensors(bytes).tensors['a']!.data]).toEqual([1.5, -2.5]);
      }
    }
  });

  it('return copies, so a later change of the bytes does not change the tensors', () => {
    const file = encodeSafetensors({ a: tensor([1.5]) });
    const { a } = decodeSafetensors(file).tensors;
    file.fill(0);
    expect(a!.item()).toBe(1.5);
  });
});

describe('decodeSafetensors', () => {
  it('converts element types written by the reference implementation (test/safetensors-peer/reference.py)', () => {
    const bytes = readFileSync(new URL('./fixtures/reference.safetensors', import.meta.url));
    const { tensors } = decodeSafetensors(bytes);
    // Element i is i in unsigned types, i - 3 in signed ones, (i - 3) / 4 in floating ones.
    const expected: Record<string, (i: number) => number> = {
      bool: (i) => i % 2,
      ...Object.fromEntries(['uint8', 'uint16', 'uint32', 'uint64'].map((name) => [name, (i: number) => i])),
      ...Object.fromEntries(['int8', 'int16', 'int32', 'int64'].map((name) => [name, (i: number) => i - 3])),
      ...Object.fromEntries(['float16', 'float32', 'float64'].map((name) => [name, (i: number) => (i - 3) / 4])),
    };
    for (const [name, value] of Object.entries(expected)) {
      const { data, size } = tensors[name]!;
      expect(size, name).toBeGreaterThan(1);
      expect([...data], name).toEqual(Array.from({ length: size }, (_, i) => value(i)));
    }
    expect(tensors['float32']!.shape).toEqual([2, 3, 4]);
    expect(Object.keys(tensors).length).toBe(20);
  });

  it('frees all tensors if one cannot be converted, and gives its offset', () => {
    const file = encodeTensorFile([countingEntry('b', 'F32', [1]), countingEntry('a', 'F8_E4M3', [1])]);
    const { blocks } = heap().usage();
    const { message } = thrownBy(FormatError, () => decodeSafetensors(file));
    expect(heap().usage().blocks).toBe(blocks);
    // The last byte of the file: wide types come first.
    expect(message).toContain(`the tensor "a" is F8_E4M3, which has no conversion to float32`);
    expect(message).toContain(`(at byte ${file.length - 1})`);
  });

  it('refuses more elements than a tensor can have, before it allocates memory for them', () => {
    const header = `{"a":{"dtype":"U8","shape":[${2 ** 30}],"data_offsets":[0,${2 ** 30}]}}`;
    const beginning = fileFromHeader(header.padEnd(Math.ceil(header.length / 8) * 8));
    // The system allocates zeros lazily: they take no memory until they are used.
    const file = new Uint8Array(beginning.length + 2 ** 30);
    file.set(beginning);
    const { capacityBytes, usedBytes } = heap().usage();
    const error = thrownBy(FormatError, () => decodeSafetensors(file));
    expect(error.message).toBe(
      `decodeSafetensors: the tensor "a" has 1073741824 elements; at most 1073741823 fit (at byte ${beginning.length})`,
    );
    expect(heap().usage()).toMatchObject({ capacityBytes, usedBytes });
  });

  it.each([
    ['[4294967295,0]', /the tensor "a" has no elements, but its other dimensions multiply to 4294967295/],
    ['[0,1099511627776]', /the tensor "a" has no elements, but its other dimensions multiply to 1099511627776/],
    [`[${'1,'.repeat(19_999)}0]`, /a dimension too many; at most 64 fit/],
  ])('refuses the shape %.20s of a tiny file without looping over it', (shape, says) => {
    const file = fileFromHeader(`{"a":{"dtype":"F32","shape":${shape},"data_offsets":[0,0]}}`);
    expect(thrownBy(FormatError, () => decodeSafetensors(file)).message).toMatch(says);
  });

  it('reads an ArrayBuffer, such as fetch() gives, and refuses a detached one', () => {
    const file = encodeSafetensors({ a: tensor([1.5]) });
    const buffer = file.slice().buffer;
    expect(decodeSafetensors(buffer).tensors['a']!.item()).toBe(1.5);
    structuredClone(buffer, { transfer: [buffer] });
    expect(thrownBy(ArgumentError, () => decodeSafetensors(buffer)).message).toMatch(/bytes was transferred/);
    expect(thrownBy(ArgumentError, () => decodeSafetensors(detached(file.slice()))).message).toMatch(/lost its memory/);
  });

  it('keeps messages short and printable, whatever the names in the file are', () => {
    const name = `\\u001b[2J\\u202e${'x'.repeat(30_000_000)}`;
    const header = `{"${name}":{"dtype":"F8_E4M3","shape":[],"data_offsets":[0,1]}}`;
    const { message } = thrownBy(FormatError, () => decodeSafetensors(fileFromHeader(header, new Uint8Array(1))));
    expect(message.length).toBeLessThan(500);
    expect(message).toMatch(/^decodeSafetensors: the tensor "\\u\{1b\}\[2J\\u\{202e\}xxx/);
  });

  it('returns tensors that can leave the scope they were read in', () => {
    const file = encodeSafetensors({ a: tensor([1.5]), b: tensor([2.5]) });
    const { tensors } = scope(() => decodeSafetensors(file));
    expect([tensors['a']!.item(), tensors['b']!.item()]).toEqual([1.5, 2.5]);
  });
});
