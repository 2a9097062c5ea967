import { expect, test } from 'vitest';
import { directiveOf } from './content-policy.ts';

test.each([
  ["default-src 'self'; connect-src 'none'", 'connect-src', "connect-src 'none'"],
  ["default-src  'self' https://a.example", 'connect-src', "default-src 'self' https://a.example"],
  ["script-src 'self'; default-src 'none'", 'worker-src', "script-src 'self'"],
  ["child-src blob:; script-src 'self'", 'worker-src', 'child-src blob:'],
] as const)('%s holds for %s', (policy, effective, text) => {
  expect(directiveOf(policy, effective).text).toBe(text);
});
