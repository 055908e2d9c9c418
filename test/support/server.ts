/** An HTTP server on 127.0.0.1 for one test, closed after it. */
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach } from 'vitest';

/**
 * Call at the top of a test file. The function it returns starts a server with the listener and gives its URL, with a
 * slash at the end; 'closed' gives the URL of one that has been closed again, where connections are refused.
 */
export function testServer(): (listener: RequestListener, state?: 'open' | 'closed') => Promise<string> {
  const servers: Server[] = [];
  afterEach(async () => {
    await Promise.all(servers.splice(0).map(close));
  });
  return async (listener, state = 'open') => {
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('the server has no port');
    if (state === 'closed') await close(server);
    else servers.push(server);
    return `http://127.0.0.1:${address.port}/`;
  };
}

function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  return closed;
}
