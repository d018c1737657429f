import type { IDataObject, INodeExecutionData, NodeApiError, NodeOperationError } from 'n8n-workflow';

/** An output item that says which input item it came from. */
export function itemFrom(json: object, itemIndex: number): INodeExecutionData {
	return { json: json as IDataObject, pairedItem: { item: itemIndex } };
}

/** What "Continue on Fail" hands on instead of results: the message, the next step and the stable code, paired with the input item. */
export function errorItem(error: NodeApiError | NodeOperationError, itemIndex: number): INodeExecutionData {
	const code = /\(([A-Z0-9-]+)\)$/.exec(error.message)?.[1];
	const json: IDataObject = { error: error.message, description: error.description ?? undefined, code };
	return { json, error, pairedItem: { item: itemIndex } };
}
