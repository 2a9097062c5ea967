import { invalidArgument, type OssError } from '../errors.ts';

/** A callback as an upload asks for it (OSS docs, Callback). */
export interface CallbackParameters {
  /** Tried in order until one succeeds; at most five. */
  readonly urls: readonly URL[];
  /** The Host header; undefined: that of the URL. */
  readonly host: string | undefined;
  /** With variables. */
  readonly body: string;
  readonly bodyType: CallbackBodyType;
  /** Custom variables, by names that begin with `x:`. */
  readonly variables: ReadonlyMap<string, string>;
}

export const BODY_TYPES = ['application/x-www-form-urlencoded', 'application/json'] as const;
export type CallbackBodyType = (typeof BODY_TYPES)[number];

/** 5 KB of base64 each. */
const MAX_LENGTH = 5 * 1024;
const MAX_URLS = 5;

/** Reads `x-oss-callback`, base64 of JSON. Throws InvalidArgument with the decoded text. */
export function parseCallback(
  encoded: string,
  variables: ReadonlyMap<string, string>,
): CallbackParameters {
  if (encoded.length > MAX_LENGTH)
    throw refusal('callback', encoded, 'The length of callback exceed max value.');
  const text = decodeBase64(encoded);
  if (text === undefined)
    throw refusal('callback', encoded, 'The callback configuration is not base64 encoded.');
  const fields = parseObject(text);
  if (fields === undefined)
    throw refusal('callback', text, 'The callback configuration is not json format.');
  const fail = (message: string): OssError => refusal('callback', text, message);
  const { callbackUrl, callbackHost, callbackBody, callbackBodyType = BODY_TYPES[0] } = fields;
  const urls = parseUrls(callbackUrl);
  if (urls === undefined) throw fail('The callback url configuration is invalid.');
  if (urls.length > MAX_URLS) throw fail('The number of callback url exceed max value.');
  if (callbackHost !== undefined && !isHeaderText(callbackHost))
    throw fail('The callback host configuration is invalid.');
  if (callbackBody === undefined || callbackBody === '') throw fail('The callback body is empty.');
  if (typeof callbackBody !== 'string') throw fail('The callback body is invalid.');
  if (typeof callbackBodyType !== 'string')
    throw fail('The callback body type configuration is invalid.');
  const bodyType = BODY_TYPES.find((type) => type === callbackBodyType.toLowerCase());
  if (bodyType === undefined) throw fail('The body type of callback is not supported.');
  const host = callbackHost === '' ? undefined : callbackHost;
  return { urls, host, body: callbackBody, bodyType, variables };
}

/** Reads `x-oss-callback-var`, base64 of JSON with lower-case names that begin with `x:`. Throws InvalidArgument. */
export function parseCallbackVariables(encoded: string): Map<string, string> {
  if (encoded.length > MAX_LENGTH)
    throw refusal('callback-var', encoded, 'The length of callback var exceed max value.');
  const text = decodeBase64(encoded);
  if (text === undefined)
    throw refusal('callback-var', encoded, 'The callback var is not base64 encoded.');
  const entries = Object.entries(parseObject(text) ?? { '': '' });
  if (!entries.every(isVariable))
    throw refusal('callback-var', text, 'The callback var is not expecten json.');
  return new Map(entries);
}

function isVariable(entry: [string, unknown]): entry is [string, string] {
  return /^x:[^A-Z]+$/.test(entry[0]) && typeof entry[1] === 'string';
}

function decodeBase64(encoded: string): string | undefined {
  if (!/^[A-Za-z\d+/]+={0,2}$/.test(encoded)) return undefined;
  return Buffer.from(encoded, 'base64').toString('utf8');
}

type CallbackFields = Readonly<
  Partial<Record<'callbackUrl' | 'callbackHost' | 'callbackBody' | 'callbackBodyType', unknown>>
>;

function parseObject(text: string): CallbackFields | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** URLs may be written without a scheme, as the documentation's samples are. */
function parseUrls(value: unknown): URL[] | undefined {
  if (typeof value !== 'string') return undefined;
  const urls = value
    .split(';')
    .filter((url) => url !== '')
    .map((url) => (/^[a-z]+:\/\//i.test(url) ? url : `http://${url}`));
  if (urls.length === 0 || !urls.every(isHttpUrl)) return undefined;
  return urls.map((url) => new URL(url));
}

function isHttpUrl(url: string): boolean {
  return /^https?:\/\//i.test(url) && URL.canParse(url);
}

function isHeaderText(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]*$/.test(value);
}

function refusal(name: string, value: string, message: string): OssError {
  return invalidArgument(name, value, message);
}
