/** Serves the built studio on this machine, with the headers for cross-origin isolation, which threads need. */
import { createReadStream, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Those of a page that may share memory between threads. */
export const ISOLATION: Readonly<Record<string, string>> = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * What the page may do: run its own scripts and those of the threads, which begin as a blob, compile WebAssembly, and
 * nothing else. index.html has it too, for hosts that send no headers.
 */
export const POLICY: string = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * @param headers - of every response, for example ISOLATION.
 * @param pending - a file that may not be there yet: the answer is then 202 instead of 404.
 */
export function studioServer(folder: string, headers: Readonly<Record<string, string>>, pending: string): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const name = normalize(decodeName(pathname)).replace(/^[/\\]+/, '');
    const path = join(folder, name === '' || name === '.' ? 'index.html' : name);
    const file = name.split(/[/\\]/).includes('..') ? undefined : statSync(path, { throwIfNoEntry: false });
    if (file?.isFile() !== true) {
      // It may still be in the making; the page asks again.
      response.writeHead(name === pending ? 202 : 404, headers).end();
      return;
    }
    const type = TYPES[extname(path)] ?? 'application/octet-stream';
    response.writeHead(200, {
      ...headers,
      'Content-Type': type,
      'Content-Length': file.size,
      'Cache-Control': 'no-store',
      'X-Content-Type-Options': 'nosniff',
    });
    createReadStream(path).pipe(response);
  });
}

function decodeName(pathname: string): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return '..';
  }
}
