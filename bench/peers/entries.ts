/** The peers of each model, and how they are started. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CONV, DENSE } from './data.ts';
import type { Command } from './peer.ts';

export interface Entry extends Command {
  /** Steps in a round, and the number of rounds. Slow peers have fewer. */
  readonly steps: number;
  readonly rounds: number;
}

export const MODEL_NAMES = ['dense', 'conv'] as const;
export type ModelName = (typeof MODEL_NAMES)[number];

export interface Comparison {
  /** The name of the model. */
  readonly title: string;
  /** The first is ganvas on one thread. The losses of the others are compared with its losses. */
  readonly entries: readonly Entry[];
}

/** @param cores - the most threads of a peer. Peers that can use threads are measured with one and with all. */
export function comparisonOf(model: ModelName, cores: number): Comparison {
  const threadCounts = cores > 1 ? [1, cores] : [1];
  return model === 'dense' ? denseComparison(threadCounts) : convComparison(threadCounts);
}

function denseComparison(threadCounts: readonly number[]): Comparison {
  return {
    title: `the dense GAN, batch ${DENSE.batchSize}`,
    entries: [
      ...ganvas('dense', threadCounts),
      ...threadCounts.map((n) => python(`PyTorch, ${threadCount(n)}`, 'gan_step.py', n)),
      node('jax-js, tuned', 'jax.ts', [], 5, 10),
      node('tfjs-wasm, tuned', 'tfjs-tuned.ts', [], 5, 10),
      node('tfjs-wasm, tf.layers', 'tfjs-layers.ts', ['wasm'], 1, 10),
      node('tfjs-cpu, tf.layers', 'tfjs-layers.ts', ['cpu'], 1, 3),
    ],
  };
}

/** tfjs-cpu is left out: one such step takes about two minutes on its JavaScript backend. */
function convComparison(threadCounts: readonly number[]): Comparison {
  return {
    title: `the convolutional GAN, width 0.25, no dropout, batch ${CONV.batchSize}`,
    entries: [
      ...ganvas('conv', threadCounts),
      ...threadCounts.map((n) => python(`PyTorch, ${threadCount(n)}`, 'conv_step.py', n)),
      ...threadCounts.map((n) =>
        python(`PyTorch conv_transpose2d, ${threadCount(n)}`, 'conv_step.py', n, ['--transposed', 'native']),
      ),
      node('jax-js', 'jax-conv.ts', [], 1, 3),
      node('tfjs-wasm, tf.layers', 'tfjs-conv.ts', ['wasm'], 1, 10),
      node('tfjs-wasm, tf.layers, extended', 'tfjs-conv.ts', ['wasm', 'extended'], 1, 10),
    ],
  };
}

const folder = fileURLToPath(new URL('.', import.meta.url));

function ganvas(model: ModelName, threadCounts: readonly number[]): Entry[] {
  return [
    ...threadCounts.map((n) => node(`ganvas, ${threadCount(n)}`, 'ganvas.ts', [String(n), model], 10, 10)),
    ...threadCounts.map((n) => node(`ganvas wide, ${threadCount(n)}`, 'ganvas.ts', [String(n), model, 'wide'], 10, 10)),
  ];
}

/** Peers are run with the loader that runs this file. */
function node(name: string, script: string, args: readonly string[], steps: number, rounds: number): Entry {
  return { name, file: process.execPath, args: [...process.execArgv, join(folder, script), ...args], steps, rounds };
}

function python(name: string, script: string, threads: number, args: readonly string[] = []): Entry {
  return {
    name,
    file: process.env['PYTHON'] ?? '/usr/bin/python3',
    args: [join(folder, 'pytorch', script), '--serve', '--threads', String(threads), ...args],
    steps: 10,
    rounds: 10,
  };
}

function threadCount(n: number): string {
  return n === 1 ? '1 thread' : `${n} threads`;
}
