/** Where a run was trained, for run.json: machine, engine, package, kernels and threads. */
import { readFileSync } from 'node:fs';
import { describeMachine, type Machine } from '../../bench/support/machine.ts';
import { type RuntimeInfo, runtimeInfo } from '../../src/index.ts';

export interface Environment {
  readonly machine: Machine;
  /** Version of this package. */
  readonly ganvas: string;
  /** Kernels and threads in use, and why. */
  readonly runtime: RuntimeInfo;
}

/** Call it while or after something runs: trainGan chooses the threads. */
export function describeEnvironment(): Environment {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const version = typeof manifest === 'object' && manifest !== null && 'version' in manifest ? manifest.version : '';
  return { machine: describeMachine(), ganvas: String(version), runtime: runtimeInfo() };
}
