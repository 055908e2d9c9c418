import { describe, expect, test } from 'vitest';
import { colorMode, createDashboard, isLive, type TerminalStream } from '../../src/node/terminal.ts';
import { pseudoBytes } from '../image/png-reader.ts';

interface FakeStream extends TerminalStream {
  readonly written: string[];
  columns: number;
  rows: number;
  writable: boolean;
}

function fakeStream(isTTY: boolean, columns = 80, rows = 24, depth = 24): FakeStream {
  const written: string[] = [];
  const write = (text: string): void => void written.push(text);
  return { written, write, isTTY, columns, rows, writable: true, getColorDepth: () => depth };
}

const samples = { shape: [16, 28, 28, 1], data: Float32Array.from(pseudoBytes(3, 16 * 784), (b) => b / 127.5 - 1) };
const losses = { generatorLoss: 0.7, discriminatorLoss: 1.2 };

/** Two epochs of 200 steps, 10 ms a step. */
function train(stream: FakeStream, environment: Record<string, string>): string {
  let time = 0;
  const dashboard = createDashboard({ epochs: 2, stepsPerEpoch: 200, stream, environment, now: () => time });
  for (let epoch = 1; epoch <= 2; epoch++) {
    for (let step = 1; step <= 200; step++) {
      time += 10;
      dashboard.onStep({ epoch, step, ...losses });
    }
    dashboard.onEpoch({ epoch, ...losses, samples, seconds: 2 });
  }
  dashboard.close();
  return stream.written.join('');
}

describe('samples that are no pictures', () => {
  const shapes: readonly (readonly number[])[] = [[10, 2], [4, 8, 8, 2], [6, 5, 5, 5, 1], [0, 28, 28, 1], [16]];
  test.each(shapes.map((shape) => [shape]))('of shape %j are left out, and the training goes on', (shape) => {
    const stream = fakeStream(true);
    const dashboard = createDashboard({ epochs: 2, stepsPerEpoch: 1, stream, environment: {}, now: () => 0 });
    const size = shape.reduce((product, side) => product * side, 1);
    dashboard.onEpoch({ epoch: 1, ...losses, samples: { shape, data: new Float32Array(size) }, seconds: 2 });
    const text = stream.written.join('');
    expect(text).toContain('epoch 1/2');
    expect(text).not.toContain('\u2580');
  });

  test('a NaN among the values leaves the picture out', () => {
    const stream = fakeStream(true);
    const dashboard = createDashboard({ epochs: 2, stepsPerEpoch: 1, stream, environment: {}, now: () => 0 });
    const data = new Float32Array(2 * 16).fill(Number.NaN);
    dashboard.onEpoch({ epoch: 1, ...losses, samples: { shape: [2, 4, 4, 1], data }, seconds: 2 });
    expect(stream.written.join('')).not.toContain('\u2580');
  });
});

/**
 * What a terminal of this width shows in the end: knows \r, \n, cursor up, erase to the end of line or screen, colours.
 */
function screenOf(text: string, columns: number): string[] {
  const lines: string[] = [''];
  let row = 0;
  let column = 0;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
  for (const [token, count, command] of text.matchAll(/\x1b\[([\d;]*)([A-Za-z])|[\s\S]/gu)) {
    if (command === 'A') row = Math.max(0, row - Number(count));
    else if (command === 'K') lines[row] = lines[row]!.slice(0, column);
    else if (command === 'J') lines.splice(row, Infinity, lines[row]!.slice(0, column));
    else if (command === 'm') continue;
    else if (command !== undefined) expect.fail(`unknown sequence ${JSON.stringify(token)}`);
    else if (token === '\r') column = 0;
    else if (token === '\n') {
      column = 0;
      if (++row === lines.length) lines.push('');
    } else {
      lines[row] = lines[row]!.slice(0, column).padEnd(column) + token + lines[row]!.slice(column + 1);
      column++;
      if (column >= columns) expect.fail(`line ${row} reaches the last column`);
    }
  }
  return lines;
}

describe('in a terminal', () => {
  test('ends with a line an epoch and the last samples, the bar gone, at 20 to 99 columns', () => {
    for (const columns of [20, 40, 80, 99]) {
      const stream = fakeStream(true, columns);
      const screen = screenOf(train(stream, {}), columns);
      expect(screen[0], `${columns} columns`).toMatch(/^epoch 1\/2/);
      expect(screen[1]).toMatch(/^epoch 2\/2/);
      expect(screen.filter((line) => line.startsWith('epoch')).length).toBe(2);
      expect(screen.at(-1)).toBe('');
      const picture = screen.slice(2, -1);
      expect(picture.length).toBeGreaterThan(8);
      expect(picture.every((line) => /^▀+$/.test(line))).toBe(true);
      expect(screen.length).toBeLessThanOrEqual(stream.rows);
    }
  });

  test('from 100 columns on the curves of both losses stand beside the samples, in what room there is', () => {
    for (const [columns, rows] of [
      [100, 24],
      [140, 40],
      [200, 24],
    ] as const) {
      const screen = screenOf(train(fakeStream(true, columns, rows), {}), columns);
      const picture = screen.slice(2, -1);
      expect(
        picture.every((line) => /^▀+( {2}.*)?$/.test(line)),
        `${columns} columns`,
      ).toBe(true);
      const panel = picture.map((line) => line.replace(/^▀+/, ''));
      expect(panel.filter((line) => line.includes('generator loss 0.7000')).length).toBe(1);
      expect(panel.filter((line) => line.includes('discriminator loss 1.2000')).length).toBe(1);
      expect(panel.filter((line) => line.endsWith('steps 1 to 400')).length).toBe(1);
      // Braille characters, of which those without a dot are spaces of the plot.
      expect(panel.join('')).toMatch(/[\u2801-\u28ff]{20}/);
    }
  });

  test('curves are drawn again at most once a second, not before the first samples, nor after a change of width', () => {
    const stream = fakeStream(true, 120);
    train(stream, {});
    const drawn = stream.written.filter((text) => text.includes('steps 1 to'));
    // After each of the two epochs, which end after 2 and 4 seconds, and before that in the steps after 3 and 4
    // seconds.
    expect(drawn.length).toBe(4);
    let time = 0;
    const other = fakeStream(true, 120);
    const dashboard = createDashboard({ epochs: 3, stepsPerEpoch: 9, stream: other, environment: {}, now: () => time });
    dashboard.onStep({ epoch: 1, step: 9, ...losses });
    dashboard.onEpoch({ epoch: 1, ...losses, samples, seconds: 1 });
    other.columns = 110;
    time = 5000;
    dashboard.onStep({ epoch: 2, step: 1, ...losses });
    expect(other.written.at(-1)).toMatch(/^\repoch 2\/3/);
  });

  test('a note stands between the samples and the bar until it is replaced, and goes with the bar', () => {
    const stream = fakeStream(true);
    const dashboard = createDashboard({ epochs: 3, stepsPerEpoch: 9, stream, environment: {}, now: () => 0 });
    dashboard.note('p pause');
    dashboard.onStep({ epoch: 1, step: 1, ...losses });
    dashboard.onEpoch({ epoch: 1, ...losses, samples, seconds: 1 });
    dashboard.note('Paused. '.repeat(20));
    let screen = screenOf(stream.written.join(''), 80);
    expect(screen.length).toBeLessThanOrEqual(stream.rows);
    expect(screen.filter((line) => /^(p pause|Paused)/.test(line))).toEqual(['Paused. '.repeat(20).slice(0, 79)]);
    expect(screen.at(-2)).toMatch(/^Paused/);
    expect(screen.at(-1)).toMatch(/^epoch 1\/3/);
    dashboard.close();
    screen = screenOf(stream.written.join(''), 80);
    expect(screen.at(-1)).toBe('');
    expect(screen.at(-2)).toMatch(/^▀+$/);
    const plain = fakeStream(false);
    createDashboard({ epochs: 1, stepsPerEpoch: 1, stream: plain, environment: {} }).note('p pause');
    expect(plain.written).toEqual([]);
  });

  test('redraws at most ten times a second: 400 steps in 4 s are at most 42 bars', () => {
    const stream = fakeStream(true);
    train(stream, {});
    expect(stream.written.filter((text) => text.includes('steps/s')).length).toBeGreaterThan(20);
    // Forty in time, one more for the last step of each epoch; beside them two epochs and the end.
    expect(stream.written.length).toBeLessThanOrEqual(42 + 3);
  });

  test('shows 100 steps a second and the time left at 10 ms a step', () => {
    const stream = fakeStream(true, 100);
    train(stream, {});
    const bars = stream.written.filter((text) => text.includes('steps/s'));
    expect(bars[0]).toMatch(/100 steps\/s {2}0:03 left/);
    expect(bars.at(-1)).toMatch(/200\/200 .* 100 steps\/s {2}0:00 left/);
  });

  test('NO_COLOR: no colour sequence, but a picture; a stream of 256 colours gets no 24-bit one', () => {
    const plain = fakeStream(true);
    const text = train(plain, { NO_COLOR: '1' });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one.
    expect(text).not.toMatch(/\x1b\[[\d;]*m/);
    expect(screenOf(text, 80).slice(2, -1).join('')).toMatch(/^[ .:\-=+*#%@]{200,}$/);
    const text256 = train(fakeStream(true, 80, 24, 8), {});
    expect(text256).toContain('\x1b[38;5;');
    expect(text256).not.toContain('38;2;');
  });

  test('a terminal that does not know its size counts as 80 columns and 24 rows', () => {
    const known = train(fakeStream(true, 80, 24), {});
    expect(train(fakeStream(true, 0, 0), {})).toBe(known);
    expect(train(fakeStream(true, 60, 24), {})).not.toBe(known);
    expect(train(fakeStream(true, 80, 12), {})).not.toBe(known);
  });

  test('after a change of width the old lines stay, and nothing above them is erased', () => {
    const stream = fakeStream(true);
    const dashboard = createDashboard({ epochs: 3, stepsPerEpoch: 1, stream, environment: {} });
    dashboard.onEpoch({ epoch: 1, ...losses, samples, seconds: 1 });
    stream.columns = 60;
    dashboard.onEpoch({ epoch: 2, ...losses, samples, seconds: 1 });
    expect(stream.written.at(-1)).not.toMatch(/\d+A/);
    dashboard.onEpoch({ epoch: 3, ...losses, samples, seconds: 1 });
    expect(stream.written.at(-1)).toContain('A');
  });

  test('print writes above the samples, and close is final', () => {
    const stream = fakeStream(true);
    const dashboard = createDashboard({ epochs: 3, stepsPerEpoch: 9, stream, environment: {} });
    dashboard.onEpoch({ epoch: 1, ...losses, samples, seconds: 1 });
    dashboard.onStep({ epoch: 2, step: 1, ...losses });
    dashboard.print('saved');
    const screen = screenOf(stream.written.join(''), 80);
    expect(screen[1]).toBe('saved');
    expect(screen[2]).toMatch(/^▀+$/);
    expect(screen.at(-1)).toMatch(/^epoch 2\/3/);
    dashboard.close();
    dashboard.close();
    dashboard.onStep({ epoch: 2, step: 2, ...losses });
    expect(screenOf(stream.written.join(''), 80).at(-1)).toBe('');
  });
});

describe('elsewhere', () => {
  test('one plain line an epoch: no terminal, CI set, TERM dumb', () => {
    for (const text of [
      train(fakeStream(false), {}),
      train(fakeStream(true), { CI: 'true' }),
      train(fakeStream(true), { TERM: 'dumb' }),
    ]) {
      expect(text).toBe(
        'epoch 1/2  generator loss 0.7000  discriminator loss 1.2000  2.0 s  0:02 left\n' +
          'epoch 2/2  generator loss 0.7000  discriminator loss 1.2000  2.0 s\n',
      );
    }
  });

  test('print writes a plain line', () => {
    const stream = fakeStream(false);
    createDashboard({ epochs: 1, stepsPerEpoch: 1, stream, environment: {} }).print('saved');
    expect(stream.written).toEqual(['saved\n']);
  });

  test('a closed stream is not written to', () => {
    const stream = fakeStream(false);
    stream.writable = false;
    expect(train(stream, {})).toBe('');
  });
});

test('isLive: CI counts unless it is empty, 0 or false', () => {
  const stream = fakeStream(true);
  expect(['', '0', 'false'].every((CI) => isLive(stream, { CI }))).toBe(true);
  expect(['1', 'true', 'woodpecker'].some((CI) => isLive(stream, { CI }))).toBe(false);
});

test('colorMode: NO_COLOR counts unless it is empty; else the depth of the stream decides', () => {
  expect(colorMode(fakeStream(true), { NO_COLOR: '' })).toBe('truecolor');
  expect(colorMode(fakeStream(true), { NO_COLOR: '0' })).toBe('none');
  expect([24, 8, 4, 1].map((depth) => colorMode(fakeStream(true, 80, 24, depth), {}))).toEqual([
    'truecolor',
    '256',
    'none',
    'none',
  ]);
});

test('colorMode: a stream without getColorDepth() has no colours', () => {
  const { getColorDepth: _, ...stream } = fakeStream(true);
  expect(colorMode(stream, {})).toBe('none');
});
