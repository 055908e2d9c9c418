// Prints "PASSED FAILED" from vitest's JSON report: `node .ci/count.mjs REPORT EXIT_STATUS`.
import { readFileSync } from 'node:fs';

const [report, status] = process.argv.slice(2);
try {
  const { numPassedTests, numFailedTests, numTotalTests } = JSON.parse(readFileSync(report, 'utf8'));
  const notRun = numTotalTests - numPassedTests - numFailedTests;
  const failures = numFailedTests + notRun;
  console.log(`${numPassedTests} ${failures === 0 && status !== '0' ? 1 : failures}`);
} catch (error) {
  console.error(`no readable test report: ${error.message}`);
  console.log('0 1');
}
