import { expect, test } from 'vitest';
import { element, PERMANENT_KEYS } from '../testing/client.ts';
import {
  BOUNDARY,
  FORM_TYPE,
  type FormField,
  formBody,
  type Post,
  sendForm,
  signedForm,
} from '../testing/form.ts';
import { errorOf, startEmulator, useEmulator } from '../testing/harness.ts';

const bench = useEmulator();
const post = (form: Post, { client } = bench) => sendForm(client, form);
const signed = (...fields: FormField[]) => signedForm(PERMANENT_KEYS, ...fields);

function stored() {
  return bench.emulator.objects().map(({ key, size }) => [key, size]);
}

test('a form that breaks off, cannot be read or has no boundary', async () => {
  const whole = formBody(signed(['key', 'k']));
  const bodies = [whole.subarray(0, -20), 'no form at all', '', Buffer.concat([whole, whole])];
  expect(errorOf(await post({ body: bodies[0] ?? '' }))).toBe('400 MalformedPOSTRequest');
  expect(errorOf(await post({ body: bodies[1] ?? '' }))).toBe('400 MalformedPOSTRequest');
  expect(errorOf(await post({ body: bodies[2] ?? '' }))).toBe('400 MalformedPOSTRequest');
  expect(stored()).toEqual([]);
  const noName = `--${BOUNDARY}\r\nContent-Disposition: form-data\r\n\r\nv\r\n--${BOUNDARY}--\r\n`;
  expect(errorOf(await post({ body: noName }))).toBe('400 MalformedPOSTRequest');
  const headers = { 'content-type': 'multipart/form-data' };
  expect(errorOf(await post({ body: whole, headers }))).toBe('400 MalformedPOSTRequest');
  // What follows the last boundary is no part of a form.
  expect((await post({ body: bodies[3] ?? '' })).status).toBe(204);
});

test.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/mixed; boundary=x'])(
  'no form: %s',
  async (type) => {
    const reply = await post({ fields: [], headers: { 'content-type': type } });
    expect(errorOf(reply)).toBe('400 RequestIsNotMultipartContent');
  },
);

test('no file, two files, or a file under another name', async () => {
  const fields = signed(['key', 'k']);
  const files = [[], [{ content: 'a' }, { content: 'b' }], [{ field: 'upload', content: 'a' }]];
  for (const each of files) {
    const reply = await post({ fields, files: each });
    expect(errorOf(reply)).toBe('400 IncorrectNumberOfFilesInPOSTRequest');
  }
  expect(stored()).toEqual([]);
});

test('a key that is missing, after the file, empty or illegal', async () => {
  const key: FormField = ['key', 'k'];
  for (const reply of [await post({ fields: signed() }), await post({ after: [key] })]) {
    expect(errorOf(reply)).toBe('400 InvalidArgument');
    expect(element(reply.text, 'Message')).toContain("must contain the specified 'key'");
  }
  for (const bad of ['', '/k', 'x'.repeat(1024)])
    expect(errorOf(await post({ fields: signed(['key', bad]) }))).toBe('400 InvalidObjectName');
});

test('how long fields may be', async () => {
  const { client } = await startEmulator({
    forms: { fieldName: 40, fieldValue: 4096, beforeFile: 100_000 },
  });
  const send = (...fields: FormField[]) =>
    post({ fields: signed(['key', 'k'], ...fields) }, { ...bench, client });
  expect((await send(['x-oss-meta-a', 'v'.repeat(4096)])).status).toBe(204);
  expect(errorOf(await send(['x-oss-meta-a', 'v'.repeat(4097)]))).toBe('400 FieldItemTooLong');
  expect(errorOf(await send(['x'.repeat(41), 'v']))).toBe('400 FieldItemTooLong');
  const many = Array.from(
    { length: 100 },
    (_, index): FormField => [`f${index}`, 'v'.repeat(4000)],
  );
  expect(errorOf(await send(...many))).toBe('400 MaxPOSTPreDataLengthExceededError');
});

test('a form without length', async () => {
  const reply = await bench.client.send({
    method: 'POST',
    keys: null,
    headers: { 'content-type': FORM_TYPE, 'content-length': '0' },
  });
  expect(errorOf(reply)).toBe('400 MalformedPOSTRequest');
});
