/** What logs of a training share: the checks of their events, and errors that name the file and the remedy. */
import { fieldsOf, invalid } from '../core/check.ts';
import { messageOf, RuntimeError } from '../core/errors.ts';

/** Where a step is in its training. Both count from 1. */
export interface StepPlace {
  readonly epoch: number;
  readonly step: number;
}

/** @throws ArgumentError unless the event has these fields, and each is a whole number of at least 1. */
export function checkPlace(where: string, event: unknown, names: readonly string[]): void {
  const fields = fieldsOf(where, 'event', event, names, 'an event of a training');
  for (const name of names) {
    const value = fields[name];
    if (!Number.isSafeInteger(value) || Number(value) < 1)
      invalid(where, `event.${name}`, 'a whole number of at least 1', value);
  }
}

/** @throws RuntimeError naming the path, if `action` throws. */
export function writing<T>(where: string, path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    throw new RuntimeError(
      `${where}: cannot write "${path}": ${messageOf(cause)}. Check its folder, the permissions and the space on the disk.`,
      { cause },
    );
  }
}
