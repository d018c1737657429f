import { manifestFile, stableJson } from '../../../nodes/shared/delivery/archive';
import { streamedArchive } from '../../../nodes/shared/delivery/streamedArchive';

const T0 = Date.parse('2026-01-15T23:50:00Z');

it('a manifest is a JSON file that names a gap by its two times, and is never late itself', () => {
	const facts = { name: 'securid-admin', revision: 1, startMs: T0, endMs: T0 + 60_000, counts: { fetched: 0 }, gap: { fromMs: T0 - 120_000, toMs: T0 - 60_000 } };
	const manifest = manifestFile('audit', 'securid-admin', facts, []);
	expect(manifest).toMatchObject({ contentType: 'application/json', late: false, count: 0, firstEventTime: '2026-01-15T23:50:00.000Z', lastEventTime: '2026-01-15T23:51:00.000Z' });
	expect(JSON.parse(new TextDecoder().decode(manifest.bytes))).toMatchObject({ gap: { from: '2026-01-15T23:48:00.000Z', to: '2026-01-15T23:49:00.000Z' }, previousManifestSha256: null });
});

it('sorted JSON holds what a value says it is, also where that is nothing', () => {
	expect(stableJson({ b: { toJSON: () => null }, a: { toJSON: () => 'text' } })).toBe('{"a":"text","b":null}');
});

it('a streamed archive hands its lines on as soon as there are 64 K characters, and keeps fewer', async () => {
	const archive = streamedArchive({ prefix: 'audit', source: 'safe-audit', slot: '15min', late: false }, async (bytes) => {
		for await (const _part of bytes);
	});
	expect(archive.add(`${'x'.repeat(65_534)}\n`, T0)).toBeUndefined();
	await expect(archive.add('\n', T0)).resolves.toBeUndefined();
	expect(archive.add('x\n', T0)).toBeUndefined();
	expect((await archive.finish()).count).toBe(3);
});
