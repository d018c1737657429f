import { randomUUID } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';
import { destinationName, headerText, isSigned, secretFieldOf, type SiemCredential } from '../shared/delivery/siem/credential';
import { datadog } from '../shared/delivery/siem/destinations/datadog';
import { elasticBulk } from '../shared/delivery/siem/destinations/elasticBulk';
import { generic, type GenericFormat } from '../shared/delivery/siem/destinations/generic';
import { sentinel } from '../shared/delivery/siem/destinations/sentinel';
import { splunkHec } from '../shared/delivery/siem/destinations/splunkHec';
import { sumo } from '../shared/delivery/siem/destinations/sumo';
import { siemFailure } from '../shared/delivery/siem/failures';
import type { Destination } from '../shared/delivery/siem/types';
import { cefLine } from '../shared/mapping/cef';

/** The values of the Options collection, as n8n hands them over. */
export interface SiemOptions {
	attempts?: number;
	batchSize?: number;
	category?: string;
	cefProduct?: string;
	cefVendor?: string;
	cefVersion?: string;
	compress?: boolean;
	concurrency?: number;
	ddtags?: string;
	deadline?: number;
	eventField?: string;
	host?: string;
	idField?: string;
	maxBatchBytes?: number;
	service?: string;
	source?: string;
	sourceName?: string;
	sourcetype?: string;
	splunkIndex?: string;
	timeField?: string;
	timeout?: number;
}

/** The destination that node and credential agree on, with the node's parameters. Throws a `Failure` that names the field. */
export function destinationOf(context: IExecuteFunctions, credential: SiemCredential, options: SiemOptions): Destination {
	const chosen = context.getNodeParameter('destination', 0) as string;
	const { destination: own = 'splunkHec' } = credential;
	if (chosen !== own) {
		throw siemFailure('SIEM-DESTINATION', { values: { node: destinationName(chosen), credential: destinationName(own) } });
	}
	const text = (name: keyof SiemOptions) => String(options[name] ?? '').trim() || undefined;
	const header = (name: keyof SiemOptions, label: string) => headerText(text(name) ?? '', label) || undefined;
	const secretField = secretFieldOf(credential);
	switch (own) {
		case 'splunkHec': {
			const [index, sourcetype, source, host] = (['splunkIndex', 'sourcetype', 'source', 'host'] as const).map(text);
			return splunkHec({ index, sourcetype, source, host, channel: randomUUID() });
		}
		case 'elasticBulk':
			return elasticBulk({ index: wanted(context, 'index', 'Index or Data Stream'), secretField });
		case 'sentinel':
			return sentinel({
				dcrImmutableId: wanted(context, 'dcrImmutableId', 'DCR Immutable ID'),
				stream: wanted(context, 'stream', 'Stream Name'),
			});
		case 'datadog':
			return datadog({ ddsource: text('source'), ddtags: text('ddtags'), service: text('service'), hostname: text('host') });
		case 'sumo':
			return sumo({ category: header('category', 'Source Category'), name: header('sourceName', 'Source Name'), host: header('host', 'Host') });
		default:
			return webhook(context, credential, options, secretField);
	}
}

function webhook(context: IExecuteFunctions, credential: SiemCredential, options: SiemOptions, secretField: string): Destination {
	const { cefVendor: vendor = 'RSA', cefProduct: product = 'SecurID', cefVersion: version = '1' } = options;
	return generic({
		format: context.getNodeParameter('format', 0, 'json') as GenericFormat,
		secretField,
		signed: isSigned(credential),
		cefLine: ({ json, id, timeMs }) => cefLine(json, id, timeMs, { vendor, product, version }),
	});
}

function wanted(context: IExecuteFunctions, name: string, label: string): string {
	const value = String(context.getNodeParameter(name, 0, '') ?? '').trim();
	if (!value) throw siemFailure('SIEM-FIELD-EMPTY', { values: { field: label, where: 'it is in the node' } });
	return value;
}
