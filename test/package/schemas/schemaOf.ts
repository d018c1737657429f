/** From outputs to JSON Schemas: types are found by genson-js, and what is open by nature is said here. */
import { createCompoundSchema, type Schema as Found } from 'genson-js';
import { FORMS, type Form, type Forms, type Json } from './outputs';

/** The part of JSON Schema (draft 7) that is used. */
export interface Schema {
	$schema?: string;
	title?: string;
	description?: string;
	type?: string | string[];
	properties?: Record<string, Schema>;
	items?: Schema;
	additionalProperties?: boolean | Schema;
	definitions?: Record<string, Schema>;
}

const ANY: Schema = {};
const TEXTS: Schema = { type: 'string' };

/**
 * Objects whose members are not ours to list, by their path, which ends so. `true`: the known ones are listed, the vendor may add more;
 * a schema: of every member, none is listed.
 */
const OPEN: Array<[path: RegExp, members: true | Schema]> = [
	// Cells of SAFE's CSV: the vendor publishes no header.
	[/^SAFE Audit Export[^>]*>simplified>original$/, TEXTS],
	[/^SecurID[^>]*>simplified>original$/, true],
	[/>ecs>(rsa_idplus|safe_one)>\w+$/, TEXTS],
	[/>ocsf>unmapped$/, ANY],
	[/>failed>event$/, ANY],
	[/^SecurID[^>]*>vendor$/, true],
	[/^SAFE Users: Get[^>]*>simplified$/, true],
];

/** Texts of the simplified form that are null where the vendor says nothing (`SimplifiedEvent`), whether or not a simulator ever leaves them out. */
const TEXT_OR_NULL = /^(SecurID|SAFE Audit Export: Get (Many|New))[^>]*>simplified>(eventId|eventTime|action|actor|sourceIp|target|message)$/;

/** Members of a vendor record that are ours; the cells of SAFE's CSV stand beside them. */
const OUR_MEMBERS = ['safeUser', 'late', 'backfill'];

const DESCRIPTIONS: Record<Form, string> = {
	simplified: '',
	vendor: 'With "Output" set to "Vendor Record": as the vendor sent it',
	ecs: 'With "Output" set to "ECS": a document of the Elastic Common Schema 9.4; docs/mapping.md says which event becomes what',
	ocsf: 'With "Output" set to "OCSF": an event of the Open Cybersecurity Schema Framework 1.8',
	archive: 'On the output "Archive"; the file is in the binary field "data"',
	checkpoint: 'On the output "Checkpoint": the one item that the workflow saves',
	failed: 'On the output "Failed": an event that was not delivered',
	error: 'With "On Error" of n8n set to "Continue": instead of what could not be had',
};

/** The schema file of a node's operation. In: its title, the outputs by form. Out: n8n reads `properties`; the other forms are definitions of JSON Schema. */
export function schemaFileOf(title: string, forms: Forms): Schema {
	const definitions: Record<string, Schema> = {};
	for (const form of FORMS) {
		const items = forms.get(form);
		if (form !== 'simplified' && items) definitions[form] = { description: DESCRIPTIONS[form], ...formSchema(title, form, items) };
	}
	const others = Object.keys(definitions).join(', ');
	return {
		$schema: 'http://json-schema.org/draft-07/schema#',
		title,
		description: `Fields of an item with the parameters as they come. Other forms and outputs: definitions ${others}.`,
		...formSchema(title, 'simplified', forms.get('simplified') ?? []),
		definitions,
	};
}

function formSchema(title: string, form: Form, items: Json[]): Schema {
	const found = closed(createCompoundSchema(items, { noRequired: true }), `${title}>${form}`);
	if (title.startsWith('SAFE Users: Enrich') && form === 'simplified') return { ...found, additionalProperties: ANY };
	if (!title.startsWith('SAFE Audit Export') || form !== 'vendor') return found;
	const ours = Object.entries(found.properties ?? {}).filter(([name]) => OUR_MEMBERS.includes(name));
	return { type: 'object', properties: Object.fromEntries(ours), additionalProperties: TEXTS };
}

/** With members sorted, `null` last among types, since n8n's editor shows the first, and what is open said. */
function closed(given: Found, path: string): Schema {
	if (TEXT_OR_NULL.test(path)) return { type: ['string', 'null'] };
	// genson-js writes "an object or null" as anyOf.
	const variants = given.anyOf ?? [given];
	const found = variants.find(({ properties, items }) => properties ?? items) ?? variants[0];
	const types = variants.flatMap(({ type }) => type ?? []).map(String);
	const known = types.filter((type) => type !== 'null').sort();
	// An integer is a number too.
	const narrowed = known.includes('number') ? known.filter((type) => type !== 'integer') : known;
	const all = types.includes('null') ? [...narrowed, 'null'] : narrowed;
	const schema: Schema = { type: all.length === 1 ? all[0] : all };
	if (found.items) schema.items = closed(found.items, `${path}>[]`);
	const open = OPEN.find(([place]) => place.test(path))?.[1];
	if (found.properties && (open === undefined || open === true)) {
		const names = Object.keys(found.properties).sort();
		schema.properties = Object.fromEntries(names.map((name) => [name, closed((found.properties ?? {})[name], `${path}>${name}`)]));
	}
	if (open !== undefined) schema.additionalProperties = open;
	return schema;
}

/**
 * The schema of one form as the tests hold outputs to it: members that are not listed are refused, also where a vendor may add some, because the
 * simulators send only what is documented. Definitions of draft 7 say nothing of that by themselves.
 */
export function strictForm(file: Schema, form: Form): Schema {
	const { definitions, $schema, ...simplified } = file;
	const schema = form === 'simplified' ? simplified : definitions?.[form];
	if (!schema) throw new Error(`${file.title} has no ${form}`);
	return strict(schema);
}

function strict(schema: Schema): Schema {
	const { properties, items, additionalProperties } = schema;
	const isObject = [schema.type].flat().includes('object');
	return {
		...schema,
		...(properties ? { properties: Object.fromEntries(Object.entries(properties).map(([name, member]) => [name, strict(member)])) } : {}),
		...(items ? { items: strict(items) } : {}),
		...(isObject ? { additionalProperties: typeof additionalProperties === 'object' ? additionalProperties : false } : {}),
	};
}

/** Paths of all members that a schema lists. */
export function pathsOf(schema: Schema, path = ''): string[] {
	const members = Object.entries(schema.properties ?? {}).flatMap(([name, member]) => [`${path}.${name}`, ...pathsOf(member, `${path}.${name}`)]);
	return [...members, ...(schema.items ? pathsOf(schema.items, `${path}[]`) : [])];
}
