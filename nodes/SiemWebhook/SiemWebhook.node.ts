import {
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	NodeConnectionTypes,
} from 'n8n-workflow';
import { toNodeError } from '../shared/n8n/errors';
import { destinationProperties, options, whenRefused } from './descriptions';
import { deliverItems, undeliveredOutputs } from './delivery';

/** Programmatic, because one request carries many items and an answer can be about a part of them. */
export class SiemWebhook implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'SIEM Webhook',
		name: 'siemWebhook',
		icon: { light: 'file:../shared/icons/siem.svg', dark: 'file:../shared/icons/siem.dark.svg' },
		group: [],
		version: 1,
		subtitle: '={{ "deliver: " + $parameter["destination"] }}',
		description: 'Deliver events to Splunk, Elasticsearch, Microsoft Sentinel, Datadog, Sumo Logic or a webhook, in batches, with a place for what is refused',
		defaults: { name: 'SIEM Webhook' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Delivered', 'Failed'],
		usableAsTool: true,
		// Failed hands on the input under "event": what n8n's Webhook node redacts of a request stays redacted.
		sensitiveOutputFields: ['event.headers.authorization', 'event.headers.cookie', 'event.headers.x-auth-token'],
		credentials: [{ name: 'siemWebhookApi', required: true }],
		properties: [
			{
				displayName: 'Destination',
				name: 'destination',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Datadog',
						value: 'datadog',
						description: 'Log intake; nothing is cut, events over 1 MB go to Failed',
					},
					{
						name: 'Elasticsearch',
						value: 'elasticBulk',
						description: 'Bulk API; the event ID becomes the document ID, so that repeats are dropped',
					},
					{
						name: 'Generic Webhook',
						value: 'generic',
						description: 'JSON array, NDJSON or CEF lines, signed as Standard Webhooks if you like',
					},
					{
						name: 'Microsoft Sentinel',
						value: 'sentinel',
						description: 'Logs Ingestion API with a data collection rule',
					},
					{
						name: 'Splunk HEC',
						value: 'splunkHec',
						description: 'HTTP Event Collector; the event ID becomes the indexed field event_id',
					},
					{
						name: 'Sumo Logic',
						value: 'sumo',
						description: 'HTTP source, one JSON line per event',
					},
				],
				default: 'splunkHec',
				description: 'Has to be the same as in the credential',
			},
			...destinationProperties,
			whenRefused,
			options,
		],
	};

	/** All items are one delivery, on the parameters of the first. */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		try {
			return await deliverItems(this);
		} catch (error) {
			const nodeError = toNodeError(this.getNode(), error, 0);
			if (!this.continueOnFail()) throw nodeError;
			return undeliveredOutputs(this, nodeError, error);
		}
	}
}
