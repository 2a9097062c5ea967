import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Emulator } from '../emulator/index.ts';
import type { FileForForm } from '../src/index.ts';
import {
  createPostPolicy,
  createSigner,
  type RequestToSign,
  type Signer,
} from '../src/server/index.ts';

/** Marked, so that a test can look for it everywhere. */
export const SECRET = 'MARKED-SECRET-OF-THE-APP';

/** The app's own server, which signs for pages without keys. */
export interface AppServer {
  readonly origin: string;
  /** The requests of each call to sign. */
  readonly calls: RequestToSign[][];
  /** How many forms were asked for. */
  forms: number;
  /** Milliseconds by which its clock is wrong. */
  clockOffset: number;
  close(): Promise<void>;
}

/** An app's server that lets everybody write what does not begin with `forbidden/`; its forms for avatars are for images. */
export async function startAppServer(emulator: Emulator, bucket: string): Promise<AppServer> {
  const credentials = { accessKeyId: 'app', accessKeySecret: SECRET };
  const actions = ['oss:*'];
  emulator.addUser({
    ...credentials,
    statements: [{ effect: 'allow', actions, resources: ['*'] }],
  });
  const place = { bucket, region: emulator.region, endpoint: emulator.origin, credentials };
  const now = (): number => Date.now() + app.clockOffset;
  const signer: Signer = createSigner({
    ...place,
    now,
    limits: { fileSize: 64 * 1024 ** 2 },
    permittedHeaders: ['x-oss-callback', 'x-oss-callback-var'],
    allow: ({ key }) => !key.startsWith('forbidden/') || { reason: 'Not yours.' },
  });
  const routes: Readonly<Record<string, (request: Request) => Promise<Response>>> = {
    '/sign': async (request) => {
      const { requests }: { requests: RequestToSign[] } = await request.clone().json();
      app.calls.push(requests);
      return await signer.handle(request);
    },
    '/form': async (request) => {
      const { key, size }: FileForForm = await request.json();
      app.forms += 1;
      const form = { ...place, now, key, size: { max: size }, expiresIn: 600 };
      const contentType = key.endsWith('/avatar') ? { startsWith: 'image/' } : undefined;
      return Response.json(await createPostPolicy({ ...form, contentType }));
    },
  };
  const server = createServer((incoming, outgoing) => {
    answer(incoming, outgoing, routes).catch(() => outgoing.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('It has no port.');
  const app: AppServer = {
    origin: `http://127.0.0.1:${address.port}`,
    calls: [],
    forms: 0,
    clockOffset: 0,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
  return app;
}

// The test page is served from elsewhere, as many apps are from their servers.
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': 'content-type',
  'access-control-max-age': '600',
};

async function answer(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  routes: Readonly<Record<string, (request: Request) => Promise<Response>>>,
): Promise<void> {
  const { method = 'GET', url = '/', headers } = incoming;
  const route = routes[url];
  if (method !== 'POST' || route === undefined) {
    outgoing.writeHead(method === 'OPTIONS' ? 204 : 404, CORS).end();
    return;
  }
  const type = { 'content-type': headers['content-type'] ?? '' };
  const body = await buffer(incoming);
  const response = await route(new Request(`http://app${url}`, { method, headers: type, body }));
  outgoing.writeHead(response.status, { ...Object.fromEntries(response.headers), ...CORS });
  outgoing.end(await response.text());
}
