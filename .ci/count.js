// Prints how many tests passed and failed over all suites, from the reports in the folder named.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.argv[2] ?? 'test-results';

const counts = [
  read('unit.json', countVitest),
  read('e2e.json', countPlaywright),
  read('alone.json', countPlaywright),
  read('engines.json', countVitest),
];
const passed = counts.reduce((sum, count) => sum + count.passed, 0);
const failed = counts.reduce((sum, count) => sum + count.failed, 0);
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;

function read(name, count) {
  const path = join(folder, name);
  // A suite without a report did not get to its end: that is a failure, whatever the others say.
  if (!existsSync(path)) return { passed: 0, failed: 1 };
  return count(JSON.parse(readFileSync(path, 'utf8')));
}

// What is skipped says so in one sentence; a file that could not be read has no tests to count, and is a failure.
function countVitest({ numPassedTests, numFailedTests, success }) {
  return { passed: numPassedTests, failed: success ? numFailedTests : Math.max(1, numFailedTests) };
}

// One that passed when it was tried again is told, and counts as passed.
function countPlaywright({ stats, errors, suites }) {
  for (const title of suites.flatMap(titlesOfFlaky)) process.stdout.write(`flaky: ${title}\n`);
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected + errors.length };
}

function titlesOfFlaky({ title, specs = [], suites = [] }) {
  const flaky = specs.filter(({ tests }) => tests.some(({ status }) => status === 'flaky'));
  const titles = [...flaky.map((spec) => spec.title), ...suites.flatMap(titlesOfFlaky)];
  return titles.map((inner) => `${title} › ${inner}`);
}
