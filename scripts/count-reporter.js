// A vitest reporter that stands beside the default one and ends the output with one plain line:
// `N passed, N failed`, and `, N skipped` when some were.

export default class CountReporter {
  #line = null;

  onInit() {
    // The default reporter prints its summary after the hooks of the others; this line comes last.
    process.once('exit', () => {
      if (this.#line !== null) process.stdout.write(`${this.#line}\n`);
    });
  }

  onTestRunEnd(testModules, unhandledErrors) {
    this.#line = countLine(testModules, unhandledErrors);
  }
}

/** A file or suite that failed by itself, and an error outside any test, count as failed too. */
function countLine(testModules, unhandledErrors) {
  let passed = 0;
  let skipped = 0;
  let failed = unhandledErrors.length;
  for (const testModule of testModules) {
    failed += testModule.errors().length;
    for (const suite of testModule.children.allSuites()) failed += suite.errors().length;
    for (const test of testModule.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed') passed += 1;
      else if (state === 'skipped') skipped += 1;
      else failed += 1;
    }
  }
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
