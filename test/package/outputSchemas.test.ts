jest.mock('n8n-workflow', () => jest.requireActual('../nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import Ajv from 'ajv';
import draft7 from 'ajv/dist/refs/json-schema-draft-07.json';
import { loadOutputSchema, resolveOutputSchemaPath } from 'n8n-core';
import path from 'node:path';
import { SEED, useBench } from '../nodes/bench';
import { filesBelow, read, ROOT } from './commands';
import { FILES, type Form, type Json, type Outputs, type SchemaFile } from './schemas/outputs';
import { allOutputs } from './schemas/scenes';
import { pathsOf, type Schema, strictForm } from './schemas/schemaOf';

/*
 * The output schemas that n8n's editor and its AI builder read, held against what every operation of every node puts out in n8n's engine.
 * `npm run schemas` writes them from outputs of one seed; here the outputs are of another.
 */

const bench = useBench();
const NAMES = Object.keys(FILES) as SchemaFile[];
const fileOf = (name: SchemaFile) => name.replace('/', '/__schema__/');
const schemaOf = (name: SchemaFile) => JSON.parse(read(`nodes/${fileOf(name)}`)) as Schema;
const ajv = () => new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });

let outputs: Outputs;

beforeAll(async () => {
	outputs = await allOutputs(bench, SEED + 1);
}, 480_000);

afterAll(() => {
	const rows = NAMES.map((name) => `${name}: ${[...outputs.of(name)].map(([form, items]) => `${items.length} ${form}`).join(', ')}`);
	const operations = new Set(NAMES.flatMap((name) => FILES[name].from));
	console.log(`${operations.size} operations and ${NAMES.length} schema files; items checked:\n${rows.join('\n')}`);
});

/** What a schema has against items, each complaint once. */
function problems(schema: Schema, items: Json[]): string[] {
	const validate = ajv().compile(schema);
	const told = items.flatMap((item) => (validate(item) ? [] : (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)));
	return [...new Set(told)];
}

/** Paths of the members of an item, as `pathsOf` writes them. */
function membersOf(value: unknown, at = ''): string[] {
	if (Array.isArray(value)) return value.flatMap((element) => membersOf(element, `${at}[]`));
	if (typeof value !== 'object' || value === null) return [];
	return Object.entries(value).flatMap(([name, member]) => [`${at}.${name}`, ...membersOf(member, `${at}.${name}`)]);
}

describe.each(NAMES)('%s', (name) => {
	it('is a JSON Schema of draft 7 in which every field has a type', () => {
		const schema = schemaOf(name);
		expect(new Ajv({ strict: false, meta: false }).addMetaSchema(draft7).validateSchema(schema)).toBe(true);
		const typeless: string[] = [];
		const walk = (one: Schema, at: string) => {
			const types = [one.type ?? []].flat();
			if (types.filter((type) => type !== 'null').length !== 1) typeless.push(at);
			for (const [member, inner] of Object.entries({ ...one.properties, ...one.definitions })) walk(inner, `${at}.${member}`);
			if (one.items) walk(one.items, `${at}[]`);
		};
		walk(schema, '');
		expect(typeless).toEqual([]);
	});

	it('knows every field of every form that the operation gives, and its type', () => {
		const forms = [...outputs.of(name)];
		expect(forms.map(([form]) => form).sort()).toEqual(['simplified', ...Object.keys(schemaOf(name).definitions ?? {})].sort());
		for (const [form, items] of forms) {
			expect(items.length).toBeGreaterThan(0);
			expect([form, problems(strictForm(schemaOf(name), form), items)]).toEqual([form, []]);
		}
	});

	it('lists no field that the operation never gives', () => {
		for (const [form, items] of outputs.of(name)) {
			const given = new Set(items.flatMap((item) => membersOf(item)));
			expect([form, pathsOf(strictForm(schemaOf(name), form)).filter((member) => !given.has(member))]).toEqual([form, []]);
		}
	});

	it('would refuse an output with one field more, and one with a field of another type', () => {
		for (const [form, [item]] of outputs.of(name)) {
			const schema = strictForm(schemaOf(name), form as Form);
			if (schema.additionalProperties === false) expect(problems(schema, [{ ...item, newcomer: 1 }])).toEqual([expect.stringContaining('newcomer')]);
			const [field] = Object.keys(schema.properties ?? {});
			expect(problems(schema, [{ ...item, [field]: { of: 'another type' } }, { ...item, [field]: [] }])).not.toEqual([]);
		}
	});
});

interface NodeClass {
	description: { name: string; version: number; properties: Array<{ name: string; default: unknown; options?: Array<{ value: string }> }> };
}

/** Every operation of every built node; undefined for nodes that have none, and for operations that are left at their default. */
async function operations(): Promise<Array<[node: string, dist: string, version: number, operation: string | undefined]>> {
	const { nodes } = (JSON.parse(read('package.json')) as { n8n: { nodes: string[] } }).n8n;
	const all = await Promise.all(
		nodes.map(async (file) => {
			const [Node] = Object.values((await import(path.join(ROOT, file))) as Record<string, new () => NodeClass>);
			const { name, version, properties } = new Node().description;
			const values = properties.filter((property) => property.name === 'operation').flatMap(({ options = [] }) => options.map(({ value }) => value));
			return [undefined, ...values].map((value): [string, string, number, string | undefined] => [name, path.join(ROOT, path.dirname(file)), version, value]);
		}),
	);
	return all.flat();
}

it("is found by n8n's own lookup in dist for every operation of every node, by the editor and by the AI builder", async () => {
	const all = await operations();
	const named = all.filter(([, , , operation]) => operation !== undefined);
	expect([all.length, named.length]).toEqual([15, 10]);
	for (const [node, nodeDir, version, operation] of all) {
		// The editor asks for /schemas/<node>/1.0.0/<operation>.json, whose first part n8n takes for the resource.
		const asked = { nodeDir, version: `${version}.0.0`, resource: operation } as unknown as Parameters<typeof resolveOutputSchemaPath>[0];
		const found = resolveOutputSchemaPath(asked) ?? '';
		const name = path.relative(path.join(ROOT, 'dist', 'nodes'), found).split(path.sep).join('/').replace('__schema__/', '') as SchemaFile;
		expect([node, operation, NAMES.includes(name)]).toEqual([node, operation, true]);
		expect(loadOutputSchema({ nodeDir, version, operation, versionFallback: true })).toEqual(schemaOf(name));
	}
});

it('is shipped whole: the schema files of nodes/ are those that are checked here, and dist has the same', () => {
	const below = (folder: string) => filesBelow(folder, '.json').filter((file) => file.includes('/__schema__/'));
	expect(below('nodes')).toEqual(NAMES.map((name) => `nodes/${fileOf(name)}`).sort());
	for (const file of below('nodes')) expect(read(`dist/${file}`)).toBe(read(file));
});
