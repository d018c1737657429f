import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { ArchiveFile } from '../delivery/archive';
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
