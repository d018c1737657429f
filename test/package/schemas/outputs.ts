/** What the nodes really put out, by operation and form: material for the output schemas and for the tests of them. */
import type { RunReport } from '../../harness';
import type { Bench } from '../../nodes/bench';

export type Json = Record<string, unknown>;

/**
 * Items of one schema file by form. `simplified` is what an operation gives with its parameters as they come; `error` is the item of n8n's
 * *On Error* "Continue"; the others are values of *Output*, or outputs besides the first one.
 */
export type Forms = Map<Form, Json[]>;

export const FORMS = ['simplified', 'vendor', 'ecs', 'ocsf', 'archive', 'checkpoint', 'failed', 'error'] as const;
export type Form = (typeof FORMS)[number];

/** The schema files: `<node folder>/v1.0.0/<operation>.json`; `v1.0.0.json` is of nodes without operations, and of operations that were left at their default. */
export const FILES = {
	'SafeAuditExport/v1.0.0/download.json': { title: 'SAFE Audit Export: Download', from: ['SafeAuditExport download'] },
	'SafeAuditExport/v1.0.0/getExport.json': { title: 'SAFE Audit Export: Get Export', from: ['SafeAuditExport getExport'] },
	'SafeAuditExport/v1.0.0/getMany.json': { title: 'SAFE Audit Export: Get Many', from: ['SafeAuditExport getMany'] },
	'SafeAuditExport/v1.0.0/getNew.json': { title: 'SAFE Audit Export: Get New', from: ['SafeAuditExport getNew'] },
	'SafeAuditExport/v1.0.0/requestExport.json': { title: 'SAFE Audit Export: Request Export', from: ['SafeAuditExport requestExport'] },
	'SafeAuditExport/v1.0.0.json': { title: 'SAFE Audit Export: Get Many, its default', from: ['SafeAuditExport getMany'] },
	'SafeUsers/v1.0.0/enrich.json': { title: 'SAFE Users: Enrich', from: ['SafeUsers enrich'] },
	'SafeUsers/v1.0.0/get.json': { title: 'SAFE Users: Get', from: ['SafeUsers get'] },
	'SafeUsers/v1.0.0/getMany.json': { title: 'SAFE Users: Get Many', from: ['SafeUsers getMany'] },
	'SafeUsers/v1.0.0.json': { title: 'SAFE Users: Get Many, its default', from: ['SafeUsers getMany'] },
	'SecurIdAdminLog/v1.0.0/getMany.json': { title: 'SecurID Admin Log: Get Many', from: ['SecurIdAdminLog getMany'] },
	'SecurIdAdminLog/v1.0.0/getNew.json': { title: 'SecurID Admin Log: Get New', from: ['SecurIdAdminLog getNew'] },
	'SecurIdAdminLog/v1.0.0.json': {
		title: 'SecurID Admin Log Trigger, and SecurID Admin Log: Get Many, its default',
		from: ['SecurIdAdminLogTrigger', 'SecurIdAdminLog getMany'],
	},
	'SiemWebhook/v1.0.0.json': { title: 'SIEM Webhook', from: ['SiemWebhook'] },
} as const;

export type SchemaFile = keyof typeof FILES;
export type Source = (typeof FILES)[SchemaFile]['from'][number];

/** Collects items while the scenes run. */
export class Outputs {
	readonly bySource = new Map<Source, Forms>();

	add(source: Source, form: Form, items: Json[]): void {
		const forms = this.bySource.get(source) ?? new Map<Form, Json[]>();
		this.bySource.set(source, forms);
		// As n8n stores them: members that are undefined are not there.
		forms.set(form, [...(forms.get(form) ?? []), ...(JSON.parse(JSON.stringify(items)) as Json[])]);
	}

	/** All items of a file, by form. */
	of(file: SchemaFile): Forms {
		const all: Forms = new Map();
		for (const source of FILES[file].from) {
			for (const [form, items] of this.bySource.get(source) ?? []) all.set(form, [...(all.get(form) ?? []), ...items]);
		}
		return all;
	}
}

/** The JSON of the items of an output. Throws when the run failed, or gave nothing where something was expected. */
export function jsonOf(report: RunReport, output = 0): Json[] {
	if (report.error) throw report.error;
	const items = report.items('Node', output).map(({ json }) => json as Json);
	if (items.length === 0) throw new Error(`nothing on output ${output} of ${JSON.stringify(report.hints('Node'))}`);
	return items;
}

/** What a scene needs: the bench, and the seed of its worlds. */
export interface Stage {
	bench: Bench;
	seed: number;
	outputs: Outputs;
}
