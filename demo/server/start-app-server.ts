import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { type AppServerOptions, createAppServer, type Handler } from './app-server.ts';

/** A running app server. */
export interface AppServer {
  /** Such as `http://127.0.0.1:40123`. */
  readonly origin: string;
  /** The same server, for requests that came in elsewhere. */
  readonly listener: RequestListener;
  close(): Promise<void>;
}

/**
 * Starts the app's server at a port of its own, where OSS can call it back.
 *
 * @param port 0 takes any free one.
 */
export async function startAppServer(
  port: number,
  options: Omit<AppServerOptions, 'callbackUrl'>,
): Promise<AppServer> {
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${taken}`;
  const handle = createAppServer({ ...options, callbackUrl: `${origin}/callback` });
  const listener = listenerOf(handle);
  server.on('request', listener);
  return {
    origin,
    listener,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** Puts a handler of requests behind node:http. */
function listenerOf(handle: Handler): RequestListener {
  return (incoming, outgoing) => {
    const answer = async (): Promise<void> => {
      const response = await handle(requestOf(incoming), incoming.url);
      const body = Buffer.from(await response.arrayBuffer());
      outgoing.writeHead(response.status, Object.fromEntries(response.headers)).end(body);
    };
    answer().catch(() => outgoing.destroy());
  };
}

function requestOf(incoming: IncomingMessage): Request {
  const { method = 'GET', url = '/', headersDistinct } = incoming;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const init: RequestInit & { readonly duplex: 'half' } = {
    method,
    headers: Object.entries(headersDistinct).flatMap(([name, values = []]) =>
      values.map((value): [string, string] => [name, value]),
    ),
    body: hasBody ? (Readable.toWeb(incoming) as ReadableStream<Uint8Array<ArrayBuffer>>) : null,
    duplex: 'half',
  };
  return new Request(`http://localhost${url}`, init);
}
