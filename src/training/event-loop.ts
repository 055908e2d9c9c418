/** Pauses for the event loop, so that a page stays responsive, a server answers, and Ctrl-C works. */

/** Milliseconds of work between two pauses of a training: less than a frame at 60 Hz. */
const SLICE = 12;

const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => void };

/** A function to await after each piece of work. It yields only if enough time has passed since the last pause. */
export function createPause(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < SLICE) return undefined;
    return yieldToEventLoop().then(() => {
      last = performance.now();
    });
  };
}

/**
 * Resolves after pending events were handled. Node has setImmediate for this. Elsewhere it posts a message, since
 * browsers delay timers.
 */
function yieldToEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    if (setImmediate !== undefined) {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
