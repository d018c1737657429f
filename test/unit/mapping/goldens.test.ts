import { safeOutput, type SecurIdLog, securIdOutput } from '../../../nodes/shared/mapping/output';
import { mappingPage } from '../../../tools/mappingTables';
import { read } from '../../package/commands';
import { rawFixture } from '../fixtures';
import { ecsProblems } from './schemas/ecs';
import { ocsfProblems } from './schemas/ocsf';

interface Golden {
	record: Record<string, string>;
	safeUser?: Record<string, unknown>;
	simplified: object;
	ecs: object;
	ocsf: { class_uid: number };
}

const SOURCES = ['securid-admin', 'securid-user', 'securid-system', 'safe-audit'] as const;
const COLUMNS = { time: 'Timestamp', user: 'User ID', action: 'Action', address: 'Source IP and Port', target: 'Target' };

function goldensOf(source: (typeof SOURCES)[number]): Array<[string, Golden]> {
	return Object.entries(JSON.parse(rawFixture(`mapping/${source}.json`)) as Record<string, Golden>);
}

describe.each(SOURCES)('examples of %s', (source) => {
	it.each(goldensOf(source))('%s', (_title, { record, safeUser, ...expected }) => {
		const made = (form: string) => {
			const settings = { form, fallbackMs: 0 };
			if (source !== 'safe-audit') return securIdOutput(source.slice('securid-'.length) as SecurIdLog, record, settings);
			return safeOutput({ eventId: '0f3c', record, columns: COLUMNS, timezone: 'utc', safeUser }, settings);
		};
		expect({ simplified: made('simplified'), ecs: made('ecs'), ocsf: made('ocsf') }).toEqual(expected);
		expect([ecsProblems(expected.ecs), ocsfProblems(expected.ocsf)]).toEqual([[], []]);
	});
});

it('there is an example of each OCSF class for each log that has events of it', () => {
	const classes = SOURCES.map((source) => [...new Set(goldensOf(source).map(([, { ocsf }]) => ocsf.class_uid))].sort());
	expect(classes).toEqual([[3001, 3002, 3004], [3001, 3002], [3004], [3001, 3002, 3004]]);
});

it('docs/mapping.md says what the tables say (npm run mapping writes it)', () => {
	expect(read('docs/mapping.md')).toBe(mappingPage());
});
