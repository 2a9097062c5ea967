import type { FaultState } from '../emulator/index.ts';
import { setText } from './dom.ts';
import type { EmulatorClient } from './emulator-client.ts';
import type { EventLog } from './event-log.ts';
import { createFaultRow, type FaultRow } from './fault-row.ts';
import { CALLBACK_FAULTS, type FaultPreset, LINK_FAULTS, SERVER_FAULTS } from './faults.ts';
import type { LinkSpeed } from './link-speed.ts';

/** Milliseconds. */
const LOOK_EVERY = 1000;
/** How long an emulator that cannot be reached is left alone at most, in milliseconds. */
const LONGEST_BREAK = 30_000;
const OUTAGE_SECONDS = 10;
const YOU = 'You';

export interface FaultPanelOptions {
  readonly emulator: EmulatorClient;
  readonly linkList: HTMLElement;
  readonly serverList: HTMLElement;
  /** Whether uploads ask for callbacks, which can fail as well. */
  readonly hasCallback: boolean;
  readonly summary: HTMLElement;
  readonly clear: HTMLButtonElement;
  readonly speed: LinkSpeed;
  readonly log: EventLog;
}

/** Makes things go wrong, and shows what is armed. */
export class FaultPanel {
  readonly #options: FaultPanelOptions;
  readonly #rows: ReadonlyMap<FaultPreset, FaultRow>;
  readonly #outage: FaultRow;
  readonly #token: FaultRow;
  #outageEnds = 0;
  #breakEnds = 0;
  #break = 0;

  constructor(options: FaultPanelOptions) {
    this.#options = options;
    const { linkList, serverList, hasCallback, clear } = options;
    const serverFaults = [...SERVER_FAULTS, ...(hasCallback ? CALLBACK_FAULTS : [])];
    this.#rows = new Map(
      [...LINK_FAULTS, ...serverFaults].map((preset) => [preset, this.#createRow(preset)]),
    );
    this.#outage = createFaultRow({
      name: 'no-network',
      title: `No network for ${OUTAGE_SECONDS} s`,
      effect: 'Connections are refused; uploads wait.',
      onPress: () => void this.#startOutage(),
    });
    this.#token = createFaultRow({
      name: 'expire-token',
      title: 'Expire the token',
      effect: 'All temporary credentials end now.',
      onPress: () => void this.#expireToken(),
    });
    linkList.append(this.#outage.element, ...this.#elementsOf(LINK_FAULTS));
    serverList.append(this.#token.element, ...this.#elementsOf(serverFaults));
    clear.addEventListener('click', () => void this.#clear());
  }

  /** Looks at what is armed, now and then. */
  watch(): void {
    window.setInterval(() => void this.#look(), LOOK_EVERY);
    void this.#look();
  }

  #createRow({ name, title, effect, rule }: FaultPreset): FaultRow {
    return createFaultRow({
      name,
      title,
      effect,
      onPress: () => void this.#do(`Armed “${title}”.`, (emulator) => emulator.addFault(rule)),
    });
  }

  #elementsOf(presets: readonly FaultPreset[]): HTMLElement[] {
    return presets
      .map((preset) => this.#rows.get(preset)?.element)
      .filter((element) => element !== undefined);
  }

  async #startOutage(): Promise<void> {
    if (Date.now() < this.#outageEnds) return;
    await this.#do(`Took the network away for ${OUTAGE_SECONDS} s.`, async (emulator) => {
      await emulator.refuse(OUTAGE_SECONDS);
      this.#outageEnds = Date.now() + OUTAGE_SECONDS * 1000;
    });
  }

  async #expireToken(): Promise<void> {
    await this.#do('Expired the token.', (emulator) => emulator.expireCredentials());
  }

  async #clear(): Promise<void> {
    const { speed } = this.#options;
    await this.#do('Cleared all faults.', async (emulator) => {
      await Promise.all([emulator.clearFaults(), speed.lift()]);
    });
  }

  async #do(words: string, action: (emulator: EmulatorClient) => Promise<void>): Promise<void> {
    const { emulator, log } = this.#options;
    try {
      await action(emulator);
      log.add(YOU, words);
    } catch {
      log.add(YOU, 'The emulator cannot be reached just now.');
    }
    await this.#look();
  }

  async #look(): Promise<void> {
    const now = Date.now();
    const secondsLeft = Math.ceil((this.#outageEnds - now) / 1000);
    this.#outage.show(secondsLeft > 0 ? 'armed' : 'off', secondsLeft > 0 ? `${secondsLeft} s` : '');
    // While the emulator refuses connections, its control API does, too.
    if (secondsLeft > 0 || now < this.#breakEnds || document.visibilityState === 'hidden') return;
    try {
      this.#show(await this.#options.emulator.faults());
      this.#break = 0;
    } catch {
      this.#break = Math.min(LONGEST_BREAK, this.#break * 2 + LOOK_EVERY);
      this.#breakEnds = Date.now() + this.#break;
      setText(this.#options.summary, 'The emulator cannot be reached.');
    }
  }

  #show(states: readonly FaultState[]): void {
    const { summary, clear } = this.#options;
    for (const [preset, row] of this.#rows) {
      const own = states.filter((state) => isOf(preset, state));
      const hits = own.reduce((sum, state) => sum + state.hits, 0);
      const times = own.reduce((sum, state) => sum + (state.rule.times ?? 1), 0);
      if (own.length === 0) row.show('off', '');
      else if (hits < times) row.show('armed', `hit ${hits} of ${times}`);
      else row.show('spent', `hit ${hits} of ${times}`);
    }
    const armed = states.filter(isArmed);
    const foreign = armed.filter(
      (state) => ![...this.#rows.keys()].some((preset) => isOf(preset, state)),
    );
    const { isUnlimited } = this.#options.speed;
    const slowed = isUnlimited ? '' : ' The link is slowed down.';
    setText(summary, summaryWords(armed.length, foreign.length) + slowed);
    clear.disabled = states.length === 0 && isUnlimited;
  }
}

function isOf({ rule }: FaultPreset, state: FaultState): boolean {
  return JSON.stringify(rule) === JSON.stringify(state.rule);
}

function summaryWords(armed: number, foreign: number): string {
  if (armed === 0) return 'Nothing is armed.';
  const faults = armed === 1 ? '1 fault is armed' : `${armed} faults are armed`;
  return foreign === 0 ? `${faults}.` : `${faults}, ${foreign} of them not from here.`;
}

function isArmed({ rule: { times = 1 }, hits }: FaultState): boolean {
  return times === 0 || hits < times;
}
