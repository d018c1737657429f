import { shipped, startTestWorld, type LocalWorld } from './world';

const NAME = 'error-alert';
const ERRORS = 'securid_safe_errors';
const MINUTE_MS = 60_000;

let local: LocalWorld;

beforeEach(async () => {
	local = await startTestWorld(47);
});

afterEach(async () => {
	await local.stop();
});

const FAN_OUT = 'SecurID: admin log to S3, SIEM and Slack, nothing lost';

const fail = async (message = 'SecurID asks for fewer requests (SECURID-429-RATE)', workflow = 'SecurID: admin log', id = workflow) =>
	await local.engine.run(shipped(local, NAME), {
		startAt: 'When a workflow fails',
		input: [
			{
				json: {
					execution: { id: '231', url: 'https://n8n.example.com/execution/231', error: { message }, lastNodeExecuted: 'Get new events' },
					workflow: { id, name: workflow },
				},
			},
		],
		credentials: local.credentials,
	});

const tick = async () =>
	await local.engine.run(shipped(local, NAME), { startAt: 'Every ten minutes', credentials: local.credentials });

const said = () => local.world.slack.messages.map(({ shown }) => shown);

/** Moves what stands in the table into the past, as time does. */
function minutesPass(minutes: number): void {
	for (const row of local.engine.dataTables.rows(ERRORS)) {
		const earlier = (value: unknown) => new Date(new Date(value as Date).getTime() - minutes * MINUTE_MS);
		local.engine.dataTables.editRow(ERRORS, row.id as number, { lastAt: earlier(row.lastAt), remindAfter: earlier(row.remindAfter) });
	}
}

it('tells the first failure at once, with node, message and a link to the execution', async () => {
	const report = await fail();
	expect(report.error).toBeUndefined();
	expect(said()).toHaveLength(1);
	expect(said()[0]).toContain('SecurID: admin log failed');
	expect(said()[0]).toContain('At Get new events: SecurID asks for fewer requests (SECURID-429-RATE)');
	expect(local.world.slack.messages[0].text).toContain('<https://n8n.example.com/execution/231|Open the execution in n8n>');
});

it('reminds once an hour while it keeps failing', async () => {
	await fail();
	minutesPass(15);
	await fail();
	expect(said()).toHaveLength(1);
	minutesPass(50);
	await fail();
	expect(said()).toHaveLength(2);
	expect(said()[1]).toContain('keeps failing, 3 times so far');
});

it('keeps workflows apart', async () => {
	await fail('a', 'one');
	await fail('b', 'two');
	expect(said()).toHaveLength(2);
});

it('keeps two workflows of one name apart, and knows one that was renamed', async () => {
	await fail('a', 'same name', 'id 1');
	await fail('b', 'same name', 'id 2');
	await fail('a', 'new name', 'id 1');
	expect(said()).toHaveLength(2);
	expect(local.engine.dataTables.rows(ERRORS).map(({ workflowId, workflow, count }) => [workflowId, workflow, count])).toEqual([['id 1', 'new name', 2], ['id 2', 'same name', 1]]);
});

it('says once that there was no further failure, does not call that recovered, and begins anew with the next one', async () => {
	await fail();
	await tick();
	expect(said()).toHaveLength(1);
	minutesPass(61);
	await tick();
	await tick();
	expect(said()).toHaveLength(2);
	expect(said()[1]).toContain('SecurID: admin log: no further failure since ');
	expect(said()[1]).toContain('Nothing here shows that it has run since');
	expect(said()[1]).not.toContain('recovered');
	await fail();
	expect(said()).toHaveLength(3);
	expect(said()[2]).toContain('failed');
});

describe('a workflow that saves a position', () => {
	/** The fan-out itself, which makes the table and saves now. */
	const saveNow = async () => expect((await local.engine.run(shipped(local, 'securid-admin-log-fan-out'), { credentials: local.credentials })).error).toBeUndefined();
	const lastSaid = () => said()[said().length - 1];

	it('is called recovered when it has saved since the failure', async () => {
		await fail('a', FAN_OUT);
		minutesPass(61);
		await saveNow();
		await tick();
		expect(lastSaid()).toContain(`*${FAN_OUT} recovered*: it saved its position at `);
		expect(lastSaid()).toContain('after 1 failure, the last at ');
	});

	it('is not called recovered when it last saved before the failure, or when another one saved', async () => {
		await saveNow();
		local.engine.dataTables.editRow('securid_safe_positions', 1, { savedAt: new Date(Date.now() - 3 * 60 * MINUTE_MS) });
		await fail('a', FAN_OUT);
		minutesPass(61);
		await tick();
		expect(lastSaid()).toContain('no further failure since');
		await fail('b', 'SAFE: daily audit to S3, SIEM and Slack');
		minutesPass(61);
		await saveNow();
		await tick();
		expect(lastSaid()).toContain('SAFE: daily audit to S3, SIEM and Slack: no further failure since');
	});

	it('is known by its ID too', async () => {
		await fail('a', 'renamed', 'AbCdEf123');
		minutesPass(61);
		await saveNow();
		await local.engine.run(shipped(local, NAME, { positions: 'x = y; AbCdEf123 = securid-admin' }), { startAt: 'Every ten minutes', credentials: local.credentials });
		expect(lastSaid()).toContain('renamed recovered');
	});
});

it('makes a note of a lost race, and no alarm', async () => {
	await fail('Position not saved: another run, or an edit in the Data table, changed it meanwhile.');
	expect(said()).toHaveLength(1);
	expect(said()[0]).toContain('lost the race for its position');
	expect(said()[0]).not.toContain('failed');
	expect(local.engine.dataTables.rows(ERRORS)).toHaveLength(0);
});

it('shows hostile text in a message as text', async () => {
	await fail('<!channel> <https://evil.example.com|click>');
	expect(local.world.slack.messages[0].rings).toEqual([]);
});
