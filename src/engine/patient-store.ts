import type { CheckpointStore, Clock } from '../ports.ts';
import { Alarm, OVERSLEPT } from './alarm.ts';

/** How long a store may take to answer, in milliseconds: browsers have been seen that never open a database. */
const PATIENCE = 15_000;

/**
 * A store that rejects what is not answered in time. Once that has happened nothing more is waited for until it answers
 * again: an upload goes on without a checkpoint, and not in steps of 15 seconds.
 */
export function createPatientStore(store: CheckpointStore, clock: Clock): CheckpointStore {
  let hangs = false;
  const within = <Value>(asked: Promise<Value>): Promise<Value> =>
    new Promise((resolve, reject) => {
      const giveUp = (): void => {
        hangs = true;
        reject(new Error('The browser’s storage does not answer.'));
      };
      const wait = (): void => alarm.set(clock.now() + (hangs ? 0 : PATIENCE));
      // Who has slept with the machine has not waited.
      const alarm = new Alarm(clock, (late) => (late > OVERSLEPT ? wait() : giveUp()));
      wait();
      const settle = <Outcome>(end: (outcome: Outcome) => void) => {
        return (outcome: Outcome): void => {
          hangs = false;
          alarm.clear();
          end(outcome);
        };
      };
      asked.then(settle(resolve), settle(reject));
    });
  return {
    sessions: () => within(store.sessions()),
    parts: (sessionId) => within(store.parts(sessionId)),
    putSession: (record) => within(store.putSession(record)),
    putParts: (sessionId, parts) => within(store.putParts(sessionId, parts)),
    delete: (sessionId) => within(store.delete(sessionId)),
    link: (endpoint) => within(store.link(endpoint)),
    putLink: (record) => within(store.putLink(record)),
    close: () => store.close(),
  };
}
