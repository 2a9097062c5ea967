import { createEmulator } from '../emulator/index.ts';
import { found, test, wrong } from './diagnosing.ts';
import { expect } from './fixtures.ts';

for (const place of ['first', 'second'] as const) {
  test(`of several endpoints the ${place} gives no answer`, async ({ tab, doctor, emulator }) => {
    const gone = await goneOrigin();
    const endpoints = [gone, emulator.origin] as const;
    await tab.open({ endpoints: place === 'first' ? endpoints : endpoints.toReversed() });
    const findings = await doctor.diagnose(tab);
    expect(wrong(findings)).toEqual(['warning: unreachable']);
    expect(found(findings, 'unreachable').title).toContain(new URL(gone).host);
    expect(found(findings, 'unreachable').advice).toContain(new URL(emulator.origin).host);
    expect(emulator.log.map(({ operation }) => operation)).toContain('AbortMultipartUpload');
  });
}

test('of several endpoints none gives an answer', async ({ tab, doctor, emulator }) => {
  await tab.open({ endpoints: [await goneOrigin(), emulator.origin] });
  await emulator.faults.refuse('until-restored');
  const findings = await doctor.diagnose(tab);
  await emulator.faults.restore();
  expect(wrong(findings)).toEqual(['error: unreachable', 'error: unreachable']);
});

/** Where nobody is any more. */
async function goneOrigin(): Promise<string> {
  const emulator = await createEmulator();
  await emulator.close();
  return emulator.origin;
}
