import type { ServerResponse } from 'node:http';
import type { Plugin, PreviewServer, ViteDevServer } from 'vite';
import { createEmulator, type Emulator } from '../emulator/index.ts';

/** Starts the emulator beside the demo page, and tells the page where it is. */
export function demoEmulator(): Plugin {
  return {
    name: 'oss-emulator',
    configureServer: (server) => standBeside(server),
    configurePreviewServer: (server) => standBeside(server),
  };
}

function standBeside(server: ViteDevServer | PreviewServer): void {
  const { httpServer, middlewares, config } = server;
  const emulator = new Promise<Emulator>((resolve, reject) => {
    // Not before this server listens: on a restart, the one before it has let go of the port only then.
    httpServer?.once('listening', () => {
      startEmulator().then(resolve, reject);
    });
  });
  emulator.catch((error: unknown) => {
    config.logger.error(`The OSS emulator did not start: ${String(error)}`);
  });
  httpServer?.once('close', () => {
    emulator.then(
      (running) => running.close(),
      () => undefined,
    );
  });

  middlewares.use('/emulator.json', (_request, response) => {
    answer(response, emulator, ({ origin, region, buckets }) => ({
      origin,
      region,
      bucket: buckets[0],
    }));
  });
  middlewares.use('/sts', (_request, response) => {
    answer(response, emulator, (running) => running.issueCredentials());
  });

  const printUrls = server.printUrls.bind(server);
  server.printUrls = () => {
    printUrls();
    emulator.then(
      ({ origin }) => config.logger.info(`  ➜  OSS emulator: ${origin}`),
      () => undefined,
    );
  };
}

async function startEmulator(): Promise<Emulator> {
  const emulator = await createEmulator({ port: Number(process.env['EMULATOR_PORT'] ?? 0) });
  // Vite restarts in this process whenever its configuration changes: open pages find the next one where this was.
  process.env['EMULATOR_PORT'] = new URL(emulator.origin).port;
  return emulator;
}

function answer(
  response: ServerResponse,
  emulator: Promise<Emulator>,
  read: (running: Emulator) => unknown,
): void {
  const send = (status: number, value: unknown): void => {
    response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end(JSON.stringify(value));
  };
  emulator.then(
    (running) => send(200, read(running)),
    () => send(503, { error: 'The OSS emulator did not start.' }),
  );
}
