/** Node 24 runs the tests (npm puts node_modules/.bin first); totals come out as "N passed, N failed". */
module.exports = {
	testEnvironment: 'node',
	roots: ['<rootDir>/test'],
	testMatch: ['**/*.test.ts'],
	transform: {
		'^.+\\.ts$': [
			'@swc/jest',
			{ jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true } }, module: { type: 'commonjs' } },
		],
	},
	globalSetup: '<rootDir>/tools/jest/globalSetup.cjs',
	reporters: ['default', '<rootDir>/tools/jest/totalsReporter.cjs'],
	testTimeout: 240_000,
	testSequencer: require.resolve('./tools/jest/longestFirst.cjs'),
	maxWorkers: 2,
	// n8n's engine is loaded anew for each file, and jest does not let go of all of it: at 4 GB a worker does little but collect garbage.
	workerIdleMemoryLimit: '1200MB',
};
