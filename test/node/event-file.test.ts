import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type EventContent, encodeEvent } from '../../src/node/event-file.ts';

interface Case {
  readonly name: string;
  readonly wallTime: number;
  readonly step: number;
  readonly content: EventContent;
  readonly record: string;
}

/** A PNG is base64 in the JSON. */
const revive = (key: string, value: unknown): unknown =>
  key === 'png' ? new Uint8Array(Buffer.from(String(value), 'base64')) : value;
const path = new URL('../fixtures/event_files.json', import.meta.url);
const cases: readonly Case[] = JSON.parse(readFileSync(path, 'utf8'), revive);

test.each(cases)('$name: the bytes of protobuf 4.21 and crcmod, by test/fixtures/event_files.py', (one) => {
  expect(Buffer.from(encodeEvent(one.wallTime, one.step, one.content)).toString('hex')).toBe(one.record);
});
