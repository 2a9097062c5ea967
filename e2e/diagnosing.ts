import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CorsRule, Emulator } from '../emulator/index.ts';
import type { Finding } from '../src/diagnose/index.ts';
import { test as base, expect } from './fixtures.ts';
import { BUCKET, Tab } from './tab.ts';

/** The key that emulators have by default. */
export const PERMANENT = { accessKeyId: 'emulator-key-id', accessKeySecret: 'emulator-key-secret' };
/** A key for `addUser()`. */
export const USER = { accessKeyId: 'LTAIuploader', accessKeySecret: 'secret-of-the-uploader' };

interface Keys {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken?: string;
  readonly expiration?: string;
}

/** Whatever is wrong in a test: a diagnosis leaves nothing in the bucket, and no database of its own. */
export const test = base.extend<{ doctor: Doctor; startProxy: StartProxy }>({
  // A diagnosis tries which workers may be started.
  onPurpose: /worker from 'blob:/,
  doctor: [
    async ({ emulator, tab }, use) => {
      const doctor = new Doctor(emulator);
      await use(doctor);
      expect(emulator.objects()).toEqual([]);
      expect(emulator.uploads()).toEqual([]);
      const databases = await tab.page.evaluate(async () =>
        (await indexedDB.databases()).map(({ name }) => name),
      );
      expect(databases).not.toContain('partway-diagnose');
    },
    { auto: true },
  ],
  startProxy: async ({}, use) => {
    const servers: Server[] = [];
    await use(async (target, added) => {
      const server = createProxy(target, added);
      servers.push(server);
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
      const { port } = server.address() as AddressInfo;
      return `http://127.0.0.1:${port}`;
    });
    for (const server of servers) {
      server.closeAllConnections();
      server.close();
    }
  },
});

/** Headers that a proxy adds to requests, preflights aside, and to answers. */
interface Added {
  readonly request?: Readonly<Record<string, string>>;
  readonly answer?: Readonly<Record<string, string>>;
  /** In place of the answer's own. */
  readonly status?: number;
}

/** Passes everything on to another origin. Gives the proxy's own. */
type StartProxy = (target: string, added: Added) => Promise<string>;

function createProxy(target: string, added: Added): Server {
  const { hostname, port } = new URL(target);
  return createServer((incoming, outgoing) => {
    const { method, url: path } = incoming;
    const headers = { ...incoming.headers, ...(method === 'OPTIONS' ? {} : added.request) };
    const onward = forward({ hostname, port, method, path, headers }, (answer) => {
      outgoing.writeHead(added.status ?? answer.statusCode ?? 502, {
        ...answer.headers,
        ...added.answer,
      });
      answer.pipe(outgoing);
    });
    incoming.pipe(onward);
  });
}

/** Gives a page its keys, and examines it: nothing secret may stand in any finding. */
export class Doctor {
  readonly #emulator: Emulator;
  readonly #secrets: string[] = [PERMANENT.accessKeySecret, USER.accessKeySecret];

  constructor(emulator: Emulator) {
    this.#emulator = emulator;
  }

  issue(seconds = 3600): Keys {
    return this.#emulator.issueCredentials({ durationSeconds: seconds });
  }

  /** The uploader of this page gets these from its `credentials`. */
  async give(tab: Tab, answer: object): Promise<void> {
    for (const [name, value] of Object.entries(answer)) {
      if (/secret|token/i.test(name)) this.#secrets.push(String(value));
    }
    await tab.page.addInitScript((given) => {
      const real = globalThis.fetch;
      globalThis.fetch = async (input, init) =>
        new Request(input).url.includes('/__emulator/sts')
          ? Response.json(given)
          : await real(input, init);
    }, answer);
  }

  async diagnose(tab: Tab, prefix = ''): Promise<Finding[]> {
    const findings = await tab.diagnose({ prefix });
    const text = JSON.stringify(findings);
    for (const secret of this.#secrets) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/CAIS|Signature=|[?&]x-oss-|OSSAccessKeyId=/);
    for (const { title, evidence, advice } of findings) {
      for (const words of [title, evidence, advice]) expect(words.trim()).not.toBe('');
    }
    return findings;
  }
}

/** What keeps uploads from working, or hampers them. */
export function wrong(findings: readonly Finding[]): string[] {
  return findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ id, severity }) => `${severity}: ${id}`);
}

export function infos(findings: readonly Finding[]): string[] {
  return findings.filter(({ severity }) => severity === 'info').map(({ id }) => id);
}

export function found(findings: readonly Finding[], id: string): Finding {
  const finding = findings.find((each) => each.id === id);
  if (finding === undefined) throw new Error(`No finding ${id} in ${JSON.stringify(findings)}.`);
  return finding;
}

export function fixOf(findings: readonly Finding[], id: string): string {
  return (found(findings, id).fix ?? []).map(({ text }) => text).join('\n');
}

/** Everything that uploads need, for everybody. */
export const OPEN: CorsRule = {
  allowedOrigins: ['*'],
  allowedMethods: ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'],
  allowedHeaders: ['*'],
  exposeHeaders: ['ETag', 'Date', 'x-oss-request-id', 'x-oss-err'],
};

/** Opens the test page at another address, and gives it an uploader. */
export async function openAt(
  { page }: Tab,
  address: string,
  { origin }: Pick<Emulator, 'origin'>,
): Promise<void> {
  await page.goto(address);
  const options = { bucket: BUCKET, region: 'cn-hangzhou', endpoint: origin };
  await page.evaluate(([given, from]) => window.kit.open(given, from), [
    options,
    `${origin}/__emulator/sts`,
  ] as const);
}
