interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(address: string): string | null }): void;
}

/**
 * Lets workers of this origin start where Trusted Types are required, and no others. A bundler finds the library's worker
 * by how its start is written, so that only a default policy can speak for it. The DOM's types do not know it yet.
 */
export function allowOwnWorkers(): void {
  const { trustedTypes }: { trustedTypes?: TrustedTypes } = globalThis as object;
  trustedTypes?.createPolicy('default', {
    createScriptURL: (address) =>
      new URL(address, location.href).origin === location.origin ? address : null,
  });
}
