import { shipped, startTestWorld, type LocalWorld } from './world';

const NAME = 'collector-health';
const POSITIONS = 'securid_safe_positions';
const HOUR_MS = 3_600_000;

let local: LocalWorld;

beforeEach(async () => {
	local = await startTestWorld(44);
	await run();
});

afterEach(async () => {
	await local.stop();
});

const run = async (settings: Record<string, unknown> = {}) =>
	await local.engine.run(shipped(local, NAME, settings), { credentials: local.credentials });

const positionOf = (name: string, hoursOld: number) =>
	local.engine.dataTables.addRow(POSITIONS, { name, position: new Date(Date.now() - hoursOld * HOUR_MS) });

const said = () => local.world.slack.messages.map(({ shown }) => shown);

it('makes its tables on the first run and says nothing when there are no positions', () => {
	expect(said()).toEqual([]);
	expect(local.engine.dataTables.rows(POSITIONS)).toEqual([]);
});

it('says once that a collector stands still, and once that it has caught up', async () => {
	const { id } = positionOf('securid-admin', 3.5);
	await run();
	await run();
	expect(said()).toHaveLength(1);
	expect(said()[0]).toContain('A collector stands still');
	expect(said()[0]).toContain('securid-admin');
	expect(said()[0]).toContain('3 hours old (limit 2)');
	local.engine.dataTables.editRow(POSITIONS, id as number, { position: new Date() });
	await run();
	await run();
	expect(said()).toHaveLength(2);
	expect(said()[1]).toContain('Caught up again');
	local.engine.dataTables.editRow(POSITIONS, id as number, { position: new Date(Date.now() - 5 * HOUR_MS) });
	await run();
	expect(said()).toHaveLength(3);
});

it('gives each position the limit of its name, and others the common one', async () => {
	positionOf('safe-audit', 26);
	positionOf('safe-byoa-cloudwatch', 0.5);
	await run();
	expect(said()).toEqual([]);
	await run({ limits: ' securid-admin = 2;safe-audit=20 ; ', hoursOther: 4 });
	expect(said()).toHaveLength(1);
	expect(said()[0]).toContain('safe-audit');
	expect(said()[0]).toContain('(limit 20)');
	expect(said()[0]).not.toContain('cloudwatch');
	positionOf('of-their-own', 5);
	await run({ limits: '', hoursOther: 4 });
	expect(said()[1]).toContain('of-their-own');
	expect(said()[1]).toContain('(limit 4)');
});

it('notices within the hour that a collector with five minutes between its runs stands still', async () => {
	positionOf('safe-byoa-cloudwatch', 1.2);
	positionOf('safe-byoa-cloudtrail', 2.2);
	await run();
	expect(said()[0]).toContain('safe-byoa-cloudwatch');
	expect(said()[0]).toContain('safe-byoa-cloudtrail');
});

it('leads from its messages to the run, and says what to do', async () => {
	const { id } = positionOf('securid-admin', 9);
	await run({ n8nUrl: 'https://n8n.test', runbook: 'Call the night shift.' });
	local.engine.dataTables.editRow(POSITIONS, id as number, { position: new Date() });
	await run({ n8nUrl: 'https://n8n.test' });
	expect(said()[0]).toContain('Call the night shift.');
	for (const { text } of local.world.slack.messages) expect(text).toMatch(/<https:\/\/n8n\.test\/workflow\/[^|]+\/executions\/[^|]+\|Open this run in n8n>/);
	expect(said()).toHaveLength(2);
});

it('names several collectors in one message and leaves out those that are well', async () => {
	positionOf('securid-admin', 9);
	positionOf('securid-other', 0);
	positionOf('safe-audit', 60);
	await run();
	expect(said()).toHaveLength(1);
	expect(said()[0]).toContain('securid-admin');
	expect(said()[0]).toContain('safe-audit');
	expect(said()[0]).not.toContain('securid-other');
});

it('leaves out positions that are to be ignored: a finished back-fill stands still by nature', async () => {
	positionOf('securid-backfill', 500);
	await run();
	expect(said()).toEqual([]);
});

it('tells of a position in the future, which a wrong clock leaves behind', async () => {
	positionOf('securid-admin', -30);
	await run();
	expect(said()[0]).toContain('securid-admin');
	expect(said()[0]).toContain('in the future');
});

it('tells again at the next run when Slack refused the message', async () => {
	positionOf('securid-admin', 9);
	const refused = await run({ slackChannel: '#no-such-channel' });
	expect(refused.status).toBe('error');
	await run();
	expect(said()).toHaveLength(1);
});
