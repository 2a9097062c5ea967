import type { UploadEvent, UploadSnapshot } from '../events.ts';
import type { ResolvedOptions, ResolvedUploadOptions } from '../options.ts';
import type { Endpoint } from '../oss/endpoint.ts';
import type { ChosenSession, PageNews, SessionRecord } from '../ports.ts';
import type { SigningOptions } from '../signing-options.ts';
import type { CrossingError } from './crossing.ts';
import type { PackedParts } from './part-map.ts';

/** A page and a worker of different releases may meet, as one may come from a cache: they then part at once. */
export const PROTOCOL = 4;

/** The functions of the app that the engine asks. */
export type AppFunctions = Pick<SigningOptions, 'credentials' | 'sign' | 'signMany' | 'form'>;

/** All that an uploader was told and that can be sent; what is a function stays in the page, and is asked there. */
export interface HostOptions {
  readonly settings: ResolvedOptions;
  /** Where the bucket is, the preferred endpoint first. */
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  /** What the page's own addresses are relative to. */
  readonly pageUrl: string | undefined;
  /** Which functions the app gave. */
  readonly functions: readonly (keyof AppFunctions)[];
  readonly signatureVersion: SigningOptions['signatureVersion'];
}

/** An unfinished upload as the engine knows it. */
export interface UnfinishedSession {
  readonly record: SessionRecord;
  /** Bytes that OSS had confirmed. */
  readonly confirmedBytes: number;
}

/** What a page has of an upload. */
export interface AboutUpload {
  readonly file: Blob;
  readonly options: ResolvedUploadOptions;
  readonly session: ChosenSession | undefined;
}

/** What a question of the page comes to. */
export interface Answers {
  readonly cancel: void;
  readonly unfinished: readonly UnfinishedSession[];
  readonly discard: void;
  readonly close: void;
}

/** What a page asks the engine, and waits for. */
export type Question =
  | {
      readonly type: 'cancel';
      readonly upload: number;
      /** All that a worker knows that took over from one that died. */
      readonly about: AboutUpload;
    }
  | { readonly type: 'unfinished' }
  | { readonly type: 'discard'; readonly record: SessionRecord }
  | { readonly type: 'close' };

/** What a page tells the engine. `upload` is the number of an upload, `call` that of a question, `wish` that of a wish. */
export type ToHost =
  /** Comes first. */
  | { readonly type: 'open'; readonly options: HostOptions }
  | {
      readonly type: 'upload';
      readonly upload: number;
      readonly about: AboutUpload;
    }
  | { readonly type: 'pause'; readonly upload: number; readonly wish: number }
  | {
      readonly type: 'resume';
      readonly upload: number;
      readonly wish: number;
      readonly file: Blob | undefined;
    }
  /** Nobody can ask for anything more of it. */
  | { readonly type: 'forget'; readonly upload: number }
  | { readonly type: 'question'; readonly call: number; readonly question: Question }
  /** What a function of the app gave. */
  | { readonly type: 'answer'; readonly call: number; readonly value: unknown }
  | { readonly type: 'refusal'; readonly call: number; readonly reason: CrossingError };

/** What a worker hears besides, of the page that it cannot see. */
export type ToWorker = ToHost | PageNews | { readonly type: 'ping' };

/** An event, or a snapshot, whose errors have been made ready to cross. */
export type Crossing<Value> = Value extends { readonly error: infer Failure }
  ? Omit<Value, 'error'> & { readonly error: CrossingError | Extract<Failure, undefined> }
  : Value;

/** What the engine tells a page. */
export type FromHost =
  | {
      readonly type: 'event';
      readonly upload: number;
      readonly event: Crossing<UploadEvent>;
      readonly snapshot: Crossing<UploadSnapshot>;
      readonly sessionId: string | undefined;
      /** The last wish of the page that it heeds. */
      readonly wish: number;
    }
  | { readonly type: 'parts'; readonly upload: number; readonly parts: PackedParts }
  | {
      readonly type: 'failed';
      readonly upload: number;
      /** Why, where it is no failure that a snapshot could tell of. */
      readonly reason: CrossingError;
    }
  | {
      readonly type: 'ask';
      readonly call: number;
      readonly name: keyof AppFunctions;
      readonly argument: unknown;
    }
  | { readonly type: 'reply'; readonly call: number; readonly value: Answers[keyof Answers] }
  | { readonly type: 'excuse'; readonly call: number; readonly reason: CrossingError };

/** What a worker tells besides; several together. */
export type FromWorker =
  | FromHost
  | { readonly type: 'ready'; readonly protocol: number }
  | { readonly type: 'pong' }
  /** The Content-Security-Policy that the worker's script came with forbids it to send, or to load the rest of it. */
  | { readonly type: 'blocked' };
