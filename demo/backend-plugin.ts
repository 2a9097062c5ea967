import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin, PreviewServer, ViteDevServer } from 'vite';
import { type Backend, startBackend } from './backend.ts';
import { isAppPath } from './server/app-server.ts';

/** Starts the emulator and the app's server beside the demo page, and tells the page where they are. */
export function demoBackend(): Plugin {
  return {
    name: 'demo-backend',
    configureServer: (server) => standBeside(server),
    configurePreviewServer: (server) => standBeside(server),
  };
}

function standBeside(server: ViteDevServer | PreviewServer): void {
  const { httpServer, middlewares, config } = server;
  const { logger } = config;
  const backend = new Promise<Backend>((resolve, reject) => {
    // Not before this server listens: on a restart, the one before it has let go of the port only then.
    httpServer?.once('listening', () => {
      start((error) => logger.error(`The app's server: ${String(error)}`)).then(resolve, reject);
    });
  });
  backend.catch((error: unknown) => {
    logger.error(`The OSS emulator and the app's server did not start: ${String(error)}`);
  });
  httpServer?.once('close', () => {
    backend.then(
      (running) => running.close(),
      () => undefined,
    );
  });

  middlewares.use((request, response, next) => {
    const [path = ''] = (request.url ?? '').split('?');
    if (isAppPath(path)) void passOn(request, response);
    else if (path === '/emulator.json') void tellPlace(response);
    else next();
  });
  const passOn = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const running = await backend.catch(() => undefined);
    if (running === undefined) answerNotStarted(response);
    else running.app.listener(request, response);
  };
  const tellPlace = async (response: ServerResponse): Promise<void> => {
    const running = await backend.catch(() => undefined);
    if (running === undefined) answerNotStarted(response);
    else answer(response, 200, placeOf(running));
  };

  const printUrls = server.printUrls.bind(server);
  const printBackend = async (): Promise<void> => {
    const running = await backend.catch(() => undefined);
    if (running === undefined) return;
    logger.info(`  ➜  OSS emulator: ${running.emulator.origin}`);
    logger.info(`  ➜  App's server: ${running.app.origin}`);
  };
  server.printUrls = () => {
    printUrls();
    void printBackend();
  };
}

function placeOf({ emulator: { origin, region, buckets } }: Backend): object {
  return { origin, region, bucket: buckets[0] };
}

function answerNotStarted(response: ServerResponse): void {
  const message = 'The OSS emulator and the app’s server did not start.';
  answer(response, 503, { error: { code: 'NotStarted', message } });
}

async function start(onError: (error: unknown) => void): Promise<Backend> {
  const backend = await startBackend({
    emulatorPort: Number(process.env['EMULATOR_PORT'] ?? 0),
    appPort: Number(process.env['APP_PORT'] ?? 0),
    onError,
  });
  // Vite restarts in this process whenever its configuration changes: open pages find the next ones where these were.
  process.env['EMULATOR_PORT'] = new URL(backend.emulator.origin).port;
  process.env['APP_PORT'] = new URL(backend.app.origin).port;
  return backend;
}

function answer(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(value));
}
