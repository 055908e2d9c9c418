/** Stops a training gently: on Ctrl-C, and when nobody reads the output any more (`npm run train | head`). */

export interface Interruption {
  /** Hand it to `trainGan`. */
  readonly signal: AbortSignal;
  /** 130 after Ctrl-C, 141 after a closed pipe (128 + the number of the signal, as shells count), else 0. */
  exitCode(): number;
}

/** One press of Ctrl-C may arrive twice: from the terminal and from a parent process that passes it on. */
const SAME_PRESS_MILLISECONDS = 500;

export function watchForInterruption(): Interruption {
  const controller = new AbortController();
  let exitCode = 0;
  let pressedAt = -Infinity;

  process.on('SIGINT', () => {
    const time = performance.now();
    if (time - pressedAt < SAME_PRESS_MILLISECONDS) return;
    // The second press means it: nothing is saved that was not saved before.
    if (pressedAt > -Infinity) process.exit(130);
    pressedAt = time;
    exitCode = 130;
    controller.abort();
  });

  const lostReader = (error: Error): void => {
    if (!('code' in error) || error.code !== 'EPIPE') throw error;
    exitCode ||= 141;
    controller.abort();
  };
  process.stdout.on('error', lostReader);
  process.stderr.on('error', lostReader);

  return { signal: controller.signal, exitCode: () => exitCode };
}
