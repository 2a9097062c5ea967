import type { Answer } from '../answer.ts';
import { invalidArgument, OssError } from '../errors.ts';
import type { OperationContext } from '../operations/operation.ts';
import { queryValue } from '../request.ts';
import type { ObjectRecord } from '../storage/records.ts';
import { type CallbackReach, resolveCallbackHost } from './addresses.ts';
import { type CallbackVariables, fillBody } from './body.ts';
import { type CallbackParameters, parseCallback, parseCallbackVariables } from './parameters.ts';
import { type CallbackOutcome, sendCallback } from './send.ts';
import type { CallbackKeys } from './signature.ts';

/** How callbacks are sent. */
export interface CallbackRules {
  readonly keys: CallbackKeys;
  /** Where the receiver finds the public key; undefined: at this emulator. */
  readonly publicKeyUrl: string | undefined;
  readonly reach: CallbackReach;
  /** Milliseconds that the app's server has for its answer. */
  readonly timeout: number;
}

export const PUBLIC_KEY_PATH = '/__emulator/callback-public-key.pem';

/** A callback that was found good before anything is stored; makes an upload's answer the app's, or CallbackFailed. */
export type PlannedCallback = (object: ObjectRecord, answer: Answer) => Promise<Answer>;

const NO_CALLBACK: PlannedCallback = (_object, answer) => Promise.resolve(answer);

/** What a callback needs to know of the request that asks for it. */
type Asking = Pick<OperationContext, 'request' | 'clientAddress'>;

/** Tells the app's server of what was uploaded (OSS docs, Callback). */
export class Callbacks {
  readonly #rules: CallbackRules;
  #origin = '';

  constructor(rules: CallbackRules) {
    this.#rules = rules;
  }

  /** Tells where this emulator listens. */
  startAt(origin: string): void {
    this.#origin = origin;
  }

  get publicKeyUrl(): string {
    return this.#rules.publicKeyUrl ?? `${this.#origin}${PUBLIC_KEY_PATH}`;
  }

  /** As PEM. */
  publicKey(): Promise<string> {
    return this.#rules.keys.publicKey();
  }

  /** The callback that headers or query ask for. Throws InvalidArgument. */
  async planRequest(operation: string, asking: Asking): Promise<PlannedCallback> {
    const encoded = placedOnce(asking, 'callback');
    const variables = placedOnce(asking, 'callback-var');
    if (encoded === undefined) return NO_CALLBACK;
    const custom =
      variables === undefined ? new Map<string, string>() : parseCallbackVariables(variables);
    return await this.#plan(operation, parseCallback(encoded, custom), asking);
  }

  /** The callback that a form asks for, each custom variable in a field of its own. Throws InvalidArgument. */
  async planForm(fields: ReadonlyMap<string, string>, asking: Asking): Promise<PlannedCallback> {
    const encoded = fields.get('callback');
    if (encoded === undefined) return NO_CALLBACK;
    const custom = new Map([...fields].filter(([name]) => name.startsWith('x:')));
    return await this.#plan('PostObject', parseCallback(encoded, custom), asking);
  }

  /** Sends a signed callback to one URL after the other, until one succeeds; what became of the last one tried. */
  async deliver(
    parameters: CallbackParameters,
    variables: CallbackVariables,
    requestId: string,
  ): Promise<CallbackOutcome> {
    const { bodyType, urls, host } = parameters;
    const { keys, reach, timeout } = this.#rules;
    const body = fillBody(parameters.body, bodyType, variables);
    let outcome: CallbackOutcome = {};
    for (const url of urls) {
      const signature = await keys.sign({ path: url.pathname, query: url.search, body });
      const headers = {
        Host: host ?? url.host,
        Connection: 'close',
        'Content-Type': bodyType,
        'User-Agent': 'http-client/0.0.1',
        Authorization: signature,
        'x-oss-pub-key-url': Buffer.from(this.publicKeyUrl).toString('base64'),
        'x-oss-bucket': String(variables.get('bucket') ?? ''),
        'x-oss-request-id': requestId,
      };
      const address = await resolveCallbackHost(url, reach);
      outcome = await sendCallback({ url, address, headers, body, timeout });
      if (outcome.json !== undefined) break;
    }
    return outcome;
  }

  async #plan(
    operation: string,
    parameters: CallbackParameters,
    asking: Asking,
  ): Promise<PlannedCallback> {
    for (const url of parameters.urls) await resolveCallbackHost(url, this.#rules.reach);
    return async (object, answer) => {
      const variables = variablesOf(operation, object, asking, parameters.variables);
      const { requestId } = asking.request;
      const { json, problem = '', status } = await this.deliver(parameters, variables, requestId);
      if (json !== undefined) return appAnswer(answer, json);
      const ec = status !== undefined && status !== 200 ? { ec: '0007-00000203' } : {};
      throw new OssError('CallbackFailed', { message: problem, ...ec });
    };
  }
}

/** In the header or in the query, not in both. */
function placedOnce({ request }: Asking, name: string): string | undefined {
  const header = request.headers[`x-oss-${name}`];
  const parameter = queryValue(request, name);
  if (header === undefined || parameter === undefined) return header ?? parameter;
  const message = `Either the ${name} query string parameter or the x-oss-${name} header should be specified, not both.`;
  throw invalidArgument(name, header, message);
}

function variablesOf(
  operation: string,
  object: ObjectRecord,
  { request, clientAddress }: Asking,
  custom: ReadonlyMap<string, string>,
): CallbackVariables {
  const isSimple = object.type === 'Normal';
  return new Map<string, string | number>([
    ['bucket', object.bucket],
    ['object', object.key],
    ['etag', object.etag],
    ['size', object.size],
    ['mimeType', object.headers.contentType],
    ['imageInfo.height', ''],
    ['imageInfo.width', ''],
    ['imageInfo.format', ''],
    ['crc64', object.crc64.toString()],
    ['contentMd5', isSimple ? Buffer.from(object.etag, 'hex').toString('base64') : ''],
    ['vpcId', ''],
    ['clientIp', clientAddress],
    ['reqId', request.requestId],
    ['operation', operation],
    ...custom,
  ]);
}

/** The app's JSON takes the place of whatever would have been answered, a redirection included. */
function appAnswer(answer: Answer, json: string): Answer {
  const kept = Object.entries(answer.headers ?? {}).filter(([name]) => name !== 'Location');
  return {
    status: 200,
    isOfApp: true,
    headers: { ...Object.fromEntries(kept), 'Content-Type': 'application/json' },
    body: json,
  };
}
