import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage } from 'node:http';

export interface HangingUp {
  readonly origin: string;
  close(): void;
}

/**
 * A proxy that hangs up where it is given no target: it reads the request to its end, then ends the connection in good
 * order and answers nothing. All others it passes on, each on a connection of its own.
 */
export async function startHangingUp(
  targetOf: (request: IncomingMessage) => string | undefined,
): Promise<HangingUp> {
  const server = createServer((incoming, outgoing) => {
    const target = targetOf(incoming);
    if (target === undefined) {
      incoming.resume().on('end', () => incoming.socket.end());
      return;
    }
    const { hostname, port } = new URL(target);
    const { method, url: path, headers } = incoming;
    const onward = forward({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, { ...answer.headers, connection: 'close' });
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Expected a port.');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
