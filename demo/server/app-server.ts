import { assumeRole, StsError, uploadPolicy } from '../../src/server/index.ts';
import { answerJson, answerRefusal, Refusal } from './answers.ts';
import { CallbackReceiver } from './callback-receiver.ts';
import { KEY_PREFIX } from './rules.ts';
import { createPolicyRoute, createSignerRoute } from './signing.ts';

/** A server's answer to a request, as any runtime with Request and Response calls it; the target is the path and query as they came. */
export type Handler = (request: Request, target?: string) => Promise<Response>;

export interface AppServerOptions {
  readonly bucket: string;
  readonly region: string;
  /** Of OSS. */
  readonly endpoint: string;
  /** The key of a RAM user that may assume the role of uploads, and nothing else. */
  readonly sts: Key & { readonly endpoint: string; readonly roleArn: string };
  /** The key of a RAM user that may do what uploads do, below the prefix alone. */
  readonly signingKey: Key;
  /** Where OSS reaches this server's `/callback`. */
  readonly callbackUrl: string;
  /** What the addresses of keys that sign callbacks begin with. */
  readonly callbackKeyPrefix: string;
  /** What no page is told. */
  readonly onError: (error: unknown) => void;
}

interface Key {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}

/**
 * The server of an app whose pages upload by themselves: hands out what they need for that, and hears from OSS of what
 * they have stored. A real one would ask first who is logged in.
 */
export function createAppServer(options: AppServerOptions): Handler {
  const callbacks = new CallbackReceiver(options);
  const routes: Readonly<Record<AppPath, Readonly<Record<string, Handler>>>> = {
    '/sts': { GET: () => answerCredentials(options) },
    '/sign': { POST: createSignerRoute(options) },
    '/post-policy': { POST: createPolicyRoute(options) },
    '/callback-options': { GET: async () => answerJson(callbacks.options) },
    '/callback': { POST: (request, target) => callbacks.receive(request, target) },
    '/callbacks': { GET: async () => answerJson(callbacks.heard) },
  };
  return async (request, target) => {
    try {
      const { pathname } = new URL(request.url);
      if (!isAppPath(pathname)) throw new Refusal(404, 'NotFound', `There is no ${pathname} here.`);
      const route = routes[pathname][request.method];
      if (route !== undefined) return await route(request, target);
      const methods = Object.keys(routes[pathname]).join(', ');
      throw new Refusal(405, 'MethodNotAllowed', `${pathname} is asked by ${methods}.`);
    } catch (error) {
      if (error instanceof Refusal) return answerRefusal(error);
      options.onError(error);
      return answerRefusal(
        new Refusal(500, 'InternalError', 'The app’s server failed. Its log says why.'),
      );
    }
  };
}

/** All paths of this server, to be told from those of the page's own files. */
const APP_PATHS = [
  '/sts',
  '/sign',
  '/post-policy',
  '/callback-options',
  '/callback',
  '/callbacks',
] as const;

type AppPath = (typeof APP_PATHS)[number];

export function isAppPath(path: string): path is AppPath {
  return APP_PATHS.some((known) => known === path);
}

async function answerCredentials({ bucket, sts, onError }: AppServerOptions): Promise<Response> {
  try {
    const policy = uploadPolicy({ bucket, prefix: KEY_PREFIX });
    return answerJson(await assumeRole({ ...sts, sessionName: 'demo-page', policy }));
  } catch (error) {
    if (!(error instanceof StsError)) throw error;
    onError(error);
    const said = error.code === undefined ? '' : ` (${error.code})`;
    throw new Refusal(503, 'NoCredentials', `STS gave no credentials${said}. Ask again.`);
  }
}
