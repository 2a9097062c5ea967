import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** Listens on one port, and can stop and start again on that same port. */
export class Listener {
  readonly #server: Server;
  readonly #host: string;
  readonly #sockets = new Set<Socket>();
  #port: number;
  #refusal: NodeJS.Timeout | undefined;

  constructor(host: string, port: number, serve: RequestListener) {
    this.#host = host;
    this.#port = port;
    this.#server = createServer(
      {
        // Slow uploads take minutes; nothing may time out in between.
        requestTimeout: 0,
        headersTimeout: 0,
        keepAliveTimeout: 120_000,
        // Room for tokens, callbacks and presigned URLs.
        maxHeaderSize: 65_536,
        // Little read-ahead, so that a client feels a server that reads slowly. Kernel buffers remain: see RequestBody.
        highWaterMark: 16_384,
      },
      serve,
    );
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Whom to tell when a client ends its side of a connection in the middle of a request. */
  onBreakOff(tell: (socket: Socket) => void): void {
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
      if (error.code === 'HPE_INVALID_EOF_STATE' && socket.writable) return tell(socket as Socket);
      // What Node itself does for what is no HTTP.
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
      else socket.destroy(error);
    });
  }

  /** Such as `http://127.0.0.1:40123`. */
  get origin(): string {
    const host = this.#host.includes(':') ? `[${this.#host}]` : this.#host;
    return `http://${host}:${this.#port}`;
  }

  /** Rejects with the system's error when the port is taken. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(this.#port, this.#host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Refuses connections and resets the open ones, until `restore` or for some seconds. */
  async refuse(duration: number | 'until-restored'): Promise<void> {
    clearTimeout(this.#refusal);
    await this.#stop();
    if (duration === 'until-restored') return;
    this.#restoreAfter(duration);
  }

  async restore(): Promise<void> {
    clearTimeout(this.#refusal);
    if (!this.#server.listening) await this.listen();
  }

  async close(): Promise<void> {
    clearTimeout(this.#refusal);
    await this.#stop();
  }

  /** Tries again when somebody else has taken the port in the meantime. */
  #restoreAfter(seconds: number): void {
    this.#refusal = setTimeout(() => {
      this.restore().catch(() => this.#restoreAfter(0.1));
    }, seconds * 1000);
  }

  async #stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    // Not the server's own `close` event: it never comes when the port is opened again meanwhile.
    await Promise.all([...this.#sockets].map(reset));
  }
}

function reset(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => resolve());
    socket.resetAndDestroy();
  });
}
