import type { Fault, OperationName } from '../../emulator/index.ts';

/** An operation whose requests fail by chance. */
export type FaultyOperation = Extract<
  OperationName,
  | 'UploadPart'
  | 'PutObject'
  | 'InitiateMultipartUpload'
  | 'ListParts'
  | 'CompleteMultipartUpload'
  | 'HeadObject'
>;

type Faults = readonly [Fault, ...Fault[]];

const ERROR: Fault = { type: 'error', code: 'InternalError' };
const SLOW_DOWN: Fault = { type: 'error', code: 'ServiceUnavailable' };
const SLOW_DOWN_WITH_DELAY: Fault = {
  type: 'error',
  code: 'QpsLimitExceeded',
  headers: { 'x-oss-qos-delay-time': '150' },
};
const PROXY_PAGE: Fault = { type: 'html', status: 502 };
const ERROR_PAGE: Fault = { type: 'html', status: 500 };
const PORTAL: Fault = { type: 'html', status: 200 };
const LOST: Fault = { type: 'lose-answer' };
const UNREADABLE: Fault = { type: 'no-cors' };
const SILENCE: Fault = { type: 'stall', at: 'answer' };
const RESET_BEFORE: Fault = { type: 'reset', at: 'start' };
const RESET_AFTER: Fault = { type: 'reset', at: 'end' };

const WITHOUT_BODY: Faults = [ERROR, SLOW_DOWN, PROXY_PAGE, ERROR_PAGE, PORTAL, RESET_BEFORE];
const WITH_EFFECT: Faults = [...WITHOUT_BODY, RESET_AFTER, LOST, LOST, UNREADABLE, SILENCE];
const WITH_BODY: Faults = [
  ...WITH_EFFECT,
  SLOW_DOWN_WITH_DELAY,
  { type: 'reset', at: 'middle' },
  { type: 'reset', at: 'middle' },
  { type: 'error', code: 'RequestTimeout', before: 'body', closes: true },
  { type: 'error', code: 'InternalError', before: 'body' },
];

/** What a failing request of each operation meets; what stands there twice comes twice as often. */
export const FAILING: Readonly<Record<FaultyOperation, Faults>> = {
  UploadPart: [
    ...WITH_BODY,
    { type: 'stall', at: 'start' },
    { type: 'stall', at: 'body' },
    { type: 'slow', bytesPerSecond: 400_000 },
    { type: 'delay', ms: 700 },
  ],
  PutObject: [...WITH_BODY, { type: 'corrupt-body' }],
  InitiateMultipartUpload: WITH_EFFECT,
  ListParts: [...WITHOUT_BODY, SILENCE],
  CompleteMultipartUpload: WITH_EFFECT,
  HeadObject: WITHOUT_BODY,
};

/** What happens to a request that succeeds all the same. */
export const HARMLESS: Faults = [
  { type: 'close' },
  { type: 'hide-headers' },
  { type: 'add-headers', headers: { 'x-oss-qos-delay-time': '120' } },
];
