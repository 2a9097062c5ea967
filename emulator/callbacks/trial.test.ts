import { expect, test } from 'vitest';
import { answerWith, closedOrigin, startAppServer } from '../testing/app-server.ts';
import { useEmulator } from '../testing/harness.ts';

const bench = useEmulator({ callbacks: { timeout: 200 } });

test('a good answer, and what was sent', async () => {
  const app = await startAppServer(answerWith('{"Status":"OK"}'));
  const report = await bench.emulator.sendCallback({ url: app.url, object: 'a b', size: 5 });
  expect(report).toMatchObject({ isGood: true, answer: '{"Status":"OK"}', status: 200 });
  expect(report.hint).toBeUndefined();
  expect(app.seen[0]?.body).toMatch(
    /^bucket=partway-demo&object=a%20b&etag=[0-9A-F]{32}&size=5&mimeType=text%2Fplain$/,
  );
});

test.each([
  ['\ufeff{}', 200, 'not valid json format.', 'byte order mark'],
  ['OK', 200, 'not valid json format.', 'The body is: OK'],
  ['{}', 201, 'Error status : 201.', 'Only status 200 counts'],
])('%j with %i: %s', async (text, status, answer, hint) => {
  const app = await startAppServer(answerWith(text, status));
  const report = await bench.emulator.sendCallback({ url: app.url, object: 'k' });
  expect(report).toMatchObject({ isGood: false, status });
  expect(report.answer).toContain(answer);
  expect(report.hint).toContain(hint);
});

test('no answer, and nobody there', async () => {
  const app = await startAppServer(() => undefined);
  const slow = await bench.emulator.sendCallback({ url: app.url, object: 'k' });
  expect(slow.answer).toContain('reply timeout');
  expect(slow.milliseconds).toBeGreaterThanOrEqual(195);
  const none = await bench.emulator.sendCallback({ url: await closedOrigin(), object: 'k' });
  expect(none).toMatchObject({ isGood: false });
  expect(none.answer).toContain('can not connect');
});

test('the built-in receiver is content', async () => {
  const url = `${bench.emulator.origin}/__emulator/callback-receiver`;
  const report = await bench.emulator.sendCallback({
    url,
    object: 'k',
    body: '${x:user}',
    variables: { 'x:user': '7' },
  });
  expect(report.isGood).toBe(true);
  expect(bench.emulator.callbacks()).toMatchObject([{ body: '7', isVerified: true }]);
});

test('what no upload could ask for', async () => {
  const send = (url: string, body?: string) =>
    bench.emulator.sendCallback({ url, object: 'k', ...(body !== undefined && { body }) });
  await expect(send('http://93.184.216.34/')).rejects.toThrow('Foreign address');
  await expect(send('http://127.0.0.1/', '')).rejects.toThrow('callback body is empty');
});
