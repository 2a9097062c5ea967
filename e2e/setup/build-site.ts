import { build, preview } from 'vite';
import { STRICT_POLICY } from './strict-policy.ts';

/** Builds the page that the tests drive and serves it, for the whole run. Returns what ends it. */
export async function globalSetup(): Promise<() => Promise<void>> {
  const config = {
    configFile: false,
    root: 'e2e/page',
    logLevel: 'warn',
    build: {
      target: 'es2022',
      outDir: '../../test-results/site',
      emptyOutDir: true,
      minify: false,
    },
    preview: {
      host: '127.0.0.1',
      port: 0,
      headers: { 'Content-Security-Policy': STRICT_POLICY },
    },
  } as const;
  await build(config);
  const server = await preview(config);
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string')
    throw new Error('The test page has no port.');
  process.env['TEST_PAGE'] = `http://127.0.0.1:${address.port}/`;
  return () => server.close();
}

// Playwright takes the default export of a global set-up file.
export { globalSetup as default };
