import type { EncodedCallback } from '../callback/callback.ts';
import type { UploadEvent, UploadResult, UploadStatus } from '../events.ts';
import type { Integrity } from '../options.ts';
import type { OssClient } from '../oss/client.ts';
import type { Endpoint } from '../oss/endpoint.ts';
import type { ServerClock } from '../oss/server-clock.ts';
import type {
  Channels,
  CheckpointStore,
  ChosenSession,
  Hasher,
  Locks,
  PageLife,
} from '../ports.ts';
import type { Control } from './control.ts';
import type { HeadStart } from './head-start.ts';
import type { Link } from './link.ts';
import type { PartSender } from './part-sender.ts';
import type { PartSizes } from './part-sizes.ts';
import type { Progress } from './progress.ts';
import type { Refusal } from './refusals.ts';
import type { RequestDependencies } from './requests.ts';
import type { Session } from './session.ts';
import type { StoredSessions } from './stored-sessions.ts';
import type { Turn } from './turn.ts';

/** What reads the outcome of a callback. */
export type CallbackReader = Pick<
  typeof import('../callback/outcome.ts'),
  'readCallbackOutcome' | 'lostCallbackOutcome'
>;

/** What is needed when something is not as it should be. */
export type Trouble = typeof import('./trouble.ts');

/** What is known of the attempts to send a file in one request. */
export interface WholeAttempts {
  /** When the first was made, in epoch milliseconds by this machine's clock. */
  readonly beganAt: number;
  /** Whether one may have arrived without our hearing of it. */
  isAnswerLost: boolean;
}

/** What all uploads of one uploader share. */
export interface Shared extends RequestDependencies {
  readonly trouble: () => Promise<Trouble>;
  readonly client: OssClient;
  /** The preferred one. */
  readonly endpoint: Endpoint;
  /** The addresses of the bucket at all of its endpoints, by name, so that their order does not matter. */
  readonly bases: readonly string[];
  /** The one that checkpoints and locks know it by, whichever is in use. */
  readonly address: string;
  readonly serverClock: ServerClock;
  readonly checkpoints: CheckpointStore;
  /** What earlier pages have left in them. */
  readonly storedSessions: StoredSessions;
  readonly pageLife: PageLife;
  readonly hasher: Hasher;
  readonly integrity: Integrity;
  /** Absent where the browser has none; so are the channels. */
  readonly locks: Locks | undefined;
  readonly channels: Channels | undefined;
  /** Loads what reads the outcome of a callback; few pages need it. */
  readonly callbackReader: () => Promise<CallbackReader>;
  /** Whether the browser asks for leave before each new address: not where the bucket is below the page's own origin. */
  readonly needsPreflight: boolean;
  /** How files go where there are only signed forms. */
  readonly sendByForm: ((context: UploadContext) => Promise<UploadResult>) | undefined;
  /** How fast the link was last, and how large parts should be. */
  readonly link: Link;
  /** How large parts may be, by what became of them. */
  readonly partSizes: PartSizes;
  /** Age at which a session is given up, in milliseconds. */
  readonly checkpointMaxAge: number;
  /** Ids of the sessions that uploads of this uploader work on. */
  readonly claimed: Map<string, UploadContext>;
  /** Lets go of a file of which nothing more is sent. */
  readonly releaseFile: (file: Blob) => void;
  /** Aborted when the uploader is closed. */
  readonly closing: AbortSignal;
}

/** One upload as its runs see it. What they find out outlives them here. */
export interface UploadContext {
  readonly shared: Shared;
  /** Replaced where it had to be picked again. */
  file: Blob;
  /** Whether it has been replaced, and not yet been compared with what the session knows. */
  isFileNew: boolean;
  readonly key: string;
  readonly fileName: string | undefined;
  /** Epoch milliseconds; absent for what is no `File`. */
  lastModified: number | undefined;
  /** Headers that make the object what it is: type, metadata and the like. */
  readonly headers: Readonly<Record<string, string>>;
  /** What OSS shall tell the app's server once the object is there. */
  readonly callback: EncodedCallback | undefined;
  /** Where the file can be read again by a later page. */
  readonly handle?: FileSystemFileHandle | undefined;
  /** The session that the page chose to go on with. */
  readonly chosen: ChosenSession | undefined;
  readonly control: Control;
  readonly progress: Progress;
  emit(event: UploadEvent): void;
  setStatus(status: UploadStatus): void;
  /** The map of the parts is no longer what it was. */
  noteParts(): void;
  /** Digest of samples of the file, once somebody has asked for it. */
  fingerprint: Promise<string> | undefined;
  /** What was opened on the server before it was known to be needed. */
  headStart: HeadStart | undefined;
  /** Its place among the tabs that have the same file, where they can be known. */
  turn: Turn | undefined;
  /** The session that the upload has; set by whoever opens one. */
  session: Session | undefined;
  /** Who sends its parts, or sent them last. */
  sender: PartSender | undefined;
  /** What was sent of it in one request, in this run or one before. */
  whole: WholeAttempts | undefined;
  /** Whether the bucket's CORS rule was seen to hide ETags. */
  hasHiddenEtags: boolean;
  /** What it has to do without, as far as the page was told. */
  readonly refusals: Set<Refusal>;
  /** How often it has been mended. */
  readonly repairs: { reopen: number; restart: number };
}
