/** What the figures were measured on. A figure without its machine says nothing. */
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

export interface Machine {
  readonly processor: string;
  /** As many threads as the benchmark uses. */
  readonly cores: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  /** Over the last minute, when the benchmark began. */
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
  if (loadAverage > 0.5)
    lines.push('other programs are at work: trust minima more than medians, and nothing for certain');
  return lines.join('\n');
}
