import { parse } from 'csv-parse/sync';
import { startDoor } from '../nodes/SafeAuditExport/sweepDoor';
import { BUCKET, shipped, startTestWorld, type LocalWorld } from './world';

const NAME = 'safe-access-review';
const DAY_MS = 86_400_000;
const FORMULA_START = /^\s*[=+\-@]/;

let local: LocalWorld;

beforeEach(async () => {
	local = await startTestWorld(49);
});

afterEach(async () => {
	await local.stop();
});

const run = async (settings: Record<string, unknown> = {}, credentials = local.credentials) =>
	await local.engine.run(shipped(local, NAME, settings), { credentials });

const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS).toISOString();
let numbered = 0;

/** One user more in SAFE; `members` may leave out or bend what SAFE documents. */
function addUser(members: Record<string, unknown>): string {
	const emailId = `added-${++numbered}@example.com`;
	const usual = { peopleId: 9000 + numbered, emailId, firstName: 'Added', lastName: `${numbered}`, uuid: `added-${numbered}`, updatedAt: daysAgo(1), lastLoginTime: daysAgo(1), role: 'Viewer', authenticationType: 'SSO' };
	const user = { ...usual, ...members };
	local.world.safe.users.push(JSON.parse(JSON.stringify(user)) as (typeof local.world.safe.users)[number]);
	return String(user.emailId);
}

const nobody = () => local.world.safe.users.splice(0);
const bytesInS3 = async () => [...(await local.s3.objects(BUCKET)).values()][0];

/** The stored file, as a spreadsheet reads it. */
async function rows(): Promise<Array<Record<string, string>>> {
	return parse(await bytesInS3(), { bom: true, columns: true });
}

async function findingsOf(email: string): Promise<string> {
	const found = (await rows()).filter((row) => row.email === email);
	expect(found).toHaveLength(1);
	return found[0].findings;
}

const said = () => local.world.slack.messages.map(({ shown }) => shown).join('\n');

it('lists every user of SAFE in S3, once, over all pages', async () => {
	for (let time = 0; time < 120; time++) addUser({});
	const report = await run();
	expect(report.error).toBeUndefined();
	const listed = await rows();
	expect(listed.map(({ uuid }) => uuid).sort()).toEqual(local.world.safe.users.map(({ uuid }) => uuid).sort());
	expect(listed.length).toBeGreaterThan(120);
});

it('names the file by the time of the review and a digest of its content', async () => {
	await run();
	const [key] = [...(await local.s3.objects(BUCKET)).keys()];
	expect(key).toMatch(/^access-review\/source=safe-users\/year=\d{4}\/month=\d\d\/day=\d\d\/\d{8}T\d{6}Z_[0-9a-f]{16}\.csv$/);
});

describe('a user', () => {
	beforeEach(() => {
		nobody();
		addUser({ emailId: 'owner@example.com' });
	});

	it.each<[string, Record<string, unknown>, string]>([
		['who signed in yesterday is not marked', {}, ''],
		['whose last sign-in is null is said never to have signed in', { lastLoginTime: null }, 'never signed in'],
		['whose last sign-in is empty is said never to have signed in', { lastLoginTime: '' }, 'never signed in'],
		['who signed in 90 days ago is marked', { lastLoginTime: daysAgo(90.01) }, 'not signed in for long'],
		['who signed in 89 days ago is not marked', { lastLoginTime: daysAgo(89.9) }, ''],
		['without a last sign-in is listed as one of whom it cannot be told', { lastLoginTime: undefined }, 'last sign-in cannot be told'],
		['with an unreadable last sign-in likewise', { lastLoginTime: 'soon' }, 'last sign-in cannot be told'],
		['with a number for a last sign-in likewise', { lastLoginTime: 5 }, 'last sign-in cannot be told'],
		['with a last sign-in next week likewise', { lastLoginTime: daysAgo(-7) }, 'last sign-in cannot be told'],
		['who is an administrator with native sign-in is marked', { role: 'Admin', authenticationType: 'Native' }, 'administrator with native sign-in'],
		['with another word for it, in any case, too', { role: 'SUPER ADMINISTRATOR', authenticationType: 'native' }, 'administrator with native sign-in'],
		['who is an administrator with SSO is not', { role: 'Admin', authenticationType: 'SSO' }, ''],
		['who is no administrator and signs in natively is not', { role: 'Viewer', authenticationType: 'Native' }, ''],
		['whose role is missing and who signs in natively is listed as unknown', { role: undefined, authenticationType: 'Native' }, 'role or sign-in type cannot be told'],
		['whose role is missing and who uses SSO needs no look', { role: undefined, authenticationType: 'SSO' }, ''],
		['who is an administrator with an unknown sign-in type is listed as such', { role: 'Admin', authenticationType: null }, 'role or sign-in type cannot be told'],
		['can be marked twice', { role: 'Admin', authenticationType: 'Native', lastLoginTime: null }, 'never signed in; administrator with native sign-in'],
	])('%s', async (_, members, findings) => {
		const email = addUser(members);
		const report = await run();
		expect(report.error).toBeUndefined();
		expect(await findingsOf(email)).toBe(findings);
		expect(report.items('Run summary')[0].json).toEqual({ users: 2, marked: findings === '' ? 0 : 1 });
		if (findings === '') expect(said()).toContain('Nobody is marked.');
		else expect(said()).toContain(email);
	});

	it('is judged by the days and words of the Settings node', async () => {
		const stale = addUser({ lastLoginTime: daysAgo(40) });
		const root = addUser({ role: 'Root', authenticationType: 'Native' });
		await run({ staleDays: 30, adminWords: 'owner, root' });
		expect(await findingsOf(stale)).toBe('not signed in for long');
		expect(await findingsOf(root)).toBe('administrator with native sign-in');
		expect(said()).toContain('No sign-in for 30 days or more: 1');
	});
});

describe('hostile names', () => {
	const HOSTILE = ['=HYPERLINK("http://evil.example","x")', '+1', '-2+3', '@SUM(1)', '\t=1', '\r=1', ' =1', '\n@x', '＝1', 'a\r=cmd()', '"=1', 'quote " and, comma', '<!channel> <@U1> & <http://evil.example|safe>'];

	it('run as no formula in the CSV, break no row, and can still be read', async () => {
		nobody();
		for (const lastName of HOSTILE) addUser({ firstName: '', lastName, role: lastName, emailId: lastName, lastLoginTime: lastName });
		const report = await run();
		expect(report.error).toBeUndefined();
		const listed = await rows();
		expect(listed).toHaveLength(HOSTILE.length);
		const cells = listed.flatMap((row) => Object.values(row));
		for (const cell of cells) {
			expect(cell).not.toMatch(FORMULA_START);
			expect(cell).not.toMatch(/^[\t\r\n＝＋－＠]|[\r\n]/);
		}
		const names = listed.map(({ name }) => name);
		expect(names).toEqual(["'=HYPERLINK(\"http://evil.example\",\"x\")", "'+1", "'-2+3", "'@SUM(1)", "'=1", "'=1", "'=1", "'@x", "'＝1", 'a =cmd()', '"=1', 'quote " and, comma', HOSTILE[12]]);
		// No carriage return but those that end a row, if any: some programs take a lone one for a new row.
		expect((await bytesInS3()).toString().replaceAll('\r\n', '\n')).not.toContain('\r');
	});

	it('ring nobody in Slack, link nowhere and are cut', async () => {
		nobody();
		addUser({ lastName: `<!channel> <@U1> <http://evil.example|safe> ${'x'.repeat(500)}`, lastLoginTime: null });
		await run();
		const [message] = local.world.slack.messages;
		expect(message.rings).toEqual([]);
		expect(message.shown).toContain('<!channel> <@U1> <http[:]//evil.example|safe>');
		expect(message.shown).not.toContain('x'.repeat(60));
	});
});

it('names ten users of a kind in Slack and counts the others; the CSV has all', async () => {
	nobody();
	for (let time = 0; time < 25; time++) addUser({ lastLoginTime: null });
	await run();
	expect(said()).toContain('25 of 25 users to look at');
	expect(said().match(/•/g)).toHaveLength(10);
	expect(said()).toContain('and 15 more');
	expect((await rows()).filter(({ findings }) => findings === 'never signed in')).toHaveLength(25);
});

it('stops and says so when SAFE lists nobody, instead of a review of nothing', async () => {
	nobody();
	const report = await run();
	expect(report).toMatchObject({ status: 'error', lastNode: 'Stop: no users' });
	expect((await local.s3.objects(BUCKET)).size).toBe(0);
	expect(local.world.slack.messages).toHaveLength(0);
});

it('stops before Slack when S3 refuses', async () => {
	const report = await run({}, { ...local.credentials, aws: { ...local.credentials.aws, secretAccessKey: 'wrong' } });
	expect(report).toMatchObject({ status: 'error', lastNode: 'Store in S3' });
	expect(local.world.slack.messages).toHaveLength(0);
});

it('fails, with the file stored, when Slack does not take the digest', async () => {
	const report = await run({ slackChannel: '#no-such-channel' });
	expect(report).toMatchObject({ status: 'error', lastNode: 'Tell Slack' });
	expect((await rows()).length).toBe(local.world.safe.users.length);
});

it('stops, and tells nobody of a review, when a web page answers in place of S3', async () => {
	const door = await startDoor(local.s3.url);
	door.strike(4, { when: 'before', answer: 'html' });
	const report = await run({}, { ...local.credentials, aws: { ...local.credentials.aws, s3Endpoint: door.url } });
	await door.close();
	expect(report).toMatchObject({ status: 'error', lastNode: 'Stop: not confirmed by S3' });
	expect(said()).toBe('');
});
