/**
 * What is done about a failure. The first six mend a request, the next four a run:
 *
 * - `retry`: the same request again after a wait that grows.
 * - `slow-down`: the same, with one request fewer in flight for a while.
 * - `sign-again`: the same at once, signed anew.
 * - `resync-clock`: take the server's time from the answer, sign again.
 * - `renew-credentials`: ask the app for new ones, sign again.
 * - `switch-endpoint`: go on at the endpoint that the answer names, sign again.
 * - `look`: look whether the object is there and ours; else fail.
 * - `reopen`: ask the server what it holds, send what is missing or differs, complete again.
 * - `restart`: look whether the object is there already, else a new upload from the first byte.
 * - `needs-file`: keep the session, and ask the page for the file.
 * - `fail`: tell the caller.
 */
export type Recovery =
  | 'retry'
  | 'slow-down'
  | 'sign-again'
  | 'resync-clock'
  | 'renew-credentials'
  | 'switch-endpoint'
  | 'look'
  | 'reopen'
  | 'restart'
  | 'needs-file'
  | 'fail';

/** What is known about an error code. */
export interface ErrorCodeEntry {
  /** HTTP status that OSS sends it with; 0 for names that clients give to an answer that never came. */
  readonly status: number;
  /** What has happened, in one sentence. */
  readonly meaning: string;
  /** What the developer or user of the page does about it, in one or two sentences. */
  readonly advice: string;
  /** What the uploader does about it before anybody is told. */
  readonly recovery: Recovery;
  /** Where the facts are from: a chapter of "OSS Errors and Troubleshooting" (`Manual`), or a page of the OSS docs. */
  readonly source: string;
}
