import { createEmulator, type Emulator } from '../emulator/index.ts';
import { KEY_PREFIX } from './server/rules.ts';
import { type AppServer, startAppServer } from './server/start-app-server.ts';

/** What a page of the demo stands on: OSS, and the app's own server. */
export interface Backend {
  readonly emulator: Emulator;
  readonly app: AppServer;
  close(): Promise<void>;
}

export interface BackendOptions {
  /** Where to listen. @default any free ports */
  readonly emulatorPort?: number;
  readonly appPort?: number;
  readonly onError: (error: unknown) => void;
}

/** The emulator's own user for that, see its README. */
const STS_KEY = {
  accessKeyId: 'emulator-sts-key-id',
  accessKeySecret: 'emulator-sts-key-secret',
} as const;
const ROLE = 'acs:ram::1234567890123456:role/emulator';
/** The user whose key signs for pages. */
const SIGNING_KEY = {
  accessKeyId: 'demo-signing-key-id',
  accessKeySecret: 'demo-signing-key-secret',
} as const;
const BUCKET = 'partway-demo';

export async function startBackend(options: BackendOptions): Promise<Backend> {
  const { emulatorPort = 0, appPort = 0, onError } = options;
  const emulator = await createEmulator({
    port: emulatorPort,
    buckets: [BUCKET],
    users: [
      {
        ...SIGNING_KEY,
        statements: [
          {
            effect: 'allow',
            actions: [
              'oss:PutObject',
              'oss:ListParts',
              'oss:AbortMultipartUpload',
              'oss:GetObject',
            ],
            resources: [`acs:oss:*:*:${BUCKET}/${KEY_PREFIX}*`],
          },
        ],
      },
    ],
  });
  const { origin, region } = emulator;
  const app = await startAppServer(appPort, {
    bucket: BUCKET,
    region,
    endpoint: origin,
    sts: { ...STS_KEY, endpoint: `${origin}/__emulator/sts-api`, roleArn: ROLE },
    signingKey: SIGNING_KEY,
    callbackKeyPrefix: `${origin}/__emulator/`,
    onError,
  });
  return {
    emulator,
    app,
    close: async () => {
      await Promise.all([app.close(), emulator.close()]);
    },
  };
}
