import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NODE_HTTP_LINES } from '../testing/node-http.ts';

test('the README shows the lines for node:http that the tests run', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  expect(readme).toContain(NODE_HTTP_LINES.trim());
});
