/** Describes the machine of a measurement. */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

export interface Machine {
  readonly processor: string;
  /** The number of threads that the benchmark uses. */
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  /** Of the last minute before the benchmark started. */
  readonly loadAverage: number;
}

export function describeMachine(): Machine {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    loadAverage: loadavg()[0] ?? 0,
  };
}

export function machineLines(machine: Machine): string {
  const { processor, cores, memoryGiB, node, v8, platform, loadAverage } = machine;
  const lines = [
    `${processor}, ${cores} cores, ${memoryGiB} GiB; Node ${node} (V8 ${v8}), ${platform}`,
    `load average ${loadAverage.toFixed(2)}`,
  ];
  if (loadAverage > 0.5) lines.push('Other programs are running: the figures are uncertain, medians more than minima.');
  return lines.join('\n');
}
