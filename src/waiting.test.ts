import { expect, test } from 'vitest';
import { race } from './waiting.ts';

test('race: what is aborted already wins, and what fails afterwards is no unhandled rejection', async () => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  const reason = new Error('stop');
  const signal = AbortSignal.abort(reason);
  await expect(race(Promise.resolve('done'), signal)).rejects.toBe(reason);
  const failing = new Promise<never>((_resolve, reject) => {
    setTimeout(() => reject(new Error('late')));
  });
  await expect(race(failing, signal)).rejects.toBe(reason);
  await new Promise((resolve) => setTimeout(resolve, 5));
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});
