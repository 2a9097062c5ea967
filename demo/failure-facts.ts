import { UploadError } from '../src/index.ts';
import { createCopyButton } from './copy-button.ts';
import { create } from './dom.ts';
import { createFacts } from './facts.ts';
import { failureWords, placeWords } from './words.ts';

/** What failed, where, and what to do about it. */
export function createFailureFacts(reason: unknown): HTMLElement {
  if (!(reason instanceof UploadError)) {
    return createFacts({ class: 'facts failure', 'data-testid': 'failure' }, [
      ['What failed', create('span', {}, String(reason))],
      ['What to do', create('span', {}, 'This is a fault of the library: please report it.')],
    ]);
  }
  const { requestId, cause } = reason;
  return createFacts({ class: 'facts failure', 'data-testid': 'failure' }, [
    ['What failed', create('span', {}, failureWords(reason))],
    ['Where', create('span', {}, whereWords(reason))],
    ...(cause instanceof Error ? [['Cause', create('span', {}, cause.message)] as const] : []),
    ['What to do', create('span', {}, reason.advice ?? 'Try again; what arrived is kept.')],
    [
      'Request id',
      requestId === undefined ? create('span', {}, 'none: no answer') : createCopyable(requestId),
    ],
  ]);
}

function whereWords(error: UploadError): string {
  const { code, status, ec } = error;
  const answer = [
    status === undefined ? undefined : `HTTP ${status}`,
    code,
    ec === undefined ? undefined : `EC ${ec}`,
  ];
  return [placeWords(error), ...answer].filter((word) => word !== undefined).join(' · ');
}

function createCopyable(text: string): HTMLElement {
  const button = createCopyButton('Copy id', text, { 'data-testid': 'copy-request-id' });
  const code = create('span', { class: 'code', 'data-testid': 'request-id' }, text);
  return create('span', { class: 'copyable' }, code, button);
}
