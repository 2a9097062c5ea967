// Prints how many tests passed and failed over all suites, from the reports in the folder named.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2] ?? 'test-results';

function read(name) {
  const path = join(folder, name);
  // A suite without a report did not get to its end: that is a failure, whatever the others say.
  if (!existsSync(path)) return undefined;
  return JSON.parse(readFileSync(path, 'utf8'));
}

const unit = read('unit.json');
const endToEnd = read('e2e.json');
const suites = [
  unit === undefined ? undefined : [unit.numPassedTests, unit.numTotalTests - unit.numPassedTests],
  endToEnd === undefined
    ? undefined
    : [
        endToEnd.stats.expected,
        endToEnd.stats.unexpected + endToEnd.stats.flaky + endToEnd.errors.length,
      ],
];

let passed = 0;
let failed = 0;
for (const suite of suites) {
  passed += suite?.[0] ?? 0;
  failed += suite?.[1] ?? 1;
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
