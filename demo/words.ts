import type {
  UploadError,
  UploadEvent,
  UploadResult,
  UploadSnapshot,
  UploadStatus,
} from '../src/index.ts';
import { formatAgo, formatBytes, formatDuration } from './format.ts';

export const STATUS_WORDS: Readonly<Record<UploadStatus, string>> = {
  queued: 'In the queue',
  'waiting-for-tab': 'Waiting for another tab…',
  opening: 'Getting ready…',
  uploading: 'Uploading',
  'waiting-for-network': 'Waiting for the network…',
  completing: 'Putting the object together…',
  verifying: 'Checking the object…',
  paused: 'Paused',
  'needs-file': 'Needs the file again',
  done: 'Stored',
  failed: 'Failed',
  cancelled: 'Cancelled',
};

/** What a person wants to know next, where there is something to say. */
export const STATUS_NOTES: Readonly<Partial<Record<UploadStatus, string>>> = {
  'waiting-for-tab': 'Another tab uploads this file. Goes on when that one stops.',
  'waiting-for-network': 'Goes on by itself. Nothing is lost.',
  paused: 'Nothing is lost. Go on when you like.',
  'needs-file': 'The browser can no longer read it.',
  failed: 'The parts that arrived are kept.',
};

/** The same for what goes by form, which has no parts that could be kept. */
export const FORM_NOTES: typeof STATUS_NOTES = {
  ...STATUS_NOTES,
  'waiting-for-network': 'Goes on by itself, from its start.',
  paused: 'A form goes on from its start.',
  failed: 'A form is sent whole, or not at all.',
};

/** What the log says of a status; the others pass too quickly to be news. */
const STATUS_NEWS: Readonly<Partial<Record<UploadStatus, string>>> = {
  'waiting-for-tab': 'Another tab uploads this file. Waiting for it.',
  uploading: 'Uploading.',
  'waiting-for-network': 'The network is away. Waiting for it.',
  completing: 'All bytes are there. OSS puts the object together.',
  paused: 'Paused.',
  cancelled: 'Cancelled.',
};

export function verifiedWords(verified: UploadResult['verified']): string {
  switch (verified) {
    case 'crc64':
      return 'Yes: its CRC-64 is that of the file';
    case 'etag':
      return 'Yes: the ETag is the one that its parts make';
    case 'size':
      return 'By size and time; the ETag could not be read';
    case false:
      return 'OSS said so; nothing was compared';
  }
}

/** An event as the log tells it; undefined where it is none of the log's business. */
export function eventWords(event: UploadEvent, snapshot: UploadSnapshot): string | undefined {
  switch (event.type) {
    case 'progress':
    case 'part-confirmed':
      return undefined;
    case 'status':
      return statusNews(snapshot);
    case 'unit-enlarged':
      return `A very large file: its parts are counted in units of ${formatBytes(event.unit)}.`;
    case 'callback-unadvised':
      return event.advice;
    case 'resumed':
      return `Goes on where it stopped: ${formatBytes(event.heldBytes)} are there already, begun ${formatAgo(Date.now() - event.createdAt)}.`;
    case 'retry':
      return `${subject(event)}: ${cause(event.error)}. ${again(event.delay)}`;
    case 'part-split':
      return `Part ${event.partNumber}: ${cause(event.error)}. The link keeps breaking under parts of ${formatBytes(event.size)}; smaller ones are sent.`;
    case 'credentials-refused':
      return `The credentials were refused (${event.error.code ?? 'no code'}). Asking the app’s server anew.`;
    case 'clock-corrected':
      return "This machine's clock is wrong; requests are signed by the server's from now on.";
    case 'endpoint-switched':
      return `Requests go to ${event.endpoint} from now on, no longer to ${event.from}.`;
    case 'endpoint-recovered':
      return `${event.endpoint} is well again; requests go there as before.`;
    case 'etag-hidden':
      return `The bucket hides ETag. ${event.advice}`;
    case 'still-waiting-for-network':
      return event.error.message;
    case 'reopened':
      return `${cause(event.error)}. Asking the server what it holds; only what is missing or differs is sent again.`;
    case 'needs-file':
      return event.error.message;
    case 'parts-differ':
      return `The file has changed: ${event.count} of its parts are sent again.`;
    case 'restarted':
      return `${cause(event.error)}. The server has lost the upload; everything is sent again.`;
    case 'list-refused':
      return 'The credentials do not allow to list parts; the checkpoint is believed.';
    case 'look-refused':
      return 'The credentials do not allow to look at the object; Complete is asked again.';
    case 'abort-refused':
      return 'The credentials do not allow to abort; what is left waits for a lifecycle rule.';
    case 'lock-unavailable':
      return `What other tabs do cannot be known. ${event.advice}`;
    case 'worker-unavailable':
      return 'No worker can be had; the page itself reads, hashes and sends the file.';
    case 'checkpoint-unavailable':
      return 'The browser stores no checkpoint; the upload goes on, and would not survive a reload.';
  }
}

function again(delay: number): string {
  return delay === 0 ? 'Again at once.' : `Again in ${formatDuration(delay)}.`;
}

/** Where something failed: the operation, and the part. */
export function placeWords({
  operation,
  partNumber,
}: Pick<UploadError, 'operation' | 'partNumber'>): string {
  if (operation === undefined) return 'On this page';
  return partNumber === undefined ? operation : `${operation}, part ${partNumber}`;
}

/** What failed, without what to do about it. */
export function failureWords({ message, advice = '' }: UploadError): string {
  return message.endsWith(advice)
    ? message.slice(0, message.length - advice.length).trimEnd()
    : message;
}

function statusNews({ status, error, size }: UploadSnapshot): string | undefined {
  if (status === 'done') return `Stored: ${formatBytes(size)}.`;
  if (status === 'failed')
    return error === undefined ? 'Failed.' : `Failed. ${failureWords(error)}`;
  return STATUS_NEWS[status];
}

function subject({ operation, partNumber }: Extract<UploadEvent, { type: 'retry' }>): string {
  return partNumber === undefined ? operation : `Part ${partNumber}`;
}

function cause({ kind, code, status }: UploadError): string {
  switch (kind) {
    case 'service':
      return code === undefined ? `HTTP ${status}` : `${status} ${code}`;
    case 'network':
      return 'the connection broke';
    case 'timeout':
      return 'nothing moved for too long';
    case 'protocol':
      return `an answer that is not one of OSS (${status ?? 'no status'})`;
    case 'credentials':
      return 'no credentials';
    case 'source':
      return 'the file cannot be read';
    case 'storage':
      return 'the browser refused to store the checkpoint';
  }
}
