import type { IDataObject, INodeExecutionData, NodeApiError, NodeOperationError } from 'n8n-workflow';

/** An output item that says which input item it came from. */
export function itemFrom(json: object, itemIndex: number): INodeExecutionData {
	return { json: json as IDataObject, pairedItem: { item: itemIndex } };
}

/**
 * What "Continue on Fail" hands on instead of results: `error` (the message, which ends with the stable code) and `message` (the next step), paired
 * with the input item. n8n knows an item for an error by these members alone, in all its versions; an `error` beside `json` would make it
 * cut `json` down to the message (normalizeNodeErrors in n8n-core 2.41).
 */
export function errorItem({ message, description }: NodeApiError | NodeOperationError, itemIndex: number): INodeExecutionData {
	const json: IDataObject = description ? { error: message, message: description } : { error: message };
	return { json, pairedItem: { item: itemIndex } };
}
