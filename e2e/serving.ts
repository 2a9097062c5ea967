import { readFile } from 'node:fs/promises';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';

/** A server of one test's own, on a port of its own. */
export interface Site {
  /** With a slash at its end. */
  readonly url: string;
  close(): void;
}

/** Content-Security-Policies that things come with. */
export interface Policies {
  readonly page?: string;
  readonly worker?: string;
}

/** How a folder is served. */
export interface Serving extends Policies {
  /** The first request for each file of such a name is answered with 503. */
  readonly failsFirst?: RegExp;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.map': 'application/json',
};

export async function serve(answer: RequestListener): Promise<Site> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * Serves the files of a folder. With interception in the browser instead, Chromium would not know that the page comes
 * from this machine, and would keep it from servers here.
 */
export async function serveFolder(
  folder: string,
  { failsFirst, ...policies }: Serving = {},
): Promise<Site> {
  const failed = new Set<string>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
    if (failsFirst?.test(file) === true && !failed.has(file)) {
      failed.add(file);
      response.writeHead(503).end();
      return;
    }
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    const policy = type === 'text/html' ? policies.page : policies.worker;
    const isGoverned = type === 'text/html' || /\bworker\b/.test(file);
    if (policy !== undefined && isGoverned) response.setHeader('Content-Security-Policy', policy);
    try {
      const content = await readFile(join(folder, file));
      response.setHeader('Content-Type', type).end(content);
    } catch {
      response.writeHead(404).end();
    }
  };
  return await serve((request, response) => void answer(request, response));
}
