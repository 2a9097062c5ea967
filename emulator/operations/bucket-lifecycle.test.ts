import { expect, test } from 'vitest';
import { bytes, element } from '../testing/client.ts';
import { errorOf, startEmulator } from '../testing/harness.ts';

const DAY = 86_400_000;
const START = Date.parse('2026-01-10T12:00:00Z');
const query = { lifecycle: null };

async function start() {
  const clock = { now: START };
  const { client, emulator } = await startEmulator({ now: () => clock.now });
  const send = (call: object) => client.send({ time: clock.now, ...call });
  const configure = (rules: string) =>
    send({
      method: 'PUT',
      query,
      body: `<LifecycleConfiguration>${rules}</LifecycleConfiguration>`,
    });
  const initiate = (key: string) => client.initiate(key, { time: clock.now });
  return { clock, client, emulator, send, configure, initiate };
}

function rule(action: string, { id = 'r', prefix = '', status = 'Enabled' } = {}): string {
  return `<Rule><ID>${id}</ID><Prefix>${prefix}</Prefix><Status>${status}</Status>${action}</Rule>`;
}

function abort(content: string): string {
  return `<AbortMultipartUpload>${content}</AbortMultipartUpload>`;
}

test('rules are put, read back and deleted', async () => {
  const { configure, send } = await start();
  expect(errorOf(await send({ query }))).toBe('404 NoSuchLifecycle');
  const rules =
    rule(abort('<Days>3</Days>'), { prefix: 'a/' }) +
    rule(abort('<CreatedBeforeDate>2026-01-01T00:00:00.000Z</CreatedBeforeDate>'), {
      id: 's',
      status: 'Disabled',
    }) +
    rule(`<Expiration><Days>9</Days></Expiration>${abort('<Days>1</Days>')}`, { id: 't' });
  expect((await configure(rules)).status).toBe(200);
  const got = await send({ query });
  expect(got.text.replaceAll(/\s+</g, '<')).toContain(rules);
  expect((await send({ method: 'DELETE', query })).status).toBe(204);
  const none = await send({ query });
  expect(errorOf(none)).toBe('404 NoSuchLifecycle');
  expect(element(none.text, 'BucketName')).toBe('partway-demo');
});

test('an upload that is open for too many days is gone at the next request', async () => {
  const { clock, client, configure, initiate } = await start();
  await configure(rule(abort('<Days>2</Days>'), { prefix: 'video/' }));
  const uploadId = await initiate('video/1');
  const kept = await initiate('other');
  clock.now += 2 * DAY - 1;
  const call = { time: clock.now };
  expect((await client.uploadPart('video/1', uploadId, 1, bytes(5), call)).status).toBe(200);
  clock.now += 1;
  const late = await client.uploadPart('video/1', uploadId, 2, bytes(5), { time: clock.now });
  expect(errorOf(late)).toBe('404 NoSuchUpload');
  const other = await client.uploadPart('other', kept, 1, bytes(5), { time: clock.now });
  expect(other.status).toBe(200);
});

test('an upload that began before a date is gone when the date has come', async () => {
  const { clock, emulator, configure, initiate } = await start();
  await configure(rule(abort('<CreatedBeforeDate>2026-01-11T00:00:00Z</CreatedBeforeDate>')));
  await initiate('k');
  expect(emulator.uploads()).toHaveLength(1);
  clock.now = Date.parse('2026-01-11T00:00:00Z');
  expect(emulator.uploads()).toHaveLength(0);
  await initiate('k');
  clock.now += 100 * DAY;
  expect(emulator.uploads()).toHaveLength(1);
});

test('a rule that is disabled does nothing, and objects expire as well', async () => {
  const { clock, emulator, configure, initiate, send } = await start();
  await initiate('k');
  await send({ method: 'PUT', key: 'k', body: 'x' });
  await configure(
    rule(abort('<Days>1</Days>'), { status: 'Disabled' }) +
      rule('<Expiration><Days>1</Days></Expiration>', { id: 's' }),
  );
  clock.now += DAY;
  expect(emulator.uploads()).toHaveLength(1);
  expect(errorOf(await send({ key: 'k' }))).toBe('404 NoSuchKey');
  expect(emulator.objects()).toEqual([]);
});

test('a rule without an id gets one', async () => {
  const { configure, send } = await start();
  await configure(`<Rule><Prefix/><Status>Enabled</Status>${abort('<Days>1</Days>')}</Rule>`);
  expect(element((await send({ query })).text, 'ID')).not.toBe('');
});

test.each([
  ['no rule', '', '400 MalformedXML'],
  ['no action', rule(''), '400 MalformedXML'],
  ['another status', rule(abort('<Days>1</Days>'), { status: 'On' }), '400 MalformedXML'],
  ['no days', rule(abort('')), '400 MalformedXML'],
  [
    'days and a date',
    rule(abort('<Days>1</Days><CreatedBeforeDate>2026-01-01T00:00:00Z</CreatedBeforeDate>')),
    '400 MalformedXML',
  ],
  ['no days at all', rule(abort('<Days>0</Days>')), '400 InvalidArgument'],
  [
    'a date by day',
    rule(abort('<CreatedBeforeDate>2026-01-01T10:00:00Z</CreatedBeforeDate>')),
    '400 InvalidArgument',
  ],
  ['an id twice', rule(abort('<Days>1</Days>')).repeat(2), '400 InvalidArgument'],
  ['a long id', rule(abort('<Days>1</Days>'), { id: 'x'.repeat(256) }), '400 MalformedXML'],
  ['a transition', rule('<Transition><Days>1</Days></Transition>'), '501 NotImplemented'],
])('rules that are refused: %s', async (_, rules, error) => {
  const { configure, send } = await start();
  expect(errorOf(await configure(rules))).toBe(error);
  expect(errorOf(await send({ query }))).toBe('404 NoSuchLifecycle');
});

test('a thousand rules are let through, no more', async () => {
  const { configure } = await start();
  const rules = Array.from({ length: 1001 }, (_, index) =>
    rule(abort('<Days>1</Days>'), { id: `${index}` }),
  );
  expect((await configure(rules.slice(1).join(''))).status).toBe(200);
  expect(errorOf(await configure(rules.join('')))).toBe('400 MalformedXML');
});
