import { isBucketName } from './names.ts';
import type { CorsRule } from './types.ts';

/** The buckets that exist, and how each is configured. */
export class Buckets {
  readonly #corsRules = new Map<string, readonly CorsRule[]>();
  readonly #initialCorsRules: readonly CorsRule[];

  /** Throws TypeError for an illegal name. */
  constructor(names: readonly string[], corsRules: readonly CorsRule[]) {
    this.#initialCorsRules = structuredClone(corsRules);
    for (const name of names) {
      if (!isBucketName(name)) throw new TypeError(`buckets: expected a legal name, got ${name}`);
      this.#corsRules.set(name, this.#initialCorsRules);
    }
  }

  names(): string[] {
    return [...this.#corsRules.keys()];
  }

  has(name: string): boolean {
    return this.#corsRules.has(name);
  }

  /** No rules for a bucket that does not exist. */
  corsRules(name: string | undefined): readonly CorsRule[] {
    return (name === undefined ? undefined : this.#corsRules.get(name)) ?? [];
  }

  /** Throws TypeError when there is no such bucket. */
  setCorsRules(name: string, rules: readonly CorsRule[]): void {
    if (!this.has(name)) throw new TypeError(`bucket: expected one that exists, got ${name}`);
    this.#corsRules.set(name, structuredClone(rules));
  }

  /** Back to the first configuration. */
  reset(): void {
    for (const name of this.names()) this.#corsRules.set(name, this.#initialCorsRules);
  }
}
