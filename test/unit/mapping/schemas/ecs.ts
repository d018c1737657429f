import { isIP } from 'node:net';
import { EcsFlat } from '@elastic/ecs';

/*
 * ECS documents against ECS's own field definitions, as Elastic publishes them on npm (@elastic/ecs 9.4.0, Apache-2.0).
 */

interface Definition {
	type: string;
	required?: boolean;
	normalize?: string[];
	allowed_values?: Array<{ name: string; expected_event_types?: string[] }>;
}

const FIELDS = EcsFlat as unknown as Record<string, Definition>;

/** Our own namespaces: ECS leaves members under names that it does not know to the source. */
const OWN = /^(rsa_idplus\.(admin|user|system)|safe_one\.audit)\./;

const CHECKS: Record<string, (value: unknown) => boolean> = {
	keyword: isText,
	wildcard: isText,
	match_only_text: isText,
	ip: (value) => typeof value === 'string' && isIP(value) > 0,
	long: Number.isSafeInteger,
	date: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) && !Number.isNaN(Date.parse(value)),
};

function isText(value: unknown): boolean {
	return typeof value === 'string' && value !== '' && (value as string & { isWellFormed(): boolean }).isWellFormed();
}

/** What is wrong with a document; empty when ECS takes it. */
export function ecsProblems(document: unknown): string[] {
	const leaves = new Map(leavesOf(document, ''));
	const missing = Object.entries(FIELDS).filter(([name, { required }]) => required && !leaves.has(name));
	return [
		...missing.map(([name]) => `${name} is required`),
		...[...leaves].flatMap(([name, value]) => leafProblems(name, value)),
		...typeProblems(leaves.get('event.category'), leaves.get('event.type')),
	];
}

function leavesOf(value: unknown, path: string): Array<[string, unknown]> {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
	const members = Object.entries(value);
	if (members.length === 0) return [[path, value]];
	return members.flatMap(([name, member]) => leavesOf(member, path === '' ? name : `${path}.${name}`));
}

function leafProblems(name: string, value: unknown): string[] {
	if (OWN.test(name) || name.startsWith('labels.')) {
		const flat = name.split('.').length === (name.startsWith('labels.') ? 2 : 3);
		return isText(value) && flat ? [] : [`${name} is not a flat text`];
	}
	if (!Object.hasOwn(FIELDS, name)) return [`${name} is no field of ECS`];
	const { type, normalize, allowed_values } = FIELDS[name];
	const isList = Array.isArray(value);
	if (isList !== (normalize ?? []).includes('array')) return [`${name} is ${isList ? 'a' : 'no'} list`];
	const values: unknown[] = isList ? value : [value];
	if (values.length === 0) return [`${name} is empty`];
	return values.flatMap((one) => {
		if (!CHECKS[type]?.(one)) return [`${name} is no ${type}: ${JSON.stringify(one)?.slice(0, 60)}`];
		return allowed_values && !allowed_values.some((allowed) => allowed.name === one) ? [`${name} may not be ${String(one)}`] : [];
	});
}

/** Each category expects certain types: each has one of its own, and no type is expected by none. */
function typeProblems(categories: unknown, types: unknown): string[] {
	if (!Array.isArray(categories) || !Array.isArray(types)) return ['event.category or event.type is missing'];
	const expected = categories.map((name) => FIELDS['event.category'].allowed_values?.find((allowed) => allowed.name === name)?.expected_event_types ?? []);
	return [
		...types.filter((type) => !expected.some((list) => list.includes(type))).map((type) => `event.type ${type} is not expected of ${categories.join()}`),
		...categories.filter((_name, index) => !types.some((type) => expected[index].includes(type))).map((name) => `event.category ${name} expects other types than ${types.join()}`),
	];
}
