import { expect, test } from '@playwright/test';
import { planTab } from './schedule.ts';
import { soak } from './soak.ts';

const firstSeed = Number(process.env['PARTWAY_SEED'] ?? 21);
const tabs = Number(process.env['PARTWAY_TABS'] ?? 3);

for (let seed = firstSeed; seed < firstSeed + tabs; seed += 1) {
  test(`everything goes wrong at once, and every file arrives (seed ${seed})`, async ({
    page,
  }, testInfo) => {
    test.setTimeout(200_000);
    const plan = planTab(seed);
    const report = await soak(page, plan);
    expect(report.uploads).toHaveLength(plan.uploads.length);
    const body = JSON.stringify(report);
    await testInfo.attach('report', { body, contentType: 'application/json' });
  });
}
