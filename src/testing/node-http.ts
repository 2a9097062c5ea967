import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { onTestFinished } from 'vitest';

/** How a handler of requests is put behind node:http, as users are told to do it; plain JavaScript for Node 20. */
export const NODE_HTTP_LINES = `
const server = createServer((incoming, outgoing) => {
  answer(incoming, outgoing).catch(() => outgoing.destroy());
});

async function answer(incoming, outgoing) {
  const body = incoming.method === 'POST' ? Readable.toWeb(incoming) : null;
  const request = new Request(\`http://localhost\${incoming.url}\`, { method: incoming.method, headers: incoming.headers, body, duplex: 'half' });
  const response = await handle(request, incoming.url);
  outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(Buffer.from(await response.arrayBuffer()));
}
`;

/** Serves a handler by exactly those lines until the test ends. Returns the origin. */
export async function serve(
  handle: (request: Request, target: string) => Promise<Response>,
): Promise<string> {
  const { constructor: AsyncFunction } = Object.getPrototypeOf(serve) as {
    constructor: new (...parts: string[]) => (...values: unknown[]) => Promise<{ server: Server }>;
  };
  const code = `${NODE_HTTP_LINES}; return { server };`;
  const start = new AsyncFunction('createServer', 'Readable', 'handle', code);
  const { server } = await start(createServer, Readable, handle);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
