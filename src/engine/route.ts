import type { UploadError } from '../errors.ts';
import type { Endpoint } from '../oss/endpoint.ts';
import type { Connectivity } from '../ports.ts';

/** Where one attempt of a request goes. */
export interface Way {
  readonly endpoint: Endpoint;
  /** Aborted when there is nobody at that endpoint any more. */
  readonly lost: AbortSignal;
  /** It was answered as it should be. */
  answered(): void;
  /** It is over, whatever came of it. */
  leave(): void;
}

/** `moved`: the request is to be sent again at once, as it goes to another endpoint. */
export type Verdict = 'reachable' | 'was-away' | 'moved';

/** Where requests go that have a choice: absent where the bucket has one endpoint. */
export interface Route {
  /** @param hasBody whether it carries bytes of a file. */
  take(hasBody: boolean): Promise<Way>;
  /** Called after an attempt without an answer; resolves when it makes sense to go on. */
  settle(error: UploadError, way: Way, signal: AbortSignal): Promise<Verdict>;
  /** Tells of the network whether any of the endpoints answers. */
  readonly connectivity: Connectivity;
}
