import { type FakeAnswer, type Incoming, noAnswer, silence } from './fake-oss.ts';
import { SECOND, UNIT, World } from './world.ts';

/** A bucket's endpoints: the region's, the acceleration endpoint, a custom domain. */
export const NEAR = 'oss-cn-hangzhou.aliyuncs.com';
export const FAR = 'oss-accelerate.aliyuncs.com';
export const OWN = 'files.example.com';

/** A world in which a bucket has several endpoints, and some of them die. */
export class EndpointsWorld extends World {
  /** What becomes of what is sent to a host, and of its probes. */
  readonly dead = new Map<string, 'refused' | 'silent'>();

  constructor() {
    super();
    this.oss.interfere = (incoming) => this.serve(incoming);
    this.answersProbe = (url) => {
      const state = this.#stateOf(url);
      if (state === 'silent') return new Promise(() => undefined);
      return Promise.resolve(state === undefined);
    };
  }

  serve(incoming: Incoming): Promise<FakeAnswer> {
    const state = this.#stateOf(incoming.request.url);
    if (state === undefined) return incoming.process();
    if (incoming.operation === 'part') incoming.request.onSent?.(UNIT);
    return state === 'silent' ? silence(incoming) : noAnswer();
  }

  /** From now on each body takes a second: who is asked how much shows in the counts. */
  takeTime(): void {
    this.oss.interfere = async (incoming) => {
      const hasBody = incoming.operation === 'part' || incoming.operation === 'put';
      if (hasBody && this.#stateOf(incoming.request.url) === undefined)
        await new Promise<void>((resolve) => void this.clock.after(SECOND, resolve));
      return await this.serve(incoming);
    };
  }

  sentTo(host: string, operation = 'part'): Incoming[] {
    return this.oss.requests.filter(
      (incoming) => incoming.operation === operation && incoming.request.url.includes(host),
    );
  }

  /** Lets time pass until it is so. */
  async pass(isReached: () => boolean): Promise<void> {
    for (let turn = 0; turn < 5000 && !isReached(); turn += 1) {
      await this.clock.advance(100);
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    if (!isReached()) throw new Error('What the test waits for did not come.');
  }

  #stateOf(url: string): 'refused' | 'silent' | undefined {
    return [...this.dead].find(([host]) => new URL(url).host.endsWith(host))?.[1];
  }
}
