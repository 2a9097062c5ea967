import type { EmulatorClient } from './emulator-client.ts';
import type { EventLog } from './event-log.ts';

const STORED_AS = 'partway-demo:link-speed';

export interface LinkSpeed {
  readonly isUnlimited: boolean;
  /** Takes the limit away. */
  lift(): Promise<void>;
}

/** How fast the link to the emulator is. The choice outlives a reload: a slow link does, too. */
export function createLinkSpeed(
  select: HTMLSelectElement,
  emulator: EmulatorClient,
  log: EventLog,
): LinkSpeed {
  const apply = async (): Promise<void> => {
    sessionStorage.setItem(STORED_AS, select.value);
    try {
      await emulator.setBandwidth(select.value === '' ? undefined : Number(select.value));
    } catch {
      log.add('You', 'The emulator cannot be reached just now; choose the speed again.');
    }
  };
  select.addEventListener('change', () => {
    log.add('You', `Set the link’s speed: ${select.selectedOptions[0]?.text ?? 'no limit'}.`);
    void apply();
  });
  const stored = sessionStorage.getItem(STORED_AS);
  if (stored !== null) {
    select.value = stored;
    void apply();
  }
  return {
    get isUnlimited() {
      return select.value === '';
    },
    lift: async () => {
      select.value = '';
      await apply();
    },
  };
}
