/** Hostile content at Slack: the shipped workflows, run on events whose names are written for Slack; the messages are read as Slack reads them. */
import type { RunReport } from '../harness';
import { shipped, startTestWorld, type LocalWorld } from '../workflows/world';
import { NAMES } from './hostileNames';

let local: LocalWorld;

beforeEach(async () => {
	local = await startTestWorld(61, { midHour: true });
});

afterEach(async () => {
	await local.stop();
});

/** Digests show ten rows, so the names go in tens. */
const TENS = Array.from({ length: Math.ceil(NAMES.length / 10) }, (_none, at) => NAMES.slice(at * 10, at * 10 + 10).map(([, name]) => name));

/** Code is shown as it stands: nothing in it rings, links or is formatted. Source: Slack's formatting rules. */
const CODE = /```[\s\S]*?```|`[^`\n]+`/g;

/** Asserts that nothing of the names stands outside code, and that the only links are the workflow's own. */
function expectPlain(least: number): void {
	const { messages } = local.world.slack;
	const inCode = messages.flatMap(({ text }) => text.match(CODE) ?? []);
	expect(inCode.filter((code) => /zq|7\*7|proto/.test(code)).length).toBeGreaterThanOrEqual(least);
	for (const { text, rings } of messages) {
		expect(rings).toEqual([]);
		const prose = text.replace(CODE, '');
		expect(prose).not.toMatch(/zq|7\*7|proto/);
		expect(text).not.toContain('49zq');
		for (const [token] of prose.matchAll(/<[^>]*>/g)) expect(token).toMatch(/^<https:\/\/n8n\.example\.com\//);
		expect(prose).not.toContain('`');
		expect(text).not.toMatch(/\p{Cs}/u);
		for (const code of text.match(CODE) ?? []) expect(code).not.toMatch(/[<>\p{Cc}\p{Cf}\u2028\u2029]/u);
	}
}

const run = async (name: string, more: object = {}, settings: Record<string, unknown> = {}): Promise<RunReport> => {
	const report = await local.engine.run(shipped(local, name, settings), { credentials: local.credentials, ...more });
	expect(report.error).toBeUndefined();
	return report;
};

const HOUR_MS = 3_600_000;

describe(`${NAMES.length} names shown as text`, () => {
	it('by securid-failed-sign-in-alert, as administrators and as sources', async () => {
		for (const names of TENS) {
			local.world.slack.messages.length = 0;
			const input = names.map((name, at) => ({ json: { eventId: `${at}`, eventTime: new Date().toISOString(), action: 'SIGNIN_FAILURE', outcome: 'failure', actor: name, sourceIp: name } }));
			await run('securid-failed-sign-in-alert', { startAt: 'When something happens', input }, { quietMinutes: 0 });
			expectPlain(names.length * 2);
		}
	});

	it('by securid-admin-log-fan-out, with what the SIEM answers to a refused event, and nothing of them in a key of S3', async () => {
		local.world.securId.events.length = 0;
		for (const [at, names] of TENS.entries()) {
			local.world.slack.messages.length = 0;
			const events = local.world.securId.addEvents(...names.map((adminUserName, index) => ({ atMs: Date.now() - 3 * HOUR_MS + at * 60_000 + index, activityKey: 'LOCKED_ADMIN_ACCOUNT', result: 'SUCCESS', adminUserName, sourceIPAddress: adminUserName })));
			if (at === 0) local.world.siem.faults.add({ on: { times: 1 }, do: { status: 400, body: { message: names.join(' ') } } }, { on: { times: 1 }, do: { status: 400, body: { message: names.join(' ') } } });
			local.engine.dataTables.rows('securid_safe_positions').forEach((row) => local.engine.dataTables.editRow('securid_safe_positions', row.id as number, { rewindTo: new Date(Date.now() - 5 * HOUR_MS) }));
			await run('securid-admin-log-fan-out');
			expect(events).toHaveLength(names.length);
			expectPlain(1);
		}
		for (const key of (await local.s3.objects('demo.audit')).keys()) expect(key).toMatch(/^audit\/[\w=/.-]+$/);
		for (const key of (await local.s3.objects('demo.audit')).keys()) expect(key).not.toMatch(/zq|\.\.|\/\//);
	});

	it('by safe-daily-audit-fan-out, as users, actions and details', async () => {
		const names = NAMES.map(([, name]) => name);
		const row = local.world.safe.rows[0];
		local.world.safe.rows.length = 0;
		for (const [index, name] of names.entries()) {
			local.world.safe.rows.push({ ...row, atMs: Date.now() - 4 * HOUR_MS + index * 1000, userId: name, action: index % 2 ? name : `Login failed ${name}`, details: name });
		}
		await run('safe-daily-audit-fan-out');
		expectPlain(8);
		for (const key of (await local.s3.objects('demo.audit')).keys()) expect(key).toMatch(/^audit\/[\w=/.-]+$/);
	});

	it('by safe-access-review, as names, addresses and roles', async () => {
		const user = local.world.safe.users[0];
		for (const names of TENS) {
			local.world.slack.messages.length = 0;
			local.world.safe.users.splice(0);
			for (const [index, name] of names.entries()) local.world.safe.users.push({ ...user, uuid: `u-${index}`, firstName: name, lastName: '', emailId: name, role: name, authenticationType: name, lastLoginTime: null } as never);
			await run('safe-access-review');
			expectPlain(names.length);
		}
	});

	it('by error-alert, as the message of the failure, the node and the workflow', async () => {
		for (const [index, [, name]] of NAMES.entries()) {
			if (index % 5 > 0) continue;
			local.world.slack.messages.length = 0;
			const json = { execution: { id: '1', url: 'https://n8n.example.com/execution/1', error: { message: `Refused: ${name}` }, lastNodeExecuted: `Node ${name}` }, workflow: { id: `w${index}`, name: `Flow ${name}` } };
			await run('error-alert', { startAt: 'When a workflow fails', input: [{ json }] });
			expectPlain(3);
		}
	});

	it('by collector-health, as names of positions', async () => {
		await run('collector-health');
		for (const [, name] of NAMES) local.engine.dataTables.addRow('securid_safe_positions', { name, position: new Date(Date.now() - 100 * HOUR_MS) });
		await run('collector-health');
		expectPlain(20);
	});
});

/** Their messages hold nothing of an event but a SIEM's reason or an id; the expressions are those of the workflows above, and stand in no message without them. */
it.each([
	['delivery-failure-replay', 0],
	['reconcile', 2],
	['safe-byoa-cloudtrail', 1],
	['safe-byoa-cloudwatch', 1],
])('%s writes reasons and ids into messages as code: %i places', (name, places) => {
	const { nodes } = shipped(local, name);
	const slack = nodes.filter(({ type }) => type.endsWith('.slack')).map(({ parameters }) => String(parameters.text)).join('\n');
	const notes = nodes.flatMap(({ parameters }) => ((parameters.assignments as { assignments?: Array<{ name: string; value: unknown }> })?.assignments ?? []).filter(({ name: field }) => field === 'note').map(({ value }) => String(value)));
	const text = [slack, ...notes].join('\n');
	const escaped = /'\\x60' \+ \(String\([^?]*(?:reason|id) \?\? ''\)\.replace\(\/\[\\s\\p\{Cc\}\\p\{Cf\}\\p\{Cs\}\]\+\/gu, ' '\)/g;
	expect(text.match(escaped) ?? []).toHaveLength(places);
	expect(text.replace(escaped, '')).not.toMatch(/json\.reason|json\.missing\.slice\(0, 10\)\.join|json\.unknown\.slice\(0, 10\)\.join/);
});
