/** The writer of Protocol Buffers: the examples of its documentation, and what the reader of the tests reads. */
import { expect, it } from 'vitest';
import { Message } from '../../src/onnx/protobuf.ts';
import { readMessage } from './read-protobuf.ts';

it('writes the examples of the documentation of the encoding', () => {
  const nested = new Message().integer(1, 150);
  expect([...nested.toBytes()]).toEqual([0x08, 0x96, 0x01]);
  expect([...new Message().string(2, 'testing').toBytes()]).toEqual([0x12, 0x07, ...Buffer.from('testing')]);
  expect([...new Message().message(3, nested).toBytes()]).toEqual([0x1a, 0x03, 0x08, 0x96, 0x01]);
  expect([...new Message().integer(1, -2).toBytes()]).toEqual([0x08, 0xfe, ...Array(8).fill(0xff), 0x01]);
});

it('writes every field so that it is read again, repeated ones in order', () => {
  const numbers = [0, 1, 127, 128, 16_384, 2 ** 31, 2 ** 53 - 1, -1, -(2 ** 53 - 1)];
  const message = new Message().float(20, -1.5).bytes(4, Uint8Array.of(7, 8)).string(5, 'ü');
  for (const one of numbers) message.integer(3, one);
  const fields = readMessage(message.toBytes());
  expect(fields.get(3)).toEqual(numbers.map(BigInt));
  expect(fields.get(4)).toEqual([Uint8Array.of(7, 8)]);
  expect(fields.get(5)).toEqual([Uint8Array.of(0xc3, 0xbc)]);
  expect(fields.get(20)).toEqual([Uint8Array.of(0, 0, 0xc0, 0xbf)]);
  expect(message.length).toBe(message.toBytes().length);
});
