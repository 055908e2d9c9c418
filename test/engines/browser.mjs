/**
 * Runs a program in a headless browser without a driver. A page from a server at 127.0.0.1 imports the installed
 * package, or is one that is given, and posts its result back. The server sends the two headers for cross-origin
 * isolation, so that threads can run.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join, normalize } from 'node:path';

const FLAGS = {
  chromium: (profile) => [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    `--user-data-dir=${profile}`,
  ],
  firefox: (profile) => ['--headless', '--no-remote', '--profile', profile],
};

const PAGE = (configuration) => `<!doctype html><meta charset="utf-8"><title>ganvas</title>
<script type="importmap">{ "imports": { "ganvas": "/node_modules/ganvas/dist/index.js" } }</script>
<script type="module">
const post = (result) => fetch('/result', { method: 'POST', body: JSON.stringify(result) });
try {
  const [ganvas, { programs }] = await Promise.all([import('ganvas'), import('/programs.mjs')]);
  const configuration = ${JSON.stringify(configuration)};
  await post(await programs[configuration.program](ganvas, configuration));
} catch (error) {
  await post({ error: String(error?.stack ?? error) });
}
</script>`;

/**
 * @param configuration - what the page's program is to do, unless `page`, the HTML of another page, is given.
 * @param policy - the page's content security policy, if it is to have one.
 */
export async function runInBrowser({ kind, path, folder, configuration, page, policy, timeout }) {
  const profile = mkdtempSync(join(tmpdir(), `ganvas-${kind}-`));
  let browser;
  let server;
  try {
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`no result within ${timeout / 1000} s`)), timeout);
      server = serve(folder, page ?? PAGE(configuration), policy, (result) => {
        clearTimeout(timer);
        if (result.error === undefined) resolve(result);
        else reject(new Error(result.error));
      });
      server.listen(0, '127.0.0.1', () => {
        const url = `http://127.0.0.1:${server.address().port}/`;
        browser = spawn(path, [...FLAGS[kind](profile), url], { stdio: 'ignore', detached: true });
        browser.on('error', reject);
        browser.on('exit', (code) => reject(new Error(`the browser ended with code ${code} and gave no result`)));
      });
    });
  } finally {
    browser?.removeAllListeners('exit');
    if (browser?.pid !== undefined) {
      try {
        process.kill(-browser.pid, 'SIGKILL');
      } catch {
        // The process has already ended.
      }
    }
    server?.closeAllConnections();
    server?.close();
    await removeProfile(profile);
  }
}

function serve(folder, page, policy, onResult) {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    if (request.method === 'POST' && pathname === '/result') {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () => {
        response.end();
        onResult(JSON.parse(body));
      });
      return;
    }
    const headers = {
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
      'Cache-Control': 'no-store',
    };
    if (pathname === '/') {
      const policyHeader = policy === undefined ? {} : { 'Content-Security-Policy': policy };
      response.writeHead(200, { ...headers, ...policyHeader, 'Content-Type': 'text/html' }).end(page);
      return;
    }
    try {
      const file = readFileSync(join(folder, normalize(pathname)));
      response.writeHead(200, { ...headers, 'Content-Type': 'text/javascript' }).end(file);
    } catch {
      response.writeHead(404, headers).end();
    }
  });
}

/** The helper processes of a killed browser can still write for a moment, so this tries again. */
async function removeProfile(profile) {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      rmSync(profile, { recursive: true, force: true });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
