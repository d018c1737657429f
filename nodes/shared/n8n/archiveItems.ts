import type { IBinaryData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { ArchiveFile } from '../delivery/archive';
import type { StreamedFile } from '../delivery/streamedArchive';
import { itemFrom } from './items';

/** One item per archive file: binary `data` and, in JSON, `key`, hash, count and times. */
export async function archiveItems(context: IExecuteFunctions, files: ArchiveFile[]): Promise<INodeExecutionData[]> {
	const items: INodeExecutionData[] = [];
	for (const { bytes, contentType, ...json } of files) {
		const fileName = json.key.slice(json.key.lastIndexOf('/') + 1);
		const data = await context.helpers.prepareBinaryData(Buffer.from(bytes), fileName, contentType);
		items.push({ ...itemFrom(json, 0), binary: { data } });
	}
	return items;
}

/** The item of an archive file that n8n's binary store holds already; its name is known only now. */
export function storedArchiveItem({ stored, ...file }: StreamedFile<IBinaryData>, itemIndex: number): INodeExecutionData {
	const { key, sha256, sha256Raw, count, firstEventTime, lastEventTime, late } = file;
	const data = { ...stored, fileName: key.slice(key.lastIndexOf('/') + 1) };
	return { ...itemFrom({ key, sha256, sha256Raw, count, firstEventTime, lastEventTime, late }, itemIndex), binary: { data } };
}
