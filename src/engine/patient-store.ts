import type { CheckpointStore, Clock } from '../ports.ts';

/** How long a store may take to answer, in milliseconds: browsers have been seen that never open a database. */
const PATIENCE = 15_000;

/** A timer that fires so much later than it was set for has slept with its machine or its tab. Milliseconds. */
const OVERSLEPT = 5000;

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
      let takeBack: () => void;
      const wait = (): void => {
        const due = clock.now() + (hangs ? 0 : PATIENCE);
        // Who has slept with the machine has not waited.
        const onTime = (): void => (clock.now() - due > OVERSLEPT ? wait() : giveUp());
        takeBack = clock.after(due - clock.now(), onTime);
      };
      wait();
      const settle = <Outcome>(end: (outcome: Outcome) => void) => {
        return (outcome: Outcome): void => {
          hangs = false;
          takeBack();
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
