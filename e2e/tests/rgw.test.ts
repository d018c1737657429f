/** The shipped workflows against a real S3 (Ceph RGW). Where it cannot be had they fail; leave them out with --testPathIgnorePatterns tests/rgw. */
import { setTimeout as wait } from 'node:timers/promises';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { BUCKET } from '../../tools/demo/world';
import { startRgw, RGW_FOLDER, type Rgw } from '../server/rgw';
import { failure, HOUR_MS, Rig } from './rig';

const LINKS = 'links.audit';
const CSV = 'Time,User,Action\n2026-01-15T10:00:00Z,u-1,User logged in\n';

let s3: Rgw;
let rig: Rig;

describe('Ceph RGW', () => {
	beforeAll(async () => {
		s3 = await startRgw(RGW_FOLDER, [BUCKET, LINKS]);
		rig = await Rig.start({ s3 });
		rig.happenEvenly(200, HOUR_MS / 2);
		await s3.client.send(new PutObjectCommand({ Bucket: LINKS, Key: 'report.csv', Body: CSV, ContentType: 'text/csv' }));
	});

	afterAll(async () => {
		// It ends the S3 with the other servers.
		await rig?.stop();
	});

	test("takes what n8n's AWS S3 node uploads, and refuses none of it", async () => {
		const execution = await rig.execute(await rig.setUp('securid-admin-log-fan-out'));
		expect(failure(execution)).toMatch(/^success/);
		const position = await rig.position();
		const { origin, through } = JSON.parse(String(position?.checkpoint)) as { origin: string; through: string };
		const golden = rig.golden(Date.parse(origin), position!);
		expect(golden.length).toBeGreaterThan(20);
		expect(await rig.archived()).toEqual(golden);
		expect(Date.parse(through)).toBeGreaterThan(Date.now() - HOUR_MS);
	});

	test('refuses wrong keys: the run stops at the archive with a message that says so, and the position stays', async () => {
		const before = await rig.position();
		const aws = rig.credentials.find(({ type }) => type === 'aws')!;
		await rig.api.saveCredential({ ...aws, data: { ...s3.credential, secretAccessKey: 'wrong' } });
		await rig.rewind(Date.now() - 3 * 24 * HOUR_MS);
		const execution = await rig.execute(await rig.setUp('securid-admin-log-fan-out'));
		expect(failure(execution)).toMatch(/^error at "Archive in S3": .*(Forbidden|SignatureDoesNotMatch)/);
		expect((await rig.position())?.revision).toBe(before?.revision);
		await rig.api.saveCredential({ ...aws, data: s3.credential });
	});

	describe('pre-signed links', () => {
		test('give the object without an Authorization header, and refuse one beside it', async () => {
			const link = await s3.sign(LINKS, 'report.csv', 60);
			const plain = await fetch(link);
			expect([plain.status, await plain.text()]).toEqual([200, CSV]);
			const both = await fetch(link, { headers: { authorization: 'Bearer a-token' } });
			expect([both.status, await both.text()]).toEqual([400, expect.stringContaining('InvalidArgument')]);
		});

		/** SAFE says that its report is ready, with this link. */
		const safeGives = (preSignedUrl: string, times: number) =>
			void rig.local.world.safe.faults.add({ on: { method: 'GET', path: /\/reports\//, times }, do: { status: 200, body: { success: true, message: 'Ready', data: { preSignedUrl } } } });

		test('are followed by the SAFE node: the file is archived byte for byte', async () => {
			safeGives(await s3.sign(LINKS, 'report.csv', 60), 1);
			const known = new Set((await rig.archive()).keys());
			expect(failure(await rig.execute(await rig.setUp('safe-audit-raw-archive')))).toMatch(/^success/);
			const added = [...(await rig.archive())].filter(([key]) => !known.has(key));
			expect(added.map(([, bytes]) => String(bytes))).toEqual([CSV]);
		});

		// Ceph gives no reason with its 403, where AWS says "Request has expired": the link's own dates tell.
		test('that have expired are refused; the SAFE node asks for another, once, and then says what to do without showing any of the link', async () => {
			const link = await s3.sign(LINKS, 'report.csv', 1);
			await wait(2500);
			const late = await fetch(link);
			expect([late.status, await late.text()]).toEqual([403, expect.stringContaining('<Code>AccessDenied</Code>')]);
			safeGives(link, 2);
			const execution = await rig.execute(await rig.setUp('safe-audit-raw-archive'));
			expect(failure(execution)).toMatch(/^error at "Download export": The download link of report \S+ had expired, also a second one.*"Get Export"/);
			expect(failure(execution)).not.toMatch(/X-Amz|report\.csv|127\.0\.0\.1/);
			expect(rig.local.world.safe.faults.unused()).toEqual([]);
		});
	});
});
