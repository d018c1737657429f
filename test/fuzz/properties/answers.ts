import assert from 'node:assert/strict';
import fc, { type Arbitrary } from 'fast-check';
import type { HttpResponse } from '../../../nodes/shared/core/http';
import { objectIn, safeRefusal } from '../../../nodes/shared/safe/answers';
import { rowIdentifier } from '../../../nodes/shared/safe/auditCsv';
import { readAuditFile, readAuditJson } from '../../../nodes/shared/safe/auditFile';
import { shapeOf } from '../../../nodes/shared/safe/auditLogsAnswers';
import { exportFamily } from '../../../nodes/shared/safe/exportFamilies';
import { readUserPage } from '../../../nodes/shared/safe/users';
import { createSecurIdClient, refusal } from '../../../nodes/shared/securid/client';
import { readPage } from '../../../nodes/shared/securid/types';
import { chunksOf, cutAt, utf8 } from '../../unit/bytes';
import { fakeClock } from '../../unit/clock';
import { anyName, anyObject, anyText, anyValue, damage, damaged } from '../arbitraries';
import { isFailureNamed, orFailure, type Property, property, settledOrFailure } from '../property';

const area = 'answers';
const NOW = Date.parse('2026-01-15T10:00:00Z');
const CANARY = 'Zq7Zq7Zq7Zq7Zq7Zq7';

const value = anyValue('https://storage.example.com/a?X-Amz-Signature=1', 'report', '5f3c1d1e-7a55-4d9e-9a40-1b9f5a1b2c3d', 'a,b\n1,2', { uuid: '1' }, [{ a: 1 }], [{ a: 1 }, 2], { preSignedUrl: 'https://a/b' }, { logs: [{ a: 1 }] });
const envelope = anyObject(anyName('data', 'uuid', 'id', 'preSignedUrl', 'url', 'logs', 'values', 'events', 'status', 'size', 'next', 'elements', 'totalPages', 'totalElements', 'pageSize', 'userEventLogExportEntries', 'message', 'error'), fc.oneof(value, anyObject(anyName('uuid', 'preSignedUrl', 'data', 'logs', 'url'), value, 3)), 5);

/** Bodies of answers: of the vendors' form, damaged, of other forms, or of none. */
const body: Arbitrary<string> = fc.oneof(
	envelope.map((members) => JSON.stringify(members)),
	fc.tuple(envelope, damage('"', '}', '<html>', '[')).map(([members, harm]) => damaged(JSON.stringify(members), harm)),
	value.map((one) => JSON.stringify(one) ?? ''),
	fc.array(envelope, { maxLength: 3 }).map((lines) => lines.map((line) => JSON.stringify(line)).join('\n')),
	fc.constantFrom('', ' ', '<html><body>Sign in</body></html>', '<?xml version="1.0"?><Error><Message>a</Message></Error>', 'a,b\n1,2\n', 'null', '7292599294452927927'),
	anyText(),
);

const answer: Arbitrary<HttpResponse> = fc.record({
	status: fc.oneof(fc.constantFrom(200, 202, 301, 400, 401, 403, 404, 413, 429, 500, 503), fc.integer({ min: 100, max: 599 })),
	headers: fc.record({ 'retry-after': fc.oneof(fc.constantFrom('', '5', 'Thu, 15 Jan 2026 10:00:05 GMT'), anyText(10)), date: fc.oneof(fc.constantFrom('', 'Thu, 15 Jan 2026 09:00:05 GMT'), anyText(10)) }),
	text: body,
});

const FAMILIES = [exportFamily({ family: 'reports', daysForm: 'days' }), exportFamily({ family: 'auditLogsExport', daysForm: 'reportMeta' })];

const rows = fc.array(fc.array(fc.constantFrom('', 'a', 'b', 'A', '1', '7292599294452927927'), { minLength: 2, maxLength: 2 }), { maxLength: 8 });

export const ANSWER_PROPERTIES: Property[] = [
	property({
		area,
		rule: 'any answer about an export of SAFE is an unfinished one, a link, content or a failure in words',
		weight: 60,
		cases: () => fc.tuple(fc.constantFrom(...FAMILIES), answer),
		check: ([family, given]) => {
			const state = orFailure(() => family.stateIn(given, NOW));
			if ('value' in state) {
				if (!state.value.ready) assert.equal(typeof state.value.said, 'string');
				else assert.ok('link' in state.value ? state.value.link !== '' : typeof state.value.content === 'string');
			}
			const uuid = orFailure(() => family.uuidIn(given));
			if ('value' in uuid) assert.ok(typeof uuid.value === 'string' && uuid.value !== '');
		},
	}),
	property({
		area,
		rule: "the shape of an answer that was not understood is told in names and types, with nothing of what it holds",
		weight: 60,
		cases: () => fc.letrec<{ node: unknown }>((tie) => ({ node: fc.oneof({ maxDepth: 4 }, fc.constantFrom<unknown>(CANARY, 7, null, true), fc.array(tie('node'), { maxLength: 3 }), fc.dictionary(fc.constantFrom('a', 'b', 'data'), tie('node'), { maxKeys: 3, noNullPrototype: true })) })).node,
		check: (held) => {
			assert.ok(!shapeOf(held).includes('Zq7'));
			for (const family of FAMILIES) {
				const outcome = orFailure(() => family.uuidIn({ status: 200, headers: {}, text: JSON.stringify({ logs: held, other: [held] }) }));
				if ('failure' in outcome) assert.ok(!outcome.failure.message.includes('Zq7'), outcome.failure.message);
			}
		},
	}),
	property({
		area,
		rule: 'any refusal of either vendor is a failure in words with a code, and says when to come back only where that can be read',
		weight: 60,
		cases: () => answer,
		check: (given) => {
			for (const failure of [safeRefusal(given, NOW), refusal(given, NOW)]) {
				assert.ok(isFailureNamed(failure));
				assert.match(failure.code, /^(SAFE|SECURID)-[A-Z0-9-]+$/);
				assert.doesNotMatch(failure.message, /\{\w+\}|undefined|NaN/);
				assert.doesNotMatch(failure.advice.replace(failure.details.vendorMessage ?? '', ''), /\{\w+\}|undefined|NaN/);
				const { retryAfterMs = 0 } = failure.details;
				assert.ok(retryAfterMs >= 0 && Number.isFinite(retryAfterMs));
			}
		},
	}),
	property({
		area,
		rule: 'any answer to a request for users is a page of users or a failure in words',
		weight: 50,
		cases: () => answer,
		check: (given) => {
			const page = orFailure(() => readUserPage(objectIn(given)));
			if (!('value' in page)) return;
			assert.ok(page.value.users.every((user) => typeof user === 'object' && user !== null));
			assert.ok(page.value.size === undefined || Number.isInteger(page.value.size));
		},
	}),
	property({
		area,
		rule: "any JSON as a page of SecurID's logs is a page, or is refused in words; counts are whole numbers and IDs are texts",
		weight: 60,
		cases: () => fc.tuple(fc.oneof(envelope, value), fc.constantFrom('admin' as const, 'user' as const, 'system' as const), fc.array(anyObject(anyName('eventId', 'targetObject1Id'), anyValue(7), 3), { maxLength: 3 }), fc.boolean()),
		check: ([given, log, events, named]) => {
			const text = named && typeof given === 'object' && given !== null ? { ...given, elements: events, userEventLogExportEntries: events } : given;
			const page = readPage(text, log);
			if (!page) return;
			for (const count of [page.totalElements, page.totalPages, page.pageSize]) assert.ok(count === undefined || (Number.isInteger(count) && count >= 0));
			assert.ok(page.events.every(({ eventId }) => typeof eventId !== 'number'));
			if (named && log !== 'system' && text !== given) assert.equal(page.events.length, events.length);
		},
	}),
	property({
		area,
		rule: 'any answer of SecurID is a page or a failure in words',
		weight: 30,
		cases: () => answer,
		check: async (given) => {
			const client = createSecurIdClient({ baseUrl: 'https://example.com/AdminInterface/restapi', send: async () => given, waiting: fakeClock() });
			const page = await settledOrFailure(async () => await client.logPage({ afterMs: 0, untilMs: 1, pageIndex: 0, pageSize: 100 }));
			if ('value' in page) assert.ok(given.status === 200 && Array.isArray(page.value.events));
		},
	}),
	property({
		area,
		rule: 'any file as an export is a table or a failure in words, however its bytes are cut',
		weight: 25,
		cases: () => fc.tuple(fc.oneof(body, fc.uint8Array({ maxLength: 60 })), fc.array(fc.nat(200), { maxLength: 6 }), fc.constantFrom('stop' as const, 'keep' as const)),
		check: async ([file, cuts, unevenRows]) => {
			const bytes = typeof file === 'string' ? utf8(file) : file;
			const read = async (pieces: Uint8Array[]) => await settledOrFailure(async () => await readAuditFile(chunksOf(pieces), { unevenRows }));
			const [cut, whole] = [await read(cutAt(bytes, cuts)), await read([bytes])];
			if ('failure' in whole) assert.ok('failure' in cut && cut.failure.code === whole.failure.code);
			else assert.deepStrictEqual(cut, whole);
		},
	}),
	property({
		area,
		rule: 'events that come as JSON keep their long numbers, and have IDs that two readings share',
		weight: 40,
		cases: () => fc.array(fc.tuple(fc.bigInt({ min: 10n ** 15n, max: 2n ** 64n }), anyText(8)), { minLength: 1, maxLength: 5 }),
		check: (events) => {
			const text = `{"data":{"logs":[${events.map(([id, said]) => `{"id":${id},"said":${JSON.stringify(said)}}`).join(',')}]}}`;
			const { rows, rowsRead, columns } = readAuditJson(text);
			assert.deepStrictEqual(rows.map(({ record }) => record), events.map(([id, said]) => ({ id: String(id), said })));
			assert.deepStrictEqual([rowsRead, columns], [events.length, ['id', 'said']]);
			assert.deepStrictEqual(readAuditJson(text), { rows, rowsRead, columns });
		},
	}),
	property({
		area,
		rule: 'equal rows have IDs of their own, and a row has the same ID in whatever company it comes',
		weight: 40,
		cases: () => fc.tuple(rows, rows),
		check: ([some, others]) => {
			const records = some.map(([a, b]) => ({ a, b }));
			const ids = records.map(rowIdentifier());
			assert.equal(new Set(ids).size, ids.length);
			const together = [...others.map(([a, b]) => ({ a, b })), ...records].map(rowIdentifier());
			// The first of a row's equals has the bare hash; in other company the number behind it may differ, the hash never.
			assert.deepStrictEqual(together.slice(others.length).map((id) => id.slice(0, 64)), ids.map((id) => id.slice(0, 64)));
			assert.equal(new Set(together).size, together.length);
		},
	}),
];
