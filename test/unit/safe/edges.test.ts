import { createSafeClient } from '../../../nodes/shared/safe/client';
import { identifyAmongAll, identifyCompactly, identifyInOrder, OutOfOrder } from '../../../nodes/shared/safe/rowIds';
import { signIn } from '../../../nodes/shared/safe/signIn';
import { findUser, listUsers, userDirectory } from '../../../nodes/shared/safe/users';
import { answer, scriptedSend } from '../answers';
import { fakeClock } from '../clock';
import { failureOf, shownText, thrownBy } from '../failures';

const CREDENTIAL = { username: ' api-user@example.com ', password: 'p4ss/word"1' };
const BASIC = btoa('api-user@example.com:p4ss/word"1');

describe('the sign-in', () => {
	it.each<[number, boolean]>([
		[199, false],
		[200, true],
		[299, true],
		[300, false],
	])('takes a token from an answer with status %i: %s', async (status, taken) => {
		const { send } = scriptedSend(answer(status, { accessToken: 'opaque-token' }));
		const outcome = await signIn(CREDENTIAL, send, 0).catch(() => 'refused');
		expect(outcome).toBe(taken ? 'opaque-token' : 'refused');
	});

	it('shows nothing of what a careless server repeats, and no user name', async () => {
		for (const status of [200, 400, 401, 403, 404, 500]) {
			const { send } = scriptedSend(answer(status, { message: `bad ${BASIC} of (api-user@example.com) with p4ss/word"1`, [BASIC]: 1 }));
			const shown = shownText(await failureOf(async () => await signIn(CREDENTIAL, send, 0)));
			for (const secret of [BASIC, 'api-user@example.com', 'p4ss/word']) expect(shown).not.toContain(secret);
		}
	});
});

/** A client that gives pages of users one after another, the last one again and again. */
function clientOf(...pages: unknown[][]) {
	const urls: string[] = [];
	const client = createSafeClient({
		origin: 'https://us.safeone.ai',
		waiting: fakeClock(),
		send: async ({ url }) => {
			const values = pages[Math.min(urls.push(url) - 1, pages.length - 1)];
			return answer(200, { values, next: 'https://example.com/next' });
		},
	});
	return { client, urls };
}

describe('users', () => {
	it('without an ID are kept each time, and end the list when nobody else comes', async () => {
		const nameless = [{ firstName: 'A' }, { firstName: 'B', uuid: ' ' }];
		const { client, urls } = clientOf(nameless, nameless);
		expect((await listUsers(client)).users).toEqual([...nameless, ...nameless]);
		expect(urls).toHaveLength(2);
		const { client: other, urls: asked } = clientOf([{ firstName: 'A' }], [{ firstName: 'B' }], [{ firstName: 'B' }]);
		expect((await listUsers(other)).users.map(({ firstName }) => firstName)).toEqual(['A', 'B', 'B']);
		expect(asked).toHaveLength(3);
	});

	it('are one where their ID differs in case and blanks alone', async () => {
		const { client } = clientOf([{ uuid: 'A-1' }, { uuid: ' a-1 ' }, { uuid: 'b-2', emailId: 'B@example.com' }]);
		expect((await listUsers(client)).users).toEqual([{ uuid: 'A-1' }, { uuid: 'b-2', emailId: 'B@example.com' }]);
		const directory = await userDirectory(client);
		expect([directory(' A-1'), directory('b@EXAMPLE.com '), directory(''), directory(undefined), directory('stryker was here!')]).toEqual([{ uuid: 'A-1' }, { uuid: 'b-2', emailId: 'B@example.com' }, undefined, undefined, undefined]);
	});

	it('are looked for by what was asked for, without the blanks around it, and an unknown one is named by 80 characters', async () => {
		const { client, urls } = clientOf([{ uuid: 'a' }]);
		const failure = await failureOf(async () => await findUser(client, ` ${'x'.repeat(81)} `));
		expect(failure.details.values).toEqual({ wanted: `"${'x'.repeat(80)}"` });
		expect(new URL(urls[0]).searchParams.get('searchKey')).toBe('x'.repeat(81));
	});

	it.each<[unknown, number | undefined]>([
		['3', 3],
		[3, 3],
		[' ', undefined],
		['many', undefined],
		[1.5, undefined],
		[null, undefined],
	])('are announced by the size %j as %s', async (size, announced) => {
		const { send } = scriptedSend(answer(200, { values: [], size }));
		const client = createSafeClient({ origin: 'https://us.safeone.ai', waiting: fakeClock(), send });
		expect((await listUsers(client)).announced).toBe(announced);
	});
});

describe('the IDs of equal rows', () => {
	// 350 different ones, of which 50 come twice; many share either half.
	const word = (value: number) => value.toString(16).padStart(8, '0');
	const digests = Array.from({ length: 400 }, (_none, at) => word(at % 50) + word(at % 7));

	it('are the same whether rows are remembered whole or compactly, however full the memory is', () => {
		const idsBy = (identify: (digest: string) => string) => digests.map((digest) => identify(digest));
		const wanted = idsBy(identifyAmongAll());
		for (const capacity of [4, 64, 1 << 16]) expect(idsBy(identifyCompactly(capacity))).toEqual(wanted);
	});

	it('are the same in order, and a row whose time lies among forgotten ones is told', async () => {
		const identify = identifyInOrder(2);
		// Of a digest of one letter, that letter.
		const id = (letter: string, time?: number) => identify(letter.repeat(64), time).replace(letter.repeat(64), letter);
		expect([id('a', 1), id('a', 1), id('b', 2), id('c', 3), id('c', 3), id('d', 4), id('e', 5)]).toEqual(['a', 'a#2', 'b', 'c', 'c#2', 'd', 'e']);
		for (const time of [1, 2]) expect(await thrownBy(() => id('9', time))).toBeInstanceOf(OutOfOrder);
		expect([id('f', undefined), id('f', 0)]).toEqual(['f', 'f#2']);
	});
});
