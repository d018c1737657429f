/**
 * Lets mocha run the tests that are written for jest: `it.each`, `describe.each`, `expect` and false clocks are jest's own parts, the rest has other names.
 * Mocha, because Stryker's runner for it keeps all files loaded from one mutant to the next, which takes a tenth of the time.
 */
const path = require('node:path');
const { ModernFakeTimers } = require('@jest/fake-timers');
const { expect } = require('expect');
const fc = require('fast-check');
const { bind } = require('jest-each');
const Mocha = require('mocha');

// Whether a case fails is all that counts here; looking for the smallest one takes longer than the test.
fc.configureGlobal({ endOnFailure: true });

/** Tests of sizes, which take seconds each; they would notice nothing that the others do not. */
const SIZES = /more than 2 GiB|before it fills the memory|text of millions|nested beyond all measure|keeps every record (at|across) every/;

const { bdd } = Mocha.interfaces;

/** Of `jest.…` the clocks alone: no unit test that runs here replaces anything else. */
const timers = new ModernFakeTimers({ global: globalThis, config: { rootDir: process.cwd(), fakeTimers: {} } });

// Stryker takes mocha's own interfaces alone, so that jest's words are added to one of these.
Mocha.interfaces.bdd = function jestInterface(root) {
	root.on('pre-require', (context, file, mocha) => {
		// A suite for each file, since jest's hooks at the top of a file are those of this file alone.
		const suite = Mocha.Suite.create(root, path.relative(process.cwd(), file));
		bdd(suite);
		suite.emit('pre-require', context, file, mocha);
		const { it } = context;
		context.it = (title, ...rest) => (SIZES.test(title) ? undefined : it(title, ...rest));
		context.it.each = bind(context.it, false);
		context.it.only = it.only;
		context.it.skip = it.skip;
		context.describe.each = bind(context.describe, false);
		context.test = context.it;
		context.beforeAll = context.before;
		context.afterAll = context.after;
		context.expect = expect;
		context.jest = timers;
	});
};
