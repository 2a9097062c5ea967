import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Emulator } from '../emulator/index.ts';
import { BUCKET } from './expectations.ts';

/** Where the bucket is on the app's own origin. */
const PLACE = '/upload';

export interface ReverseProxy {
  readonly address: string;
  close(): Promise<void>;
}

/** An app's web server that has the test page, and the bucket below its own origin. */
export async function startReverseProxy(emulator: Emulator, page: string): Promise<ReverseProxy> {
  const server = createServer((incoming, outgoing) => {
    const { url = '/', headers } = incoming;
    const isForBucket = url.startsWith(`${PLACE}/`);
    const target = isForBucket ? emulator.origin : page;
    const path = isForBucket ? url.slice(PLACE.length) : url;
    const { host } = new URL(target);
    const port = new URL(target).port;
    const own = isForBucket ? `${BUCKET}.localhost:${port}` : host;
    pass(incoming, outgoing, new URL(target), path, { ...headers, host: own });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}/`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function pass(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { hostname, port }: URL,
  path: string,
  headers: IncomingMessage['headers'],
): void {
  const { method = 'GET' } = incoming;
  const onward = request({ hostname, port, path, method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  onward.on('error', () => outgoing.destroy());
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}
