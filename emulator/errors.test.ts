import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ABSENT_ERRORS } from './absent-errors.ts';
import { ERRORS } from './error-table.ts';
import type { ErrorCode } from './errors.ts';
import { errorOf, startEmulator } from './testing/harness.ts';
import { FORMS } from './testing/provocations/forms.ts';
import { MULTIPART } from './testing/provocations/multipart.ts';
import { PERMISSIONS } from './testing/provocations/permissions.ts';
import type { Provocation } from './testing/provocations/provocation.ts';
import { REQUESTS } from './testing/provocations/requests.ts';
import { RESOURCES } from './testing/provocations/resources.ts';

/** One for every code of the table: the type says when one is missing. */
const PROVOCATIONS: Readonly<Record<ErrorCode, Provocation>> = {
  ...REQUESTS,
  ...RESOURCES,
  ...PERMISSIONS,
  ...MULTIPART,
  ...FORMS,
};

const CASES = Object.entries(PROVOCATIONS) as [ErrorCode, Provocation][];

test.each(CASES)('%s', async (code, provocation) => {
  const { options = {} } = provocation;
  const reply = await provocation.provoke(await startEmulator(options));
  expect(errorOf(reply)).toBe(`${ERRORS[code].status} ${code}`);
});

test('every code of the table is provoked, and no other', () => {
  expect(Object.keys(PROVOCATIONS).toSorted()).toEqual(Object.keys(ERRORS).toSorted());
});

test('no code is both reached and absent', () => {
  const codes = new Set(Object.keys(ERRORS));
  expect(Object.keys(ABSENT_ERRORS).filter((code) => codes.has(code))).toEqual([]);
});

describe('ERRORS.md', () => {
  const page = readFileSync(new URL('ERRORS.md', import.meta.url), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| `'));

  test('tells how to provoke every code', () => {
    const expected = Object.entries(ERRORS).map(
      ([code, { status }]) =>
        `| \`${code}\` | ${status} | ${PROVOCATIONS[code as ErrorCode].how} |`,
    );
    expect(rows.slice(0, expected.length).toSorted()).toEqual(expected.toSorted());
  });

  test('tells which codes are out of reach, and why', () => {
    const expected = Object.entries(ABSENT_ERRORS).map(
      ([code, { status, reason }]) => `| \`${code}\` | ${status} | ${reason} |`,
    );
    expect(rows.slice(-expected.length).toSorted()).toEqual(expected.toSorted());
    expect(rows).toHaveLength(Object.keys(ERRORS).length + expected.length);
  });
});
