import type { UploadSnapshot } from '../src/index.ts';
import { showCallback } from './callback-facts.ts';
import { create, setText } from './dom.ts';
import type { EmulatorClient } from './emulator-client.ts';
import { createFacts } from './facts.ts';
import { createStoredDigest } from './stored-digest.ts';
import { verifiedWords } from './words.ts';

const NOT_YET = '–';

export interface ObjectFacts {
  readonly element: HTMLElement;
  show(snapshot: UploadSnapshot): void;
}

/** What becomes of the file: its rows stand there from the start, and fill as they are known. */
export function createObjectFacts(
  file: File,
  bucket: string,
  emulator: EmulatorClient,
): ObjectFacts {
  const object = create('span', { class: 'code', 'data-testid': 'location' });
  const uploadId = create('span', { class: 'code' });
  const etag = create('span', { class: 'code', 'data-testid': 'etag' });
  const verified = create('span', { 'data-testid': 'verified' });
  const callback = create('span', { class: 'callback', 'data-testid': 'callback' }, NOT_YET);
  const digest = createStoredDigest(file, emulator);
  const element = createFacts({ class: 'facts' }, [
    ['Object', object],
    ['Upload id', uploadId],
    ['ETag', etag],
    ['Verified', verified],
    ['SHA-256', digest.element],
    ['Callback', callback],
  ]);
  let isOffered = false;
  return {
    element,
    show: ({ key, result, uploadId: id, status }) => {
      setText(object, result?.location ?? `${bucket}/${key}`);
      setText(
        uploadId,
        result?.uploadId ?? id ?? (status === 'done' ? 'none: sent in one request' : NOT_YET),
      );
      setText(etag, result === undefined ? NOT_YET : result.etag || 'not told');
      setText(verified, result === undefined ? NOT_YET : verifiedWords(result.verified));
      if (result === undefined || isOffered) return;
      isOffered = true;
      showCallback(callback, result.callback);
      digest.offer(result);
    },
  };
}
