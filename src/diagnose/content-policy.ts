import type { Clock } from '../ports.ts';

/** A directive that something was refused by. */
export interface Directive {
  /** As the policy has it. */
  readonly text: string;
  readonly sources: readonly string[];
}

/** Notes by which directives the Content-Security-Policy of this page refuses something from now on. */
export function watchPolicy(
  clock: Clock,
  watched: 'connect-src' | 'worker-src',
): { violated(): Promise<Directive[]> } {
  const directives: Directive[] = [];
  const note = (event: SecurityPolicyViolationEvent): void => {
    const { disposition, effectiveDirective, originalPolicy } = event;
    if (disposition !== 'enforce' || effectiveDirective !== watched) return;
    directives.push(directiveOf(originalPolicy, watched));
  };
  globalThis.addEventListener?.('securitypolicyviolation', note);
  return {
    async violated() {
      // The event is a task of its own: it may come after the failure that it explains.
      await new Promise<void>((resolve) => {
        clock.after(EVENT_DELAY, resolve);
      });
      globalThis.removeEventListener?.('securitypolicyviolation', note);
      return directives;
    },
  };
}

/** Milliseconds. */
const EVENT_DELAY = 50;

/** Where a policy does not name a directive, a more general one holds. */
const GENERAL = {
  'worker-src': ['worker-src', 'child-src', 'script-src', 'default-src'],
  'connect-src': ['connect-src', 'default-src'],
} as const;

/** Finds the directive of a policy that holds for another. */
export function directiveOf(policy: string, effective: keyof typeof GENERAL): Directive {
  const given = policy.split(';').map((text) => text.trim().split(/\s+/));
  const names: readonly string[] = GENERAL[effective];
  const [words = [effective]] = names.flatMap((name) => given.filter(([first]) => first === name));
  return { text: words.join(' '), sources: words.slice(1) };
}
