import { test as base, expect, type Page, type Worker } from '@playwright/test';
import { createEmulator, type Emulator } from '../emulator/index.ts';
import { Tab } from './tab.ts';

export { expect } from '@playwright/test';
export {
  expectConfirmedNotResent,
  expectStored,
  KIB,
  MIB,
  PART,
  receivedBytes,
  requests,
} from './expectations.ts';

interface Fixtures {
  /** An emulator of the test's own, on another origin than the page. */
  readonly emulator: Emulator;
  readonly tab: Tab;
  /**
   * What a Content-Security-Policy has forbidden, as the browser words it. A test fails by what is in there at its end:
   * who has something forbidden takes it out.
   */
  readonly violations: string[];
}

interface Options {
  /** With `false` each answer of the emulator closes its connection. */
  readonly keepAlive: boolean;
  /** Of what the policy forbids, that which a test has forbidden on purpose. */
  readonly onPurpose: RegExp | undefined;
}

export const test = base.extend<Fixtures & Options>({
  keepAlive: [true, { option: true }],
  onPurpose: [undefined, { option: true }],
  emulator: async ({ keepAlive }, use) => {
    const emulator = await createEmulator({ keepAlive });
    await use(emulator);
    await emulator.close();
  },
  violations: [
    async ({ context, onPurpose }, use) => {
      const violations: string[] = [];
      context.on('console', (message) => {
        const text = message.text();
        if (/Content Security Policy|Trusted ?(Script|HTML|Type)/i.test(text))
          violations.push(text);
      });
      await use(violations);
      expect(violations.filter((text) => onPurpose?.test(text) !== true)).toEqual([]);
    },
    { auto: true },
  ],
  tab: async ({ page, emulator }, use) => {
    await use(new Tab(page, emulator));
  },
});

/** How many parts were sent from there. */
export async function partsSentBy(place: Page | Worker): Promise<number> {
  const count = (): number =>
    performance.getEntriesByType('resource').filter(({ name }) => name.includes('partNumber='))
      .length;
  return 'workers' in place ? await place.evaluate(count) : await place.evaluate(count);
}
