import { quote } from '../oss/names.ts';
import type { CallbackBodyType } from './callback.ts';

/** What OSS fills in by itself (OSS docs, Callback). */
const SYSTEM_VARIABLES: readonly string[] = [
  'bucket',
  'object',
  'etag',
  'size',
  'mimeType',
  'imageInfo.height',
  'imageInfo.width',
  'imageInfo.format',
  'crc64',
  'contentMd5',
  'vpcId',
  'clientIp',
  'reqId',
  'operation',
];

const PLACEHOLDER = /\$\{([^{}]*)\}/g;

/**
 * Refuses a body with a variable that OSS would leave empty, and one that would be no JSON once OSS has filled it in.
 *
 * @param custom names of the custom variables, with `x:`.
 * @throws TypeError naming the option.
 */
export function checkBody(
  body: unknown,
  bodyType: CallbackBodyType,
  custom: readonly string[],
): string {
  if (typeof body !== 'string' || body === '') {
    throw new TypeError(`Expected \`callback.body\` to be a non-empty string; got ${quote(body)}.`);
  }
  for (const [, name = ''] of body.matchAll(PLACEHOLDER)) checkVariable(name, custom);
  if (body.replace(PLACEHOLDER, '').includes('${')) {
    throw new TypeError('Expected each "${" in `callback.body` to be closed by "}".');
  }
  if (bodyType === 'application/json') checkJson(body);
  return body;
}

function checkVariable(name: string, custom: readonly string[]): void {
  if (SYSTEM_VARIABLES.includes(name) || custom.includes(name)) return;
  const expected = name.startsWith('x:')
    ? `one of \`callback.variables\` (${custom.join(', ') || 'there are none'})`
    : `one of ${SYSTEM_VARIABLES.join(', ')}, or begin with "x:"`;
  throw new TypeError(
    `Expected the variable ${quote(name)} in \`callback.body\` to be ${expected}; names are case-sensitive.`,
  );
}

function checkJson(body: string): void {
  if (isJson(body.replace(PLACEHOLDER, (_whole, name) => (name === 'size' ? '1' : '"1"')))) return;
  const cause = isJson(body.replace(PLACEHOLDER, '1'))
    ? 'write variables without quotes, as OSS adds them'
    : 'this is none';
  throw new TypeError(
    `Expected \`callback.body\` to be JSON once its variables are filled in, as \`callback.bodyType\` says: ${cause}; got ${quote(body)}.`,
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
