import type { Platform } from '../host/engine-uploader.ts';
import { Host } from '../host/host.ts';
import { createLazyHasher } from '../lazy-hasher.ts';
import type { UploaderOptions } from '../options.ts';
import { PageUploader, type Surroundings } from '../page/page-uploader.ts';
import type { Uploader } from '../uploader.ts';

/** An uploader on a platform of the test's, whose engine lives in the page unless the test has it live elsewhere. */
export function openUploader(
  options: UploaderOptions,
  platform: Platform,
  surroundings: Partial<Surroundings> = {},
): Uploader {
  return new PageUploader(options, {
    startWorker: undefined,
    loadHost: () => Promise.resolve((tell) => new Host(platform, tell)),
    doorPlatform: {
      ...platform,
      transport: platform.createTransport(createLazyHasher(platform.loadHashing)),
    },
    pageUrl: globalThis.location?.href,
    clock: platform.clock,
    followPage: () => () => undefined,
    connectivity: platform.connectivity,
    readAgain: (handle) => handle.getFile(),
    ...surroundings,
  });
}
