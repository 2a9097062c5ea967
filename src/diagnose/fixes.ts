import type { Fix } from './finding.ts';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'];

/** What an upload, a repair and a report read; a page sees of it what the bucket exposes. */
const EXPOSED = [
  'ETag',
  'Date',
  'Retry-After',
  'x-oss-request-id',
  'x-oss-err',
  'x-oss-ec',
  'x-oss-hash-crc64ecma',
  'x-oss-qos-delay-time',
];

const MAX_AGE = 600;

/** The rule that lets this page upload, for the API and for the console. */
export function corsFix(origin: string): Fix[] {
  const xml = [
    '<CORSConfiguration>',
    '  <CORSRule>',
    `    <AllowedOrigin>${origin}</AllowedOrigin>`,
    ...METHODS.map((method) => `    <AllowedMethod>${method}</AllowedMethod>`),
    '    <AllowedHeader>*</AllowedHeader>',
    ...EXPOSED.map((name) => `    <ExposeHeader>${name}</ExposeHeader>`),
    `    <MaxAgeSeconds>${MAX_AGE}</MaxAgeSeconds>`,
    '  </CORSRule>',
    '</CORSConfiguration>',
  ];
  const fields = [
    `Source: ${origin}`,
    `Allowed Methods: ${METHODS.join(', ')}`,
    'Allowed Headers: *',
    `Exposed Headers: ${EXPOSED.join(', ')}`,
    `Cache Timeout (Seconds): ${MAX_AGE}`,
  ];
  return [
    { where: 'CORS rule of the bucket, as fields of the console', text: fields.join('\n') },
    { where: 'CORS rule of the bucket, as XML (it replaces all rules)', text: xml.join('\n') },
  ];
}

/** The least policy that these actions need on keys below a prefix. */
export function policyFix(bucket: string, prefix: string, actions: readonly string[]): Fix {
  const statement = {
    Effect: 'Allow',
    Action: actions,
    Resource: [`acs:oss:*:*:${bucket}/${prefix}*`],
  };
  return {
    where: 'Policy of the RAM user or role, and of the STS session if it has one',
    text: JSON.stringify({ Version: '1', Statement: [statement] }, undefined, 2),
  };
}

/** Options of `createUploader()`, as they stand in code. */
export function optionFix(options: Readonly<Record<string, string>>): Fix {
  const lines = Object.entries(options).map(
    ([name, value]) => `${name}: ${JSON.stringify(value)},`,
  );
  return { where: 'Options of createUploader()', text: lines.join('\n') };
}
