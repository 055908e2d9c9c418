/** What the studio keeps beside a checkpoint: the settings and the curves. */
import { readPrivateFile, writePrivateFile } from '../private-files.ts';
import { LossRows } from './loss-rows.ts';
import { completed, namedSettings, type Settings } from './settings.ts';

export interface Session {
  readonly settings: Settings;
  readonly firstRates: readonly [generator: number, discriminator: number];
  readonly stepsBefore: number;
  readonly epochsBefore: number;
  /** Whether it was training when it was saved. */
  readonly isTraining: boolean;
  /** Epoch and distance in turn. */
  readonly distances: readonly number[];
}

const SESSION = 'session.json';
const LOSSES = 'losses.f32';

export async function saveSession(session: Session, losses: LossRows): Promise<void> {
  await writePrivateFile(SESSION, new TextEncoder().encode(JSON.stringify(session)));
  await writePrivateFile(LOSSES, new Uint8Array(losses.all().buffer));
}

/** Undefined if there is none, or none that can be read. */
export async function savedSession(): Promise<{ readonly session: Session; readonly losses: LossRows } | undefined> {
  const text = await readPrivateFile(SESSION);
  if (text === undefined) return undefined;
  const session = readSession(new TextDecoder().decode(text));
  if (session === undefined) return undefined;
  const bytes = (await readPrivateFile(LOSSES)) ?? new Uint8Array(0);
  const losses = new LossRows(new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / 4)));
  return { session, losses };
}

/** The file may be of an older studio, or cut off. */
function readSession(text: string): Session | undefined {
  try {
    const saved: Partial<Session> = JSON.parse(text);
    const { firstRates = [], stepsBefore = 0, epochsBefore = 0, isTraining = false, distances = [] } = saved;
    const entries = Object.entries(saved.settings ?? {}).map(([name, value]) => [name, `${value}`]);
    const settings = completed(namedSettings(new URLSearchParams(entries)));
    const { generatorRate, discriminatorRate } = settings;
    return {
      settings,
      firstRates: [Number(firstRates[0] ?? generatorRate), Number(firstRates[1] ?? discriminatorRate)],
      stepsBefore: Number(stepsBefore),
      epochsBefore: Number(epochsBefore),
      isTraining: isTraining === true,
      distances: Array.isArray(distances) ? distances.map(Number) : [],
    };
  } catch {
    return undefined;
  }
}
