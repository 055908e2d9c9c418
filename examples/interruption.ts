/** Stops a training after its current step on Ctrl-C, and when the output is closed (`npm run train | head`). */

export interface Interruption {
  /** Pass it to `trainGan`. */
  readonly signal: AbortSignal;
  /**
   * 130 after Ctrl-C and 141 after a closed pipe, which is 128 + the number of the signal as in shells; otherwise 0.
   */
  exitCode(): number;
  /** Stops the training as the first Ctrl-C does. */
  stop(): void;
}

/** One press of Ctrl-C can arrive twice: from the terminal, and from a parent process that forwards it. */
const SAME_PRESS_MILLISECONDS = 500;

export function watchForInterruption(): Interruption {
  const controller = new AbortController();
  let exitCode = 0;
  let pressedAt = -Infinity;

  const stop = (): void => {
    exitCode = 130;
    controller.abort();
  };

  process.on('SIGINT', () => {
    const time = performance.now();
    if (time - pressedAt < SAME_PRESS_MILLISECONDS) return;
    // While the training stops, a press ends the process at once, without saving.
    if (controller.signal.aborted) process.exit(130);
    pressedAt = time;
    stop();
  });

  const onOutputError = (error: Error): void => {
    if (!('code' in error) || error.code !== 'EPIPE') throw error;
    exitCode ||= 141;
    controller.abort();
  };
  process.stdout.on('error', onOutputError);
  process.stderr.on('error', onOutputError);

  return { signal: controller.signal, exitCode: () => exitCode, stop };
}
