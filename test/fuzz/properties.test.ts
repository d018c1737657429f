import { readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { PROPERTIES, sharesOf } from './properties';
import { property } from './property';

describe('the table of properties', () => {
	it('names each rule once', () => {
		const names = PROPERTIES.map(({ area, rule }) => `${area}: ${rule}`);
		expect(new Set(names).size).toBe(names.length);
	});

	it('is tested whole in npm test: each area has its slice', () => {
		const slices = readdirSync(path.join(__dirname, 'slices')).map((file) => file.replace('.test.ts', ''));
		expect(slices.sort()).toEqual([...new Set(PROPERTIES.map(({ area }) => area))].sort());
	});

	it('shares a million cases out, none left over and none without any', () => {
		const shares = sharesOf(PROPERTIES, 1_000_000);
		const sum = shares.reduce((total, share) => total + share, 0);
		expect(Math.min(...shares)).toBeGreaterThan(1_000);
		expect(sum).toBeGreaterThanOrEqual(1_000_000);
		expect(sum).toBeLessThan(1_000_000 + PROPERTIES.length);
	});
});

describe('a property', () => {
	const odd = (check: (value: number) => boolean | void | Promise<void>, atLeast?: number) =>
		property({ area: 'test', rule: 'r', weight: 1, atLeast, cases: () => fc.nat(1_000), check });

	it('that fails says the smallest case, the seed and the path to it', async () => {
		const { failure } = await odd((value) => {
			if (value >= 700) throw new Error('too large');
		}).run({ seed: 7, cases: 1_000 });
		expect(failure).toMatch(/Counterexample: \[700\]/);
		expect(failure).toMatch(/seed: 7/);
	});

	it('that fails in a promise fails as well', async () => {
		const { failure } = await odd(async (value) => await Promise.reject(new Error(`refused ${value}`))).run({ seed: 7, cases: 10 });
		expect(failure).toMatch(/refused 0/);
	});

	it('whose cases do not put the rule to the test often enough fails, too', async () => {
		expect((await odd((value) => value < 100, 0.5).run({ seed: 7, cases: 1_000 })).failure).toMatch(/only \d+\.\d % of the cases .* 50 % are wanted/);
		expect((await odd((value) => value < 900, 0.5).run({ seed: 7, cases: 1_000 })).failure).toBeUndefined();
	});
});
