import { describe, expect, test } from 'vitest';
import type { Credentials } from '../oss/credentials.ts';
import type { RequestToSign } from '../oss/signing-request.ts';
import { createSigner, type Signer, type SignerOptions } from './create-signer.ts';

const KEYS: Credentials = { accessKeyId: 'id', accessKeySecret: 'secret' };

function options(others: Partial<SignerOptions>): SignerOptions {
  const place = { bucket: 'videos', region: 'cn-hangzhou' };
  return { ...place, credentials: KEYS, allow: () => true, ...others };
}

function toSign({ expiresIn = 60 }: Partial<RequestToSign> = {}): RequestToSign {
  const request = { method: 'PUT', bucket: 'videos', key: 'a', query: {}, headers: {} } as const;
  return { ...request, size: 0, fileSize: 0, expiresIn };
}

describe('credentials', () => {
  const lasting = (seconds: number, now: number): Credentials => ({
    ...KEYS,
    expiration: new Date(now + seconds * 1000).toISOString(),
  });

  test('a function is asked when what it gave does not last', async () => {
    let time = Date.now();
    const asked: number[] = [];
    const credentials = (): Promise<Credentials> => {
      asked.push(time);
      return Promise.resolve(lasting(900, time));
    };
    const signer = createSigner(options({ credentials, now: () => time }));
    const start = time;
    await Promise.all([1, 2, 3].map(() => signer.sign(toSign())));
    time += 840_000;
    await signer.sign(toSign());
    expect(asked).toEqual([start]);
    time += 1000;
    await Promise.all([1, 2, 3].map(() => signer.sign(toSign())));
    expect(asked).toEqual([start, time]);
  });

  test('a function is asked again after a failure', async () => {
    const answers = [Promise.reject(new Error('STS down')), Promise.resolve(KEYS)];
    const credentials = (): Promise<Credentials> => answers.shift() ?? Promise.reject(new Error());
    const signer = createSigner(options({ credentials }));
    await expect(signer.sign(toSign())).rejects.toThrow('STS down');
    await expect(signer.sign(toSign())).resolves.toBeDefined();
  });

  test('keys without an end are asked for each time', async () => {
    let asked = 0;
    const credentials = (): Promise<Credentials> => {
      asked++;
      return Promise.resolve(KEYS);
    };
    const signer = createSigner(options({ credentials }));
    await signer.sign(toSign());
    await signer.sign(toSign());
    expect(asked).toBe(2);
  });

  test('those that end too soon sign nothing', async () => {
    const time = Date.now();
    const signer = createSigner(
      options({ credentials: () => Promise.resolve(lasting(59, time)), now: () => time }),
    );
    await expect(signer.sign(toSign())).rejects.toMatchObject({
      code: 'CredentialsEndTooSoon',
      status: 503,
      message: 'The credentials that sign end in 59 s; 60 s are needed.',
    });
  });

  test('of the 15 minutes that STS gives at least sign headers of uploaders', async () => {
    const start = Date.now();
    let time = start;
    const asked: number[] = [];
    // STS counts from when it was asked.
    const credentials = (): Promise<Credentials> => {
      asked.push(time - start);
      return Promise.resolve(lasting(900, time - 100));
    };
    const settings = options({ credentials, now: () => time });
    const signer = createSigner(settings);
    // In steps of five minutes, for which uploaders keep what was signed ahead.
    for (time = start; time <= start + 1_200_000; time += 300_000) {
      await signer.sign(toSign({ expiresIn: 900 }));
    }
    expect(asked).toEqual([0, 600_000, 1_200_000]);
    const addresses = createSigner({ ...settings, as: 'url' });
    await expect(addresses.sign(toSign({ expiresIn: 900 }))).rejects.toMatchObject({
      code: 'CredentialsEndTooSoon',
    });
  });

  test('are good for headers to their last minute', async () => {
    const time = Date.now();
    const signerFor = (seconds: number): Signer =>
      createSigner(options({ credentials: lasting(seconds, time), now: () => time }));
    await expect(signerFor(60).sign(toSign({ expiresIn: 900 }))).resolves.toBeDefined();
    await expect(signerFor(59).sign(toSign({ expiresIn: 900 }))).rejects.toThrow('60 s are needed');
  });

  test('those that are none', async () => {
    const credentials = () => Promise.resolve({ accessKeyId: 'id' } as Credentials);
    await expect(createSigner(options({ credentials })).sign(toSign())).rejects.toThrow(
      '`credentials.accessKeySecret`',
    );
  });
});
