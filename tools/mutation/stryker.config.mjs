import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Stryker's settings for one part of the package; `mutation.ts` runs it and names the part. */
const { MUTATION_FILES = '', MUTATION_TESTS = '', MUTATION_REPORT = '', MUTATION_WORKERS = '2', MUTATION_CHANGED = '' } = process.env;

// Inherited by the processes that run the tests: a tenth of the generated cases notices nearly as much, in a fraction of the time.
process.env.GENERATED_SHARE = '0.1';

export default {
	testRunner: 'mocha',
	plugins: ['@stryker-mutator/mocha-runner'],
	mochaOptions: { spec: MUTATION_TESTS.split(','), require: [path.join(path.dirname(fileURLToPath(import.meta.url)), 'mochaInterface.cjs')] },
	testRunnerNodeArgs: ['--import', 'tsx'],
	mutate: MUTATION_FILES.split(','),
	coverageAnalysis: 'perTest',
	// What runs once, while a file is loaded, would need all tests and all files anew for each mutant: tables, patterns and limits.
	ignoreStatic: true,
	concurrency: Number(MUTATION_WORKERS),
	timeoutMS: 8_000,
	timeoutFactor: 2,
	tempDirName: '.cache/mutation/sandbox',
	// What each mutant came to is kept; `--changed` takes it from there where neither its code nor the tests that run it have changed.
	incremental: true,
	incrementalFile: `${MUTATION_REPORT}.incremental`,
	force: MUTATION_CHANGED === '',
	reporters: ['json', 'progress-append-only'],
	jsonReporter: { fileName: MUTATION_REPORT },
	ignorePatterns: ['/e2e', '/workflows', '/dist', '/.cache', '/.demo', '/test/nodes', '/test/workflows', '/test/harness', '/test/package/*.test.ts', '/test/real'],
	allowConsoleColors: false,
	cleanTempDir: 'always',
};
