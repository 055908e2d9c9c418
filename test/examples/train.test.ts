/** Runs the example as a user does, in its own process, on a few digits. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { decodeSafetensors } from '../../src/io/safetensors.ts';
import { readPng } from '../image/png-reader.ts';
import { readEvents } from '../node/event-reader.ts';

const folder = mkdtempSync(join(tmpdir(), 'ganvas-example-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

/** With `--import tsx` signals and exit codes are those of the example; the tsx command is a parent process. */
function start(...args: string[]): Run {
  const environment = { ...process.env, CI: '1' };
  const child = spawn(process.execPath, ['--import', 'tsx', 'examples/train.ts', ...args], { env: environment });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

const rowsOf = (run: string): string[] => readFileSync(join(run, 'losses.csv'), 'utf8').trimEnd().split('\n').slice(1);

const FEW = ['--limit', '20', '--batch-size', '8'];
const SMALL = ['--model', 'dense', ...FEW];

describe('examples/train.ts', () => {
  test('two epochs: a line and a readable 4 x 4 grid for each, a row of losses for each of 2 x 3 steps, weights', async () => {
    const out = join(folder, 'two');
    const { code, stdout, stderr } = await start('--epochs', '2', ...SMALL, '--out', out).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').filter((line) => /^epoch [12]\/2 {2}generator loss \d/.test(line)).length).toBe(2);
    expect(stdout).toContain(out);
    expect(readdirSync(out).sort()).toEqual([
      ...['checkpoints', 'discriminator.safetensors', 'epoch-001.png', 'epoch-002.png', 'generator.safetensors'],
      ...['interpolation.apng', 'interpolation.png', 'losses.csv', 'losses.svg', 'report.html', 'run.json'],
      ...['training.apng', 'weights'],
    ]);
    const pictures = ['001', '002'].map((epoch) => readPng(readFileSync(join(out, `epoch-${epoch}.png`))));
    for (const { width, height } of pictures) expect([width, height]).toEqual([488, 488]);
    expect(Buffer.compare(pictures[0]!.pixels, pictures[1]!.pixels)).not.toBe(0);

    const [header, ...rows] = readFileSync(join(out, 'losses.csv'), 'utf8').trimEnd().split('\n');
    expect(header).toBe('epoch,step,generator_loss,discriminator_loss');
    const values = rows.map((row) => row.split(',').map(Number));
    expect(values.map(([epoch, step]) => `${epoch}.${step}`)).toEqual('1.1 1.2 1.3 2.1 2.2 2.3'.split(' '));
    expect(values.flat().every((value) => Number.isFinite(value) && value > 0)).toBe(true);

    // 561,184 + 3,104 and 534,273 + 1,536 values: the parameter counts of the two dense models.
    for (const [name, count] of Object.entries({ generator: 564_288, discriminator: 535_809 })) {
      const { tensors } = decodeSafetensors(readFileSync(join(out, `${name}.safetensors`)));
      expect(Object.keys(tensors).every((key) => key.startsWith(`${name}.`))).toBe(true);
      expect(Object.values(tensors).reduce((sum, one) => sum + one.size, 0)).toBe(count);
    }
  });

  test('without --model it trains the compact pair, and draws with the averaged weights, which it saves', async () => {
    const out = join(folder, 'compact');
    const { code, stderr } = await start('--epochs', '1', ...FEW, '--out', out).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))).toMatchObject({ model: 'compact', width: 1 });
    const { tensors } = decodeSafetensors(readFileSync(join(out, 'generator-average.safetensors')));
    expect(Object.keys(tensors)).toContain('generator.0.kernel');
  });

  test('--images: draws in colour what is in a folder of PNGs, with and without classes', async () => {
    const [shapes, out] = [join(folder, 'shapes'), join(folder, 'coloured')];
    const program = ['--import', 'tsx', 'examples/make-shapes.ts', shapes, '4'];
    expect(execFileSync(process.execPath, program, { encoding: 'utf8' })).toContain('3 folders of 4 pictures');
    const few = ['--images', shapes, '--epochs', '1', '--batch-size', '6', '--limit', '11', '--size', '16'];
    for (const model of ['conditional', 'compact', 'autoencoder']) {
      const { code, stdout, stderr } = await start(...few, '--model', model, '--out', out).ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('11 pictures, 2 steps per epoch');
      const { width, height, pixels } = readPng(readFileSync(join(out, 'epoch-001.png')));
      const columns = { conditional: 10, compact: 4, autoencoder: 8 }[model]!;
      const scale = { conditional: 3, compact: 7, autoencoder: 3 }[model]!;
      expect([width, pixels.length]).toEqual([scale * (18 * columns + 2), width * height * 3]);
      expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('11 images of 16 × 16 pixels, in colour');
      expect(JSON.parse(readFileSync(join(out, 'run.json'), 'utf8'))).toMatchObject({ model, imageShape: [16, 16, 3] });
    }
  }, 240_000);

  test('Ctrl-C stops after the step, saves, and exits with 130; --resume ends with the same bits', async () => {
    const out = join(folder, 'stopped');
    const { child, ended } = start('--epochs', '5000', ...SMALL, '--out', out);
    let pressed = false;
    child.stdout?.on('data', (data) => {
      // The first line of an epoch shows that the training runs. A second press would end it without saving.
      if (!pressed && String(data).includes('epoch ')) pressed = child.kill('SIGINT');
    });
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toMatch(/^Stopped.*\n$/);
    expect(stderr).toContain(out);
    const report = readFileSync(join(out, 'report.html'), 'utf8');
    expect(report).toContain(`To go on: <code>npm run train -- --resume --out ${out}</code>`);
    const stopped = Number(rowsOf(out).at(-1)!.split(',')[0]);
    expect(stderr).toContain(`npm run train -- --resume --out ${out}`);
    const resumed = await start('--resume', '--out', out, '--epochs', `${stopped + 1}`).ended;
    expect({ code: resumed.code, stderr: resumed.stderr }).toEqual({ code: 0, stderr: '' });
    expect(resumed.stdout).toMatch(/^resuming from .*checkpoint-\d+\.safetensors in epoch \d+ with \d+ steps done$/m);

    const straight = join(folder, 'straight');
    expect((await start('--epochs', `${stopped + 1}`, ...SMALL, '--out', straight).ended).code).toBe(0);
    expect(rowsOf(out)).toEqual(rowsOf(straight));
    for (const name of ['generator.safetensors', 'discriminator.safetensors', 'epoch-001.png']) {
      const [one, other] = [out, straight].map((run) => readFileSync(join(run, name)));
      expect(Buffer.compare(one!, other!), name).toBe(0);
    }

    const before = ['run.json', 'losses.csv'].map((name) => readFileSync(join(out, name), 'utf8'));
    const refused = await start('--resume', '--out', out, '--batch-size', '8', '--beta1', '0.6').ended;
    expect(refused.stderr).toContain(`--beta1 0.6 contradicts the run in ${out}, which was started without --beta1.`);
    expect(refused.code).toBe(2);
    expect(['run.json', 'losses.csv'].map((name) => readFileSync(join(out, name), 'utf8'))).toEqual(before);
    // Four processes of a second or two each; many times that on a busy machine.
  }, 240_000);

  test('the autoencoder is resumed by --resume with the same bits, also by a run.json without flags', async () => {
    const [parts, whole] = ['autoencoder-parts', 'autoencoder-whole'].map((name) => join(folder, name));
    const run = (epochs: number, out: string, ...more: string[]) =>
      start('--model', 'autoencoder', '--epochs', `${epochs}`, ...FEW, '--out', out, ...more).ended;
    expect((await run(1, parts!, '--tensorboard')).code).toBe(0);
    const description = join(parts!, 'run.json');
    const { flags, ...earlier } = JSON.parse(readFileSync(description, 'utf8'));
    expect(flags).toEqual({ limit: 20, keep: '1,5,20,50,100', kernels: 'auto', tensorboard: true });
    writeFileSync(description, JSON.stringify(earlier));
    const refused = await start('--resume', '--out', parts!).ended;
    expect(refused.stderr).toMatch(/was trained on 20 images, and there are 10000\. .* give --data, --images, --size/);
    expect(refused.code).toBe(2);
    const resumed = await start('--resume', '--out', parts!, '--epochs', '2', '--limit', '20', '--tensorboard').ended;
    const events = readdirSync(parts!)
      .filter((name) => name.startsWith('events.out.tfevents.'))
      .sort();
    // The second file starts with the fourth step: an epoch of 20 digits has three.
    expect(events.map((name) => readEvents(join(parts!, name))[1])).toEqual([
      { step: 1, content: 'start' },
      { step: 4, content: 'start' },
    ]);
    expect({ code: resumed.code, stderr: resumed.stderr }).toEqual({ code: 0, stderr: '' });
    expect(resumed.stdout).toMatch(/^resuming from .*checkpoint-\d+\.safetensors in epoch 2 with 0 steps done$/m);
    expect((await run(2, whole!)).code).toBe(0);
    expect(rowsOf(parts!)).toEqual(rowsOf(whole!));
    for (const name of ['generator.safetensors', 'encoder.safetensors', 'epoch-002.png']) {
      const [one, other] = [parts!, whole!].map((out) => readFileSync(join(out, name)));
      expect(Buffer.compare(one!, other!), name).toBe(0);
    }
  }, 240_000);

  test('a closed pipe stops the training with exit code 141 and without a stack', async () => {
    const { child, ended } = start('--epochs', '5000', ...SMALL, '--out', join(folder, 'unread'));
    child.stdout?.once('data', () => child.stdout?.destroy());
    const { code, stderr } = await ended;
    expect(code).toBe(141);
    expect(stderr).toMatch(/^Stopped.*\n$/);
  });

  test('prints a sentence without a stack for a mistake; exit code 2 for the command line, else 1', async () => {
    const misspelt = await start('--epoch', '3').ended;
    expect(misspelt).toEqual({
      code: 2,
      stdout: '',
      stderr: 'unknown option --epoch. Did you mean --epochs?\nnpm run train -- --help lists the options.\n',
    });
    const missing = await start('--data', join(folder, 'nowhere'), '--out', join(folder, 'unused')).ended;
    expect(missing.code).toBe(1);
    expect(missing.stderr).toContain('nowhere');
    expect(missing.stderr).not.toMatch(/\n {4}at /);
    expect(existsSync(join(folder, 'unused'))).toBe(false);
  });
});
