import { createHmac } from 'node:crypto';
import type { Keys, Reply, TestClient } from './client.ts';

/** A field, in the order in which it is sent. */
export type FormField = readonly [name: string, value: string];

/** A file of a form. */
export interface FormFileSource {
  /** Default `file`. */
  field?: string;
  filename?: string;
  contentType?: string;
  content: Buffer | string;
}

export const BOUNDARY = '----boundary-of-the-test';
export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

/** A form as a browser sends it: fields, files, and what comes after them. */
export function formBody(
  fields: readonly FormField[],
  files: readonly FormFileSource[] = [{ content: 'content' }],
  after: readonly FormField[] = [],
): Buffer {
  const parts = [
    ...fields.map(fieldPart),
    ...files.map(({ field = 'file', filename = 'a.txt', contentType = 'text/plain', content }) =>
      part(
        `name="${field}"; filename="${filename}"\r\nContent-Type: ${contentType}`,
        Buffer.from(content),
      ),
    ),
    ...after.map(fieldPart),
  ];
  return Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)]);
}

function fieldPart([name, value]: FormField): Buffer {
  return part(`name="${name}"`, Buffer.from(value));
}

function part(disposition: string, content: Buffer): Buffer {
  const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), content, Buffer.from('\r\n')]);
}

/** Fields that sign a policy by V1. */
export function signFormV1(policy: string, keys: Keys): FormField[] {
  const encoded = Buffer.from(policy).toString('base64');
  return [
    ['OSSAccessKeyId', keys.accessKeyId],
    ['policy', encoded],
    ['Signature', createHmac('sha1', keys.accessKeySecret).update(encoded).digest('base64')],
    ...tokenField(keys),
  ];
}

/** Fields that sign a policy by V4, at a time in epoch milliseconds. */
export function signFormV4(policy: string, keys: Keys, time = Date.now()): FormField[] {
  const encoded = Buffer.from(policy).toString('base64');
  const timestamp = new Date(time).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope = `${timestamp.slice(0, 8)}/cn-hangzhou/oss/aliyun_v4_request`;
  let key: Buffer | string = `aliyun_v4${keys.accessKeySecret}`;
  for (const step of scope.split('/')) key = createHmac('sha256', key).update(step).digest();
  return [
    ['policy', encoded],
    ['x-oss-signature-version', 'OSS4-HMAC-SHA256'],
    ['x-oss-credential', `${keys.accessKeyId}/${scope}`],
    ['x-oss-date', timestamp],
    ['x-oss-signature', createHmac('sha256', key).update(encoded).digest('hex')],
    ...tokenField(keys),
  ];
}

function tokenField({ securityToken }: Keys): FormField[] {
  return securityToken === undefined ? [] : [['x-oss-security-token', securityToken]];
}

/** A policy that is good for an hour. */
export function policyOf(conditions: unknown, expiration = new Date(Date.now() + 3_600_000)) {
  return JSON.stringify({ expiration: expiration.toISOString(), conditions });
}

/** A form to send; a `body` takes the place of the rest. */
export interface Post {
  fields?: readonly FormField[];
  files?: readonly FormFileSource[];
  after?: readonly FormField[];
  headers?: Record<string, string>;
  virtualHost?: boolean;
  body?: Buffer | string;
}

/** Sends a form to the bucket. */
export function sendForm(client: TestClient, post: Post): Promise<Reply> {
  const { fields = [], files, after, headers = {}, virtualHost = false } = post;
  return client.send({
    method: 'POST',
    keys: null,
    headers: { 'content-type': FORM_TYPE, ...headers },
    body: post.body ?? formBody(fields, files, after),
    virtualHost,
  });
}

/** Fields with a policy that allows everything, signed by V1 with the permanent key. */
export function signedForm(keys: Keys, ...fields: FormField[]): FormField[] {
  return [...fields, ...signFormV1(policyOf([['content-length-range', 0, 1e9]]), keys)];
}
