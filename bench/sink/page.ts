import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
};

/** Serves a file of the page's build, as an app's server would. */
export async function servePage(
  folder: string,
  url: string,
  response: ServerResponse,
): Promise<void> {
  const { pathname } = new URL(url, 'http://localhost');
  const path = join(folder, pathname.slice('/page/'.length));
  if (!path.startsWith(folder)) {
    response.writeHead(404).end();
    return;
  }
  const body = await readFile(path).catch(() => undefined);
  if (body === undefined) response.writeHead(404).end();
  else response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? '' }).end(body);
}
