// What passes between who measures and the page.

/** What a client is to upload; the files are those of the page's input. */
export interface Job {
  readonly files: readonly File[];
  /** Origins, or a path of the page's own origin, behind which the bucket is. At least one. */
  readonly endpoints: readonly string[];
  /** Bytes. */
  readonly partSize: number;
}

/** What the page tells of a run. */
export interface PageOutcome {
  /** From the call to the client's word that all is done. */
  readonly milliseconds: number;
  /** Milliseconds of each task that held the page for more than 50. */
  readonly longTasks: readonly number[];
  /** Why it did not end well. */
  readonly failure?: string;
}

/** The uploaders under test; `bare` is the limit that the others are held against. */
export const CLIENT_NAMES = [
  'bare',
  'bare-worker',
  'partway',
  'partway-none',
  'partway-in-worker',
  'partway-page',
  'partway-page-none',
  'ali-oss',
  'cos',
  'uppy',
] as const;

export type ClientName = (typeof CLIENT_NAMES)[number];

/** An uploader under test. */
export interface Client {
  /** Resolves when all files are objects. */
  upload(job: Job): Promise<void>;
}

export const BUCKET = 'bench';
export const REGION = 'cn-hangzhou';
/** Requests in flight per host: what browsers open over HTTP/1.1. */
export const LANES = 6;
/** Files of at most so many bytes go in one request. */
export const MAX_SINGLE_REQUEST: number = 1000 * 1024;

export const CREDENTIALS = {
  accessKeyId: 'STS.BENCHBENCHBENCHBENCHBENCH',
  accessKeySecret: 'benchbenchbenchbenchbenchbench',
  securityToken: 'token'.repeat(80),
} as const;
