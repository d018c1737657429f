import { type IExecuteFunctions, type INodeExecutionData, type INodeProperties, updateDisplayOptions } from 'n8n-workflow';
import { itemFrom } from '../../shared/n8n/items';
import { openSafe } from '../../shared/n8n/safeClient';
import { findUser } from '../../shared/safe/users';

const properties: INodeProperties[] = [
	{
		displayName: 'User',
		name: 'user',
		type: 'resourceLocator',
		default: { mode: 'list', value: '' },
		required: true,
		modes: [
			{
				displayName: 'From List',
				name: 'list',
				type: 'list',
				placeholder: 'Select a user…',
				typeOptions: { searchListMethod: 'searchUsers', searchable: true },
			},
			{
				displayName: 'By UUID',
				name: 'id',
				type: 'string',
				placeholder: 'e.g. 12345678-1234-1234-1234-123456789012',
			},
			{
				displayName: 'By E-Mail',
				name: 'email',
				type: 'string',
				placeholder: 'e.g. name@example.com',
			},
		],
	},
];

export const description = updateDisplayOptions({ show: { operation: ['get'] } }, properties);

/** Gets one user. Throws `Failure` when SAFE has none such. */
export async function execute(context: IExecuteFunctions, itemIndex: number): Promise<INodeExecutionData[]> {
	const wanted = context.getNodeParameter('user', itemIndex, '', { extractValue: true }) as string;
	return [itemFrom(await findUser(await openSafe(context), String(wanted ?? '')), itemIndex)];
}
