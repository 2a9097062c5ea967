import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer, type Server } from 'node:net';
import { onTestFinished } from 'vitest';

/** A callback as an app's server sees it. */
export interface SeenCallback {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** An app's server that remembers what it was sent, and answers as it is told; it ends with the test. */
export async function startAppServer(answer: RequestListener) {
  const seen: SeenCallback[] = [];
  const server = createServer((message, response) => {
    let body = '';
    message.setEncoding('utf8');
    message.on('data', (piece: string) => {
      body += piece;
    });
    message.on('end', () => {
      const headers = message.headers as Record<string, string>;
      seen.push({ url: message.url ?? '', headers, body });
      answer(message, response);
    });
  });
  return { seen, url: `${await listen(server)}/cb` };
}

/** A server that answers every request with these very bytes. */
export async function startRawServer(answer: string): Promise<string> {
  const server = createTcpServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.end(answer));
  });
  return await listen(server);
}

/** Where nobody listens. */
export async function closedOrigin(): Promise<string> {
  const server = createTcpServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    if ('closeAllConnections' in server) (server.closeAllConnections as () => void)();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Answers with a text and its length. */
export function answerWith(text: string | Buffer, status = 200): RequestListener {
  return (_message, response) => {
    response.writeHead(status, { 'Content-Length': Buffer.byteLength(text) });
    response.end(text);
  };
}
