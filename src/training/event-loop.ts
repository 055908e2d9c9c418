/** Lets the event loop breathe: a page stays responsive, a server answers, Ctrl-C is heard. */

/** Milliseconds of work after which a training pauses: shorter than a frame of 60 Hz. */
const SLICE = 12;

const { setImmediate } = globalThis as { setImmediate?: (callback: () => void) => void };

/** A function to await after each piece of work; it really yields only when a slice of time has passed. */
export function createBreather(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < SLICE) return undefined;
    return yieldToEventLoop().then(() => {
      last = performance.now();
    });
  };
}

/**
 * Resolves after pending events were handled: by setImmediate in Node, elsewhere by a message, which no timer throttle
 * delays.
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
