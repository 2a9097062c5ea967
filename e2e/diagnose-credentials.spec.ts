import type { Finding } from '../src/diagnose/index.ts';
import { type Doctor, fixOf, found, PERMANENT, test, USER, wrong } from './diagnosing.ts';
import { expect } from './fixtures.ts';
import { BUCKET, type Tab, type UploaderSettings } from './tab.ts';

test.describe('the credentials', () => {
  async function diagnoseWith(
    { tab, doctor }: { tab: Tab; doctor: Doctor },
    answer: object,
    settings: UploaderSettings = {},
  ): Promise<Finding[]> {
    await doctor.give(tab, answer);
    await tab.open(settings);
    return await doctor.diagnose(tab);
  }

  test('cannot be had', async ({ tab, doctor }) => {
    await tab.page.route('**/__emulator/sts*', (route) => route.abort());
    await tab.open();
    expect(wrong(await doctor.diagnose(tab))).toEqual(['error: credentials-failed']);
  });

  test('are an error of the app’s server', async ({ tab, doctor }) => {
    const findings = await diagnoseWith({ tab, doctor }, { error: 'not logged in' });
    expect(wrong(findings)).toEqual(['error: credentials-missing']);
    expect(fixOf(findings, 'credentials-missing')).toContain('oss:PutObject');
  });

  test('are passed on as STS writes them', async ({ tab, doctor }) => {
    const { accessKeyId, accessKeySecret, securityToken } = doctor.issue();
    const findings = await diagnoseWith(
      { tab, doctor },
      {
        AccessKeyId: accessKeyId,
        AccessKeySecret: accessKeySecret,
        SecurityToken: securityToken,
      },
    );
    expect(wrong(findings)).toEqual(['error: credentials-missing']);
    expect(found(findings, 'credentials-missing').advice).toContain('lower case');
  });

  test('are in quotation marks', async ({ tab, doctor }) => {
    const keys = doctor.issue();
    const accessKeySecret = `"${keys.accessKeySecret}"`;
    const findings = await diagnoseWith({ tab, doctor }, { ...keys, accessKeySecret });
    expect(wrong(findings)).toEqual(['error: credentials-malformed']);
    expect(found(findings, 'credentials-malformed').evidence).toContain('`accessKeySecret`');
  });

  test('have a blank in them', async ({ tab, doctor }) => {
    const keys = doctor.issue();
    const securityToken = keys.securityToken?.replace('CAIS', 'CAIS ') ?? '';
    const findings = await diagnoseWith({ tab, doctor }, { ...keys, securityToken });
    expect(wrong(findings)).toEqual(['error: credentials-malformed']);
  });

  test('have expired', async ({ tab, doctor }) => {
    const findings = await diagnoseWith({ tab, doctor }, doctor.issue(0.001));
    expect(wrong(findings)).toEqual(['error: credentials-expired']);
    expect(found(findings, 'credentials-expired').evidence).toContain('STS');
  });

  test('come without their token', async ({ tab, doctor }) => {
    const { accessKeyId, accessKeySecret } = doctor.issue();
    const findings = await diagnoseWith({ tab, doctor }, { accessKeyId, accessKeySecret });
    expect(wrong(findings)).toEqual(['error: token-missing']);
    expect(found(findings, 'not-found-out').evidence).toContain('key and signature');
  });

  test('have a damaged token', async ({ tab, doctor }) => {
    const keys = doctor.issue();
    const securityToken = keys.securityToken?.slice(0, -4) ?? '';
    const findings = await diagnoseWith({ tab, doctor }, { ...keys, securityToken });
    expect(wrong(findings)).toEqual(['error: token-invalid']);
  });

  test('have the token of others', async ({ tab, doctor }) => {
    const { securityToken } = doctor.issue();
    const findings = await diagnoseWith({ tab, doctor }, { ...doctor.issue(), securityToken });
    expect(wrong(findings)).toEqual(['error: token-mismatch']);
  });

  test('are unknown', async ({ tab, doctor }) => {
    const accessKeyId = 'LTAInobody';
    const findings = await diagnoseWith({ tab, doctor }, { ...PERMANENT, accessKeyId });
    expect(wrong(findings)).toEqual(['error: key-unknown', 'warning: permanent-key']);
    expect(found(findings, 'key-unknown').evidence).toContain('RAM user');
    expect(fixOf(findings, 'key-unknown')).toContain('oss:PutObject');
  });

  test('are permanent and have a token', async ({ tab, doctor }) => {
    const { securityToken } = doctor.issue();
    const findings = await diagnoseWith({ tab, doctor }, { ...PERMANENT, securityToken });
    expect(wrong(findings)).toContain('error: key-unknown');
    expect(found(findings, 'key-unknown').advice).toContain('without `securityToken`');
  });

  test('are disabled', async ({ tab, doctor, emulator }) => {
    const keys = doctor.issue();
    emulator.setKeyEnabled(keys.accessKeyId, false);
    const findings = await diagnoseWith({ tab, doctor }, keys);
    expect(wrong(findings)).toEqual(['error: key-disabled']);
  });

  test('belong to an account that is disabled', async ({ tab, doctor, emulator }) => {
    emulator.setOwnerDisabled(true);
    await tab.open();
    expect(wrong(await doctor.diagnose(tab))).toEqual(['error: account-disabled']);
  });

  for (const signatureVersion of [4, 1] as const) {
    test(`have the wrong secret, by V${signatureVersion}`, async ({ tab, doctor }) => {
      const keys = { ...doctor.issue(), accessKeySecret: 'secret-of-somebody-else' };
      const findings = await diagnoseWith({ tab, doctor }, keys, { signatureVersion });
      expect(wrong(findings)).toEqual(['error: signature-mismatch']);
      const { title } = found(findings, 'signature-mismatch');
      expect(title).toBe('The secret does not belong to the access key');
    });
  }
});

test.describe('rights', () => {
  const cases = [
    [['InitiateMultipartUpload', 'UploadPart'], 'error', 'oss:PutObject'],
    [['ListParts'], 'warning', 'oss:ListParts'],
    [['AbortMultipartUpload'], 'warning', 'oss:AbortMultipartUpload'],
    [['HeadObject'], 'warning', 'oss:GetObject'],
  ] as const;
  for (const [denied, severity, action] of cases) {
    test(`without ${action}`, async ({ tab, doctor, emulator }) => {
      emulator.setRights(denied);
      await tab.open();
      const findings = await doctor.diagnose(tab);
      expect(wrong(findings)).toEqual([`${severity}: rights`]);
      expect(found(findings, 'rights').title).toBe(`The credentials may not ${action}`);
      expect(fixOf(findings, 'rights')).toContain(`acs:oss:*:*:${BUCKET}/*`);
    });
  }

  test('by the policy of a RAM user', async ({ tab, doctor, emulator }) => {
    const resources = [`acs:oss:*:*:${BUCKET}/*`];
    const actions = ['oss:PutObject'];
    emulator.addUser({ ...USER, statements: [{ effect: 'allow', actions, resources }] });
    await doctor.give(tab, USER);
    await tab.open();
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['warning: permanent-key', 'warning: rights']);
    const { title, evidence } = found(findings, 'rights');
    expect(title).toContain('oss:ListParts, oss:AbortMultipartUpload, oss:GetObject');
    expect(evidence).toContain('Not denied: oss:PutObject');
  });

  test('none at all', async ({ tab, doctor, emulator }) => {
    emulator.addUser({ ...USER, statements: [] });
    await doctor.give(tab, USER);
    await tab.open();
    expect(wrong(await doctor.diagnose(tab))).toEqual(['error: rights', 'warning: permanent-key']);
  });
});

test.describe('the clock', () => {
  test('two hours fast', async ({ tab, doctor, emulator }) => {
    emulator.setClockOffset(-2 * 3_600_000);
    await tab.open();
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['warning: clock-skew']);
    expect(found(findings, 'clock-skew').title).toContain('2 h fast');
    expect(found(findings, 'clock-skew').advice).toContain('time zone');
  });

  test('47 minutes slow, and a right is missing, too', async ({ tab, doctor, emulator }) => {
    emulator.setClockOffset(47 * 60_000);
    emulator.setRights(['ListParts']);
    await tab.open();
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['warning: clock-skew', 'warning: rights']);
    expect(found(findings, 'clock-skew').title).toContain('47 min slow');
  });

  test('ten minutes off, which OSS lets pass', async ({ tab, doctor, emulator }) => {
    emulator.setClockOffset(10 * 60_000);
    await tab.open();
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['warning: clock-skew']);
    expect(found(findings, 'clock-skew').title).toContain('10 min slow');
  });
});
