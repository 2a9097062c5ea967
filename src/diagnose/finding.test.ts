import { expect, test } from 'vitest';
import { UploadError } from '../errors.ts';
import { type Finding, Report } from './finding.ts';
import { said } from './said.ts';

const NOTE: Finding = {
  id: 'note',
  severity: 'info',
  title: 'A note',
  evidence: 'Seen.',
  advice: 'None.',
};

test('errors come first, what stays open last', () => {
  const report = new Report();
  report.add(NOTE);
  report.leaveOpen('One.');
  report.leaveOpen('Two.');
  report.add({ ...NOTE, id: 'bad', severity: 'error' });
  const findings = report.findings();
  expect(findings.map(({ id }) => id)).toEqual(['bad', 'note', 'not-found-out']);
  expect(findings[2]?.evidence).toBe('One. Two.');
});

test('secrets are kept out of every text', () => {
  const report = new Report();
  report.keepOut('s3cret', undefined);
  const text = 'a s3cret b s3cret';
  report.add({ ...NOTE, evidence: text, advice: text, fix: [{ where: 'here', text }] });
  expect(JSON.stringify(report.findings())).not.toContain('s3cret');
});

test('a secret that is longer than what is shown of a message stays out, too', () => {
  const token = `CAIS${'abcdefghij'.repeat(60)}`;
  const report = new Report();
  report.keepOut('secret', token);
  const serviceMessage = `The token ${token} is bad. ${'Look at it. '.repeat(30)}`;
  const error = new UploadError('service', '', {
    status: 400,
    code: 'InvalidArgument',
    serviceMessage,
  });
  const shown = said({ report }, error);
  expect(shown).toContain('The token … is bad. Look at it.');
  expect(shown).toMatch(/^.{200,250}…/);
});
