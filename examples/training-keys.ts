/** The keys of a training in a terminal: p pauses it and goes on, s saves its state, q stops it. */
import type { Interruption } from './interruption.ts';
import { type KeyInput, readKeys } from './raw-keys.ts';

/** What the keys need of the training and of the terminal. */
export interface KeyOptions {
  readonly interruption: Interruption;
  /** Whether the training hands `save` to beforeStep(). Without it there is no key s. */
  readonly canSave: boolean;
  /** Shows which keys there are, and what the last one did. */
  readonly show: (line: string) => void;
  /** Default process.stdin. */
  readonly input?: KeyInput | undefined;
  /** Default process.stdout. */
  readonly output?: { readonly isTTY?: boolean | undefined } | undefined;
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
}

export interface TrainingKeys {
  /** Await it before each step: it saves if s was pressed, and does not resolve during a pause. */
  beforeStep(save?: () => Promise<void>): Promise<void>;
  /** Gives the terminal its old mode back. */
  close(): void;
}

/** Without a terminal, or where CI is set, there are no keys and nothing is shown. */
export function watchKeys({ interruption, canSave, show, ...given }: KeyOptions): TrainingKeys {
  const { input = process.stdin, output = process.stdout, environment = process.env } = given;
  const { signal } = interruption;
  let paused = false;
  let saving = false;
  /** Ends the present wait of a pause. */
  let wake = (): void => {};

  const tell = (news: string): void => {
    const keys = [paused ? 'p go on' : 'p pause', ...(canSave ? ['s save'] : []), 'q stop'];
    show(`${news}${news === '' ? '' : '  '}Keys: ${keys.join(', ')}`);
  };
  const onKey = (key: string): void => {
    if (signal.aborted) return;
    if (key === 'p') {
      paused = !paused;
      tell(paused ? 'Paused.' : '');
    } else if (key === 's' && canSave) saving = true;
    else if (key === 'q') interruption.stop();
    else return;
    wake();
  };
  const onAbort = (): void => {
    show('Stopping after this step. Ctrl-C now ends at once, without saving.');
    wake();
  };

  const terminal =
    input.isTTY === true && output.isTTY === true && environment['TERM'] !== 'dumb' && !environment['CI'];
  if (!terminal) return { beforeStep: async () => {}, close: () => {} };
  const stopReading = readKeys(input, onKey);
  signal.addEventListener('abort', onAbort);
  tell('');
  return {
    async beforeStep(save) {
      for (;;) {
        if (saving) {
          saving = false;
          await save?.();
          tell(paused ? 'Paused. State saved.' : 'State saved.');
        }
        if (!paused || signal.aborted) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
    close() {
      stopReading();
      signal.removeEventListener('abort', onAbort);
    },
  };
}
