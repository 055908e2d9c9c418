import { afterEach, describe, expect, it, vi } from 'vitest';
import { RuntimeError } from '../../src/core/errors.ts';
import { download } from '../../src/node/download.ts';
import { rejection } from '../support/folder.ts';
import { testServer } from '../support/server.ts';

const serve = testServer();
const common = { where: 'loadMnist', remedy: 'Do this.', maxBytes: 1000 };
const BODY = Buffer.from('0123456789'.repeat(50));

afterEach(() => {
  vi.restoreAllMocks();
});

/** Every failure is a RuntimeError that names the function, the URL and the remedy. */
async function failure(url: string, options = {}): Promise<string> {
  const error = await rejection(download(url, { ...common, ...options }));
  if (!(error instanceof RuntimeError)) throw error;
  expect(error.message).toMatch(/^loadMnist: cannot download http.* Do this\.$/);
  expect(error.message).toContain(url);
  return error.message;
}

describe('download', () => {
  it('returns the body, with and without an announced length, and asks for no compression', async () => {
    const seen: unknown[] = [];
    const url = await serve((request, response) => {
      seen.push(request.headers['accept-encoding']);
      if (request.url === '/sized') response.setHeader('content-length', BODY.length);
      response.write(BODY.subarray(0, 100));
      response.end(BODY.subarray(100));
    });
    for (const path of ['sized', 'chunked']) {
      expect(Buffer.compare(await download(url + path, common), BODY), path).toBe(0);
    }
    expect(seen).toEqual(['identity', 'identity']);
  });

  it('follows a redirection', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/new') response.end(BODY);
      else response.writeHead(302, { location: '/new' }).end();
    });
    expect((await download(`${url}old`, common)).length).toBe(500);
  });

  it.each([404, 403, 500, 204, 206])('refuses status %i', async (status) => {
    const url = await serve((_request, response) => response.writeHead(status).end());
    expect(await failure(url)).toMatch(new RegExp(`the server answered ${status}.*, expected 200\\.`));
  });

  it("reports a refused connection with the system's message", async () => {
    const url = await serve(() => {}, 'closed');
    expect(await failure(url)).toMatch(/fetch failed \(.*ECONNREFUSED/);
  });

  it('reports a transfer that is cut, with the number of bytes received', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': 500 });
      response.write(BODY.subarray(0, 120), () => setTimeout(() => response.destroy(), 20));
    });
    expect(await failure(url)).toMatch(/terminated \(.+\) after 120 of 500 bytes\. /);
  });

  it('reports a chunked transfer that is cut, whose length is unknown', async () => {
    const url = await serve((_request, response) => {
      response.write(BODY.subarray(0, 120), () => setTimeout(() => response.destroy(), 20));
    });
    expect(await failure(url)).toMatch(/terminated \(.+\) after 120 bytes\. /);
  });

  it('compares the length itself, for engines whose fetch does not', async () => {
    const short = new Response(BODY.subarray(0, 499), { headers: { 'content-length': '500' } });
    vi.spyOn(globalThis, 'fetch').mockResolvedValue(short);
    expect(await failure('http://127.0.0.1/')).toMatch(/the transfer ended early after 499 of 500 bytes/);
  });

  it('returns no bytes for a response without a body', async () => {
    vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response(null));
    expect((await download('http://127.0.0.1/', common)).length).toBe(0);
  });

  it('reports what fetch rejects with: a code if the cause has no message, a value that is no Error', async () => {
    // As for a host with several addresses, each of which was tried.
    const tries = Object.assign(new AggregateError([new Error('one'), new Error('two')]), { code: 'ETIMEDOUT' });
    for (const [thrown, says] of [
      [new TypeError('fetch failed', { cause: tries }), 'fetch failed (ETIMEDOUT)'],
      [new TypeError('fetch failed', { cause: 'a text' }), 'fetch failed'],
      ['a text', 'a text'],
    ] as const) {
      vi.spyOn(globalThis, 'fetch').mockRejectedValue(thrown);
      expect(await failure('http://127.0.0.1/')).toBe(
        `loadMnist: cannot download http://127.0.0.1/: ${says}. Do this.`,
      );
    }
  });

  it('does not compare lengths under a content encoding, where they differ by design', async () => {
    const decoded = new Response(BODY, { headers: { 'content-length': '99', 'content-encoding': 'gzip' } });
    vi.spyOn(globalThis, 'fetch').mockResolvedValue(decoded);
    expect((await download('http://127.0.0.1/', common)).length).toBe(500);
  });

  it('refuses an announced length above the cap before reading, and takes one at the cap', async () => {
    const url = await serve((_request, response) => response.writeHead(200, { 'content-length': 500 }).end(BODY));
    expect(await failure(url, { maxBytes: 499 })).toMatch(/it has 500 bytes, expected at most 499\. /);
    expect((await download(url, { ...common, maxBytes: 500 })).length).toBe(500);
  });

  it('stops an endless body at the cap, and hangs up', async () => {
    let closed: (value: unknown) => void;
    const hungUp = new Promise((resolve) => {
      closed = resolve;
    });
    const url = await serve((_request, response) => {
      const more = (): void => {
        if (!response.destroyed && response.write(BODY)) setImmediate(more);
      };
      response.on('drain', more);
      response.on('close', closed);
      more();
    });
    expect(await failure(url)).toMatch(/it has more than the expected 1000 bytes/);
    await hungUp;
  });

  it('gives up if no byte arrives in the allowed time, before the response or within the body', async () => {
    const url = await serve((request, response) => {
      if (request.url === '/body') response.write(BODY.subarray(0, 10));
    });
    expect(await failure(url, { silence: 100 })).toMatch(/no byte came for 0\.1 s\. /);
    expect(await failure(`${url}body`, { silence: 100 })).toMatch(/no byte came for 0\.1 s after 10 bytes\. /);
  });

  it('waits as long as bytes arrive, however long the whole download takes', async () => {
    const url = await serve((_request, response) => {
      let sent = 0;
      const timer = setInterval(() => {
        response.write(BODY.subarray(sent, sent + 50));
        sent += 50;
        if (sent === 500) response.end(() => clearInterval(timer));
      }, 60);
    });
    const started = performance.now();
    expect((await download(url, { ...common, silence: 400, slowest: 500 })).length).toBe(500);
    expect(performance.now() - started).toBeGreaterThan(500);
  });

  it('gives up on a body that arrives too slowly', async () => {
    const url = await serve((_request, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const started = performance.now();
    expect(await failure(url, { silence: 300 })).toMatch(/fewer than 4096 bytes a second came after \d+ bytes\. /);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('takes little more memory than the body for one that comes a byte at a time', async () => {
    const bytes = 2 ** 18;
    let sent = 0;
    const single = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent < bytes) controller.enqueue(Uint8Array.of(sent++ & 255));
        else controller.close();
      },
    });
    vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response(single));
    const body = await download('http://127.0.0.1/', { ...common, maxBytes: bytes });
    expect(body.length).toBe(bytes);
    expect(body.every((byte, i) => byte === (i & 255))).toBe(true);
    expect(body.buffer.byteLength).toBe(bytes);
  });

  it('shows the messages of server and network shortened and on one line', async () => {
    const words = `\u001b[2J\u202e\r\n${'x'.repeat(1_000_000)}`;
    vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('fetch failed', { cause: new Error(words) }));
    const message = await failure('http://127.0.0.1/');
    expect(message).toContain('fetch failed (\\u{1b}[2J\\u{202e}\\u{d}\\u{a}xxx');
    expect(message.length).toBeLessThan(500);
  });

  it("rejects with the signal's reason, aborted before, while waiting, and in the middle of the body", async () => {
    const url = await serve((request, response) => {
      if (request.url === '/body') response.write(BODY.subarray(0, 10));
    });
    const reason = new Error('enough');
    expect(await rejection(download(url, { ...common, signal: AbortSignal.abort(reason) }))).toBe(reason);
    for (const path of ['', 'body']) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(reason), 50);
      expect(await rejection(download(url + path, { ...common, signal: controller.signal }))).toBe(reason);
    }
  });
});
