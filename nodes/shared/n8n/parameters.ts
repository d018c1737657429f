import type { IExecuteFunctions } from 'n8n-workflow';

/** How many results are wanted: Infinity with Return All, else the Limit. */
export function readLimit(context: IExecuteFunctions, itemIndex: number): number {
	if (context.getNodeParameter('returnAll', itemIndex, false)) return Infinity;
	return Math.max(1, Math.floor(Number(context.getNodeParameter('limit', itemIndex, 50))));
}

/** The values of an Options collection; what the user did not add is undefined. */
export function readOptions<Options extends object>(context: IExecuteFunctions, itemIndex: number): Partial<Options> {
	// SAFETY: the collection's members are declared by the operation that reads them.
	return context.getNodeParameter('options', itemIndex, {}) as Partial<Options>;
}

/** A number of an Options collection within its bounds; the fallback where it is missing or not a number. */
export function bounded(value: unknown, fallback: number, least: number, most: number): number {
	const number = Number(value ?? fallback);
	return Number.isFinite(number) ? Math.min(Math.max(number, least), most) : fallback;
}

/** A list that may come as an array or as comma-separated text. */
export function readList(value: unknown): string[] {
	const parts = Array.isArray(value) ? value.map(String) : String(value ?? '').split(/[,\n]/);
	return parts.map((part) => part.trim()).filter(Boolean);
}
