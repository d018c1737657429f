/** Job c: exports larger than memory should ever hold. */
import { expectEqual, type Bed, type Contender, type Summary } from '../bed';
import { atMost, type JobResult } from '../results';
import { megabytes, seconds, times } from '../statistics';

const HOUR_MS = 3_600_000;
/** Rows of all files lie in these hours before the last full one, so that a run reads each of them whole. */
const HOURS = 20;

export async function flatJob(bed: Bed): Promise<JobResult> {
	const [tenth, whole] = bed.quick ? [2e6, 20e6] : [100e6, 1000e6];
	const endsAt = Math.floor((Date.now() - 15 * 60_000) / HOUR_MS) * HOUR_MS - 1000;
	const startsAt = endsAt - HOURS * HOUR_MS;
	const plan = { safe: [1e6, tenth, whole].map((bytes) => ({ bytes, startsAt, endsAt })) };
	return await bed.inWorld(plan, async ({ info: { safe }, api }) => {
		const links = await Promise.all(safe.map(async (_, index) => await api.link(index)));
		const settings = (index: number) => ({ small: safe[0].credential, large: safe[index].credential, startsAt: new Date(startsAt - HOUR_MS).toISOString() });
		const archive = (index: number): Contender<'archiveFlat'> => ({
			label: `CSV → NDJSON.gz, ${megabytes(safe[index].bytes)}`,
			variant: 'archiveFlat',
			settings: settings(index),
			check: ({ facts }) => {
				expectEqual('rows in the archive', facts.rows, safe[index].rows);
				expectEqual('items', facts.items, 0);
			},
		});
		const download = (index: number): Contender<'downloadFlat'> => ({
			label: `CSV as it is, ${megabytes(safe[index].bytes)}`,
			variant: 'downloadFlat',
			settings: settings(index),
			check: ({ facts }) => expectEqual('bytes', facts.bytes, safe[index].bytes),
		});
		const byHand: Contender<'downloadByHand'> = {
			label: `HTTP Request (file), ${megabytes(safe[2].bytes)}`,
			variant: 'downloadByHand',
			settings: { small: links[0], large: links[2] },
			check: ({ facts }) => expectEqual('files', facts.files, 1),
		};
		const sides = { archiveTenth: archive(1), downloadTenth: download(1), archiveWhole: archive(2), downloadWhole: download(2), byHand };
		const found = await bed.alternate('Flat', sides);
		const growth = (large: Summary, small: Summary) => large.aboveIdleBytes / small.aboveIdleBytes;
		const row = (key: keyof typeof sides, bytes: number, from?: Summary) => {
			const { seconds: taken, aboveIdleBytes, idleBytes, runs } = found[key];
			const rate = `${(bytes / 1e6 / taken).toFixed(1)} MB/s`;
			return [sides[key].label, `${runs.length}`, seconds(taken), rate, megabytes(idleBytes), megabytes(aboveIdleBytes), from ? times(growth(found[key], from)) : ''];
		};
		const [, { bytes: tenthBytes }, { bytes: wholeBytes }] = safe;
		const bar = (key: keyof typeof sides, ours = true) => ({ label: sides[key].label, value: found[key].aboveIdleBytes / 1e6, text: megabytes(found[key].aboveIdleBytes), ours });
		return {
			title: `Memory: exports of ${megabytes(tenthBytes)} and ${megabytes(wholeBytes)}`,
			text: [
				`Get New with "Give Out Events" off turns the CSV into a compressed archive file while it is downloaded; Download stores it as it is, and so does HTTP Request, from a ready link. All write into n8n's binary store on disk. The rows of all exports lie in the same ${HOURS} hours.`,
				'The last column is the peak of ten times the work ÷ that of one.',
			],
			tables: [
				{
					head: ['', 'runs', 'time', 'speed', 'idle', 'peak memory above idle', '10× ÷ 1×'],
					rows: [
						row('archiveTenth', tenthBytes),
						row('archiveWhole', wholeBytes, found.archiveTenth),
						row('downloadTenth', tenthBytes),
						row('downloadWhole', wholeBytes, found.downloadTenth),
						row('byHand', wholeBytes),
					],
				},
			],
			targets: [
				atMost(`${megabytes(wholeBytes)} CSV → NDJSON.gz: peak memory above idle`, 150e6, found.archiveWhole.aboveIdleBytes, megabytes),
				atMost(`… ÷ that of ${megabytes(tenthBytes)}`, 1.1, growth(found.archiveWhole, found.archiveTenth), times),
				atMost(`${megabytes(wholeBytes)} CSV → file: peak memory above idle`, 64e6, found.downloadWhole.aboveIdleBytes, megabytes),
				atMost(`… ÷ that of ${megabytes(tenthBytes)}`, 1.1, growth(found.downloadWhole, found.downloadTenth), times),
			],
			charts: [
				{
					name: 'bench-memory',
					title: 'Peak memory above idle',
					unit: 'megabytes, less is better',
					bars: [bar('archiveTenth'), bar('archiveWhole'), bar('downloadTenth'), bar('downloadWhole'), bar('byHand', false)],
				},
			],
			profile: { subject: sides.archiveTenth.label, functions: await bed.profile('Flat', sides.archiveTenth) },
		};
	});
}
