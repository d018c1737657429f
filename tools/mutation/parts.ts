/** A folder whose code is mutated, and the tests that have to notice. */
export interface Part {
	name: string;
	/** Globs; tables of data and of messages are left out, because each row of them is its own test (goldens, failure tables). */
	files: string[];
	tests: string[];
}

const unit = (name: string) => `test/unit/${name}/**/*.test.ts`;
const slices = (...areas: string[]) => areas.map((area) => `test/fuzz/slices/${area}.test.ts`);
const without = (...globs: string[]) => globs.map((glob) => `!nodes/shared/${glob}`);

/** How events become files and batches; the rest of delivery speaks with receivers. */
const BATCHING = ['archive.ts', 'streamedArchive.ts', 'siem/batches.ts', 'siem/facts.ts', 'siem/prepare.ts'];

export const PARTS: readonly Part[] = [
	{
		name: 'checkpoint',
		files: ['nodes/shared/checkpoint/**/*.ts', ...without('checkpoint/failures.ts')],
		// Left out: histories and scenarios on the whole node, which needs jest; the property of histories plays the same on the parts.
		tests: ['test/unit/checkpoint/!(history|scenarios).test.ts', ...slices('positions', 'histories')],
	},
	{ name: 'core', files: ['nodes/shared/core/**/*.ts'], tests: [unit('core'), ...slices('json', 'csv', 'times', 'texts', 'loops', 'keys', 'answers')] },
	{
		name: 'batching',
		files: BATCHING.map((file) => `nodes/shared/delivery/${file}`),
		tests: [unit('delivery'), ...slices('delivery', 'histories')],
	},
	{
		name: 'receivers',
		files: ['nodes/shared/delivery/siem/**/*.ts', ...without(...BATCHING.map((file) => `delivery/${file}`), 'delivery/siem/failures.ts')],
		tests: [unit('delivery/siem'), ...slices('delivery')],
	},
	{
		name: 'mapping',
		files: ['nodes/shared/mapping/**/*.ts', ...without('mapping/*.table.ts', 'mapping/securidPresets.ts')],
		// Left out: the schemas of ECS and OCSF over every event of the tables, which take longer than all other tests together.
		tests: ['test/unit/mapping/!(schemas).test.ts', ...slices('mapping', 'cef')],
	},
	{ name: 'safe', files: ['nodes/shared/safe/**/*.ts', ...without('safe/failures.ts')], tests: [unit('safe'), ...slices('answers', 'csv')] },
	{
		name: 'securid',
		files: ['nodes/shared/securid/**/*.ts', ...without('securid/failures.ts', 'securid/oauth/failures.ts')],
		tests: [unit('securid'), ...slices('keys', 'answers', 'loops')],
	},
];
