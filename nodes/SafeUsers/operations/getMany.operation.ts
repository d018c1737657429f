import { type IExecuteFunctions, type INodeExecutionData, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { returnAllAndLimit } from '../../shared/n8n/descriptions';
import { itemFrom } from '../../shared/n8n/items';
import { readLimit } from '../../shared/n8n/parameters';
import { openSafe } from '../../shared/n8n/safeClient';
import { listUsers } from '../../shared/safe/users';

const properties: INodeProperties[] = [
	...returnAllAndLimit,
	{
		displayName: 'Search Key',
		name: 'searchKey',
		type: 'string',
		default: '',
		placeholder: 'e.g. example.com',
		description: "Passed on to SAFE's own user search; empty means all users",
	},
];

export const description = updateDisplayOptions({ show: { operation: ['getMany'] } }, properties);

/** Gives one item per user, each uuid once, as SAFE sends them. Throws `Failure`. */
export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
	const searchKey = String(context.getNodeParameter('searchKey', itemIndex, '')).trim();
	const limit = readLimit(context, itemIndex);
	const { users, announced } = await listUsers(await openSafe(context), searchKey || undefined, limit);
	if (limit === Infinity && announced !== undefined && announced !== users.length) {
		const message = `SAFE announced ${announced} users and listed ${users.length}; users were added or removed meanwhile`;
		context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
	}
	return users.map((user) => itemFrom(user, itemIndex));
}
