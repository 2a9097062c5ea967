/** What the test page and its workers need, and nothing else: the emulator, under all the names that tests give it. */
const POLICY: Readonly<Record<string, string>> = {
  'default-src': "'none'",
  // Nothing inline, no eval; WebAssembly, for hashing, has a word of its own.
  'script-src': "'self' 'wasm-unsafe-eval'",
  'worker-src': "'self'",
  'connect-src':
    "'self' http://127.0.0.1:* http://localhost:* http://*.localhost:* http://*.aliyuncs.com http://*.invalid",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
  'require-trusted-types-for': "'script'",
  'trusted-types': 'default',
};

/** The Content-Security-Policy of the test page. */
export const STRICT_POLICY: string = policyOf(POLICY);

/** The same with some directives otherwise. */
export function strictPolicyBut(changes: Readonly<Record<string, string>>): string {
  return policyOf({ ...POLICY, ...changes });
}

function policyOf(directives: Readonly<Record<string, string>>): string {
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}
