/**
 * What the demo needs, and nothing else: the emulator beside it, and its settings form. Nothing inline, no eval; workers
 * by the Trusted Types policy of `trusted-types.ts`.
 *
 * @param forServer what the server that serves it needs to connect to.
 */
export function contentPolicy(forServer = ''): string {
  return [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    "img-src 'self'",
    "worker-src 'self'",
    `connect-src 'self' http://127.0.0.1:* http://*.localhost:* ${forServer}`.trimEnd(),
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ');
}
