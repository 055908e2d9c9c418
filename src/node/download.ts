/**
 * One HTTP download into memory, with limits on its size, on the time without data, and on the total time. Every
 * failure becomes a RuntimeError that names the URL, what came, what was expected and the remedy. Nothing is written to
 * disk.
 */
import { messageOf, RuntimeError } from '../core/errors.ts';
import { printable } from '../core/text.ts';
import { codeOf } from './files.ts';

/** Characters of the reason that a message quotes. */
const MAX_REASON = 300;

interface DownloadOptions {
  /** Opens the message of every error: the public function that was called. */
  readonly where: string;
  /** Closes the message of every error: what the user can do. */
  readonly remedy: string;
  /** The most bytes the body may have. */
  readonly maxBytes: number;
  /** The longest time without data, in milliseconds. Default 30,000. */
  readonly silence?: number;
  /**
   * Bytes a second that must come on average once that time has passed; default 4,096. It bounds the time of the whole
   * download.
   */
  readonly slowest?: number;
  /** Aborting rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The body of a successful GET of `url`. */
export async function download(url: string, options: DownloadOptions): Promise<Uint8Array> {
  const { where, remedy, maxBytes, silence = 30_000, slowest = 4096, signal } = options;
  signal?.throwIfAborted();
  const begin = performance.now();
  const controller = new AbortController();
  const tooSilent = new RuntimeError(`no byte came for ${silence / 1000} s`);
  const timer = setTimeout(() => controller.abort(tooSilent), silence);
  const forward = (): void => controller.abort(signal?.reason);
  signal?.addEventListener('abort', forward, { once: true });

  let body = new Uint8Array(0);
  let received = 0;
  let announced: number | undefined;
  try {
    // The files are gzipped already: a second, transparent compression would hide their length.
    const response = await fetch(url, { signal: controller.signal, headers: { 'accept-encoding': 'identity' } });
    if (response.status !== 200) {
      throw new RuntimeError(`the server answered ${`${response.status} ${response.statusText}`.trim()}, expected 200`);
    }
    announced = announcedLength(response);
    if (announced !== undefined && announced > maxBytes) {
      throw new RuntimeError(`it has ${announced} bytes, expected at most ${maxBytes}`);
    }
    for await (const chunk of response.body ?? []) {
      timer.refresh();
      received += chunk.length;
      if (performance.now() - begin > silence + (1000 * received) / slowest) {
        throw new RuntimeError(`fewer than ${slowest} bytes a second came`);
      }
      if (received > maxBytes) throw new RuntimeError(`it has more than the expected ${maxBytes} bytes`);
      // One buffer, not a list: a server may send a byte at a time.
      if (received > body.length) body = grown(body, Math.min(maxBytes, announced ?? 2 * received));
      body.set(chunk, received - chunk.length);
    }
    if (announced !== undefined && received !== announced) throw new RuntimeError('the transfer ended early');
    return body.subarray(0, received);
  } catch (error) {
    signal?.throwIfAborted();
    const progress =
      received === 0 ? '' : ` after ${received}${announced === undefined ? '' : ` of ${announced}`} bytes`;
    // The reason quotes the server and the network.
    const reason = printable(reasonOf(error), MAX_REASON);
    throw new RuntimeError(`${where}: cannot download ${url}: ${reason}${progress}. ${remedy}`, { cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', forward);
    // Closes the connection of a response that was refused unread; of a finished one it changes nothing.
    controller.abort();
  }
}

function grown(bytes: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}

/** Content-Length, where it is that of the bytes we see: under a content encoding it is not. */
function announcedLength(response: Response): number | undefined {
  const length = response.headers.get('content-length');
  return length === null || response.headers.get('content-encoding') !== null ? undefined : Number(length);
}

/** fetch says only "fetch failed" or "terminated"; the error of the network is in the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (!(cause instanceof Error)) return messageOf(error);
  // An AggregateError, one try per address of a host, has a code but no message.
  return `${messageOf(error)} (${cause.message || codeOf(cause)})`;
}
