import { type DiagnoseOptions, diagnose, type Finding } from '../../src/diagnose/index.ts';
import {
  createUploader,
  type PostFields,
  type SignedWithCredentials,
  type Unfinished,
  type Upload,
  type UploadEvent,
  type Uploader,
  type UploaderSettings,
  type UploadOptions,
  type UploadResult,
  type UploadSnapshot,
} from '../../src/index.ts';
import { remoteSigner } from '../../src/remote-signer.ts';
import { type CheckpointCost, measureCheckpoints } from './checkpoint-cost.ts';
import { type FileSpec, makeBytes, makeFile } from './make-file.ts';
import { type Reported, type ReportedError, report } from './report.ts';

/** What a test hands to the page to start an upload with. */
export interface StartOptions extends Omit<UploadOptions, 'signal'> {
  readonly file: FileSpec;
}

/** What an upload came to, in a form that crosses from the page to the test. */
export interface Outcome {
  readonly result?: UploadResult;
  readonly error?: ReportedError;
}

/** An event as the test sees it. */
export type ReportedEvent = Reported<UploadEvent>;

/** The side of the tests that is in the page, or in a worker of it. */
export interface Kit {
  /** How often credentials were asked for. */
  credentialCalls: number;
  /** An uploader without keys: the app's server signs requests, or forms. */
  openWithout(way: 'sign' | 'form', options: UploaderSettings, app: string): void;
  /** @param sts where temporary credentials are to be had. */
  open(
    options: UploaderSettings & Pick<SignedWithCredentials, 'signatureVersion'>,
    sts: string,
  ): void;
  start(options: StartOptions): void;
  /** Starts with the file that was picked in the page, and goes on with it where it is asked for. */
  startPicked(options: Omit<StartOptions, 'file'>): void;
  resumePicked(key: string): void;
  /** Keeps a file in the browser's own file system, and starts with it. */
  startKept(options: StartOptions): Promise<void>;
  /** Goes on with the file where it is kept. */
  resumeKept(key: string): Promise<void>;
  resumeUnfinished(
    key: string,
    file: FileSpec,
    options?: Pick<UploadOptions, 'callback'>,
  ): Promise<void>;
  discardUnfinished(key: string): Promise<void>;
  unfinished(): Promise<Omit<Unfinished, 'file' | 'resume' | 'discard'>[]>;
  upload(key: string): Upload;
  events(key: string): readonly ReportedEvent[];
  snapshots(key: string): readonly UploadSnapshot[];
  outcome(key: string): Promise<Outcome>;
  close(): Promise<void>;
  diagnose(options?: DiagnoseOptions): Promise<Finding[]>;
  /** Uploads many files of these sizes at once, after a mark `uploads-begin`. Tells of those that failed. */
  uploadMany(sizes: readonly number[]): Promise<string[]>;
  /** The records of the checkpoint database, without what it knows of the link. */
  storedCheckpoints(): Promise<unknown[]>;
  measureCheckpoints(): Promise<CheckpointCost>;
}

declare global {
  var kit: Kit;
}

interface Recorded {
  readonly upload: Upload;
  readonly events: UploadEvent[];
  readonly snapshots: UploadSnapshot[];
}

const uploads = new Map<string, Recorded>();
let uploader: Uploader | undefined;

export const kit: Kit = {
  credentialCalls: 0,

  open(options, sts) {
    uploader = createUploader({
      ...options,
      credentials: async () => {
        kit.credentialCalls += 1;
        const response = await fetch(sts);
        return await response.json();
      },
    });
  },

  openWithout(way, options, app) {
    const signing =
      way === 'sign'
        ? remoteSigner(`${app}/sign`)
        : { form: (file: unknown) => askForm(app, file) };
    uploader = createUploader({ ...options, ...signing });
  },

  start({ file, ...options }) {
    record(options.key, opened().upload(makeFile(file), options));
  },

  startPicked(options) {
    record(options.key, opened().upload(picked(), options));
  },

  resumePicked(key) {
    recorded(key).upload.resume(picked());
  },

  async startKept({ file, ...options }) {
    const folder = await navigator.storage.getDirectory();
    const handle = await folder.getFileHandle('kept.bin', { create: true });
    const writable = await handle.createWritable();
    await writable.write(makeFile(file));
    await writable.close();
    record(options.key, opened().upload(await handle.getFile(), { ...options, handle }));
  },

  async resumeKept(key) {
    const unfinished = await find(key);
    if (unfinished.file === undefined) throw new Error('No handle was kept.');
    record(key, unfinished.resume(await unfinished.file()));
  },

  async resumeUnfinished(key, file, options) {
    record(key, (await find(key)).resume(makeFile(file), options));
  },

  async discardUnfinished(key) {
    await (await find(key)).discard();
  },

  async unfinished() {
    const listed = await opened().unfinished();
    return listed.map((unfinished) => ({
      ...unfinished,
      file: undefined,
      resume: undefined,
      discard: undefined,
    }));
  },

  upload: (key) => recorded(key).upload,
  events: (key) =>
    recorded(key).events.map((event) =>
      'error' in event ? { ...event, error: report(event.error) } : event,
    ),
  snapshots: (key) => recorded(key).snapshots,

  async outcome(key) {
    try {
      return { result: await recorded(key).upload.done };
    } catch (reason) {
      return { error: report(reason) };
    }
  },

  async close() {
    await opened().close();
  },

  diagnose: async (options) => await diagnose(opened(), options),

  async uploadMany(sizes) {
    const bytes = makeBytes({ size: Math.max(...sizes) });
    const files = sizes.map((size, index) => new File([bytes.subarray(0, size)], `${index}.bin`));
    // What this has cost is not ours.
    performance.mark('uploads-begin');
    await new Promise((resolve) => setTimeout(resolve, 0));
    const started: Upload[] = [];
    for (const file of files) {
      started.push(opened().upload(file, { key: file.name }));
      // As an app does that lists each file: its own loop over a thousand is not what is measured.
      if (started.length % 50 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    const outcomes = await Promise.allSettled(started.map(({ done }) => done));
    return outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [String(outcome.reason)] : [],
    );
  },

  measureCheckpoints,

  async storedCheckpoints() {
    const databases = await indexedDB.databases();
    if (!databases.some(({ name }) => name === 'partway')) return [];
    const database = await settled(indexedDB.open('partway'));
    const ofUploads = IDBKeyRange.bound(['parts'], ['session', []]);
    const records = await settled(
      database.transaction('checkpoints').objectStore('checkpoints').getAll(ofUploads),
    );
    database.close();
    return records;
  },
};

async function askForm(app: string, file: unknown): Promise<{ fields: PostFields }> {
  const headers = { 'content-type': 'application/json' };
  const asked = { method: 'POST', headers, body: JSON.stringify(file) };
  const response = await fetch(`${app}/form`, asked);
  return await response.json();
}

function record(key: string, upload: Upload): void {
  const events: UploadEvent[] = [];
  const snapshots: UploadSnapshot[] = [];
  uploads.set(key, { upload, events, snapshots });
  upload.subscribe((snapshot, event) => {
    events.push(event);
    snapshots.push(snapshot);
  });
}

function picked(): File {
  const file = document.querySelector<HTMLInputElement>('#file')?.files?.[0];
  if (file === undefined) throw new Error('No file was picked.');
  return file;
}

function recorded(key: string): Recorded {
  const found = uploads.get(key);
  if (found === undefined) throw new Error(`No upload of ${key} was started in this page.`);
  return found;
}

function opened(): Uploader {
  if (uploader === undefined) throw new Error('No uploader was opened in this page.');
  return uploader;
}

async function find(key: string): Promise<Unfinished> {
  const found = (await opened().unfinished()).find((unfinished) => unfinished.key === key);
  if (found === undefined) throw new Error(`No unfinished upload of ${key}.`);
  return found;
}

function settled<Value>(request: IDBRequest<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () =>
      reject(request.error ?? new Error('IndexedDB failed.')),
    );
  });
}
