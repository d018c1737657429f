jest.mock('n8n-workflow', () => jest.requireActual('../time').withFreePauses(jest.requireActual('n8n-workflow')));

import { generated } from '../../unit/generated';
import { useBench } from '../bench';
import { MODES } from './triggerBench';
import { playHistories } from './triggerHistory';

const bench = useBench();
const RUNS = 15;
const FEWER = 6;

describe.each(MODES)('whatever happens, %s', (mode) => {
	test(`each event is handed out exactly once: ${generated(RUNS)}`, async () => await playHistories(bench, mode, RUNS), 480_000);

	test.each(['user', 'system'] as const)(
		`each event of the %s log is handed out exactly once, signed in by OAuth: ${generated(FEWER)}`,
		async (log) => await playHistories(bench, mode, FEWER, { log, authentication: 'oAuth' }),
		480_000,
	);
});
