import { expect, test } from 'vitest';
import { createMemoryCheckpoints } from '../platform/memory-checkpoints.ts';
import { watch } from '../testing/promises.ts';
import { SimulatedClock } from '../testing/simulated-clock.ts';
import { createPatientStore } from './patient-store.ts';

const SECOND = 1000;

test('a store that answered while the machine slept is believed', async () => {
  const clock = new SimulatedClock();
  let answer: (() => void) | undefined;
  const store = createPatientStore(
    {
      ...createMemoryCheckpoints(),
      sessions: () =>
        new Promise((resolve) => {
          answer = () => resolve(['there']);
        }),
    },
    clock,
  );
  const asked = watch(store.sessions());
  // Asleep; on waking, timers come before the answer.
  const slept = clock.sleep(60 * SECOND);
  await slept;
  answer?.();
  await clock.advance(0);
  await clock.advance(0);
  expect(asked.value).toEqual(['there']);
});
