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

const fail = async (message = 'SecurID asks for fewer requests (SECURID-429-RATE)', workflow = 'SecurID: admin log') =>
	await local.engine.run(shipped(local, NAME), {
		startAt: 'When a workflow fails',
		input: [
			{
				json: {
					execution: { id: '231', url: 'https://n8n.example.com/execution/231', error: { message }, lastNodeExecuted: 'Get new events' },
					workflow: { id: '1', name: workflow },
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

it('says once that there was no further failure, and begins anew with the next one', async () => {
	await fail();
	await tick();
	expect(said()).toHaveLength(1);
	minutesPass(61);
	await tick();
	await tick();
	expect(said()).toHaveLength(2);
	expect(said()[1]).toContain('SecurID: admin log: no further failure');
	await fail();
	expect(said()).toHaveLength(3);
	expect(said()[2]).toContain('failed');
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
