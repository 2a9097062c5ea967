import type { FaultRule } from '../emulator/index.ts';

/** A fault at one click. */
export interface FaultPreset {
  readonly name: string;
  readonly title: string;
  /** What happens, and what to watch for. */
  readonly effect: string;
  readonly rule: FaultRule;
}

const PART = { operation: 'UploadPart' } as const;
/** What carries the bytes of a file: a part of it, or a form. */
const BYTES = { operation: ['UploadPart', 'PostObject'] } as const;
/** What stores an object, and so calls back. */
const STORE = {
  operation: ['PutObject', 'PostObject', 'CompleteMultipartUpload'],
} as const;
const COMPLETE = { operation: 'CompleteMultipartUpload' } as const;

/** What the way to the server does. Rules are written as the emulator lists them: they are found again by that. */
export const LINK_FAULTS: readonly FaultPreset[] = [
  {
    name: 'reset',
    title: 'Cut connections',
    effect: 'Twelve requests break off half-way.',
    // Browsers silently repeat a request whose reused connection dies: fewer than that, and nobody sees anything.
    rule: { match: PART, times: 12, fault: { type: 'reset', at: 'middle' } },
  },
  {
    name: 'stall',
    title: 'Stand still',
    effect: 'A part gets no answer; it goes again in seconds.',
    rule: { match: BYTES, times: 1, fault: { type: 'stall', at: 'body' } },
  },
  {
    name: 'delay',
    title: 'Answer late',
    effect: 'Six parts are answered 3 s late.',
    rule: { match: BYTES, times: 6, fault: { type: 'delay', ms: 3000 } },
  },
  {
    name: 'proxy-page',
    title: 'A proxy cuts in',
    effect: 'Two parts get its 502 page, not OSS.',
    rule: { match: BYTES, times: 2, fault: { type: 'html', status: 502 } },
  },
];

/** What the server does. */
export const SERVER_FAULTS: readonly FaultPreset[] = [
  {
    name: 'busy',
    title: 'Server busy',
    effect: '503 for three parts: it slows down.',
    rule: {
      match: BYTES,
      times: 3,
      fault: { type: 'error', status: 503, code: 'ServiceUnavailable' },
    },
  },
  {
    name: 'forget-upload',
    title: 'Forget the upload',
    effect: 'NoSuchUpload at a part: all anew.',
    rule: { match: PART, times: 1, fault: { type: 'forget-upload' } },
  },
  {
    name: 'drop-part',
    title: 'Lose a stored part',
    effect: 'Part 1 is missing at the end.',
    rule: { match: COMPLETE, times: 1, fault: { type: 'drop-part', partNumber: 1 } },
  },
  {
    name: 'corrupt-part',
    title: 'Corrupt a stored part',
    effect: 'Part 1 is another one at the end.',
    rule: { match: COMPLETE, times: 1, fault: { type: 'corrupt-part', partNumber: 1 } },
  },
  {
    name: 'lose-complete',
    title: 'Lose the last answer',
    effect: 'The object is made; nobody says so.',
    rule: { match: COMPLETE, times: 1, fault: { type: 'lose-answer' } },
  },
  {
    name: 'deny',
    title: 'Refuse for good',
    effect: '403 for a part: it fails and says why.',
    rule: {
      match: BYTES,
      times: 1,
      fault: {
        type: 'error',
        status: 403,
        code: 'AccessDenied',
        message: 'You have no right to access this object because of bucket acl.',
      },
    },
  },
];

/** What the app's server does when OSS calls it back; armed where uploads ask for that. */
export const CALLBACK_FAULTS: readonly FaultPreset[] = [
  {
    name: 'callback-slow',
    title: 'The app’s server is slow',
    effect: 'Its callback fails; the object is stored.',
    rule: { match: STORE, times: 1, fault: { type: 'callback-failed', cause: 'slow' } },
  },
  {
    name: 'callback-not-json',
    title: 'The app’s server talks HTML',
    effect: 'Its callback fails; the object is stored.',
    rule: { match: STORE, times: 1, fault: { type: 'callback-failed', cause: 'not-json' } },
  },
];
