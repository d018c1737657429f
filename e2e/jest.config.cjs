const root = require('../jest.config.cjs');

/** Tests on a whole n8n server, each file on a server of its own; they wait a lot, so two at a time fill two cores. Same compiler settings and reporters as the other tests. */
module.exports = {
	testEnvironment: 'node',
	rootDir: __dirname,
	roots: ['<rootDir>/tests'],
	testMatch: ['**/*.test.ts'],
	transform: root.transform,
	globalSetup: '<rootDir>/tests/globalSetup.ts',
	globalTeardown: '<rootDir>/tests/globalTeardown.ts',
	reporters: ['default', require.resolve('../tools/jest/totalsReporter.cjs')],
	testTimeout: 300_000,
	maxWorkers: 2,
	testSequencer: require.resolve('../tools/jest/longestFirst.cjs'),
	// Servers of a test that failed half-way must not keep the run from ending.
	forceExit: true,
};
