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
	maxWorkers: 2,
};
