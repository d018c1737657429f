import Ajv from 'ajv';
import schema from '../../../fixtures/ocsf/events-1.8.0.schema.json';

/*
 * OCSF events against the definitions of OCSF 1.8.0, which no npm package holds: see the head of the schema file.
 */

const CLASSES = { 3001: 'account_change', 3002: 'authentication', 3004: 'entity_management' } as const;
const ACTIVITIES: Record<string, Record<string, string>> = schema['x-activities'];
const SEVERITIES: Record<number, string> = { 1: 'Informational', 2: 'Low', 3: 'Medium', 4: 'High', 5: 'Critical' };
const STATUSES: Record<number, string> = { 0: 'Unknown', 1: 'Success', 2: 'Failure' };

const ajv = new Ajv({ allErrors: true, strict: false, logger: false });
ajv.addSchema({ ...schema, $id: 'ocsf' });

interface Event {
	class_uid: keyof typeof CLASSES;
	activity_id: number;
	activity_name: string;
	type_uid: number;
	type_name: string;
	class_name: string;
	severity_id: number;
	severity: string;
	status_id: number;
	status: string;
	observables?: Array<{ name: string; value: string }>;
}

/** What is wrong with an event; empty when OCSF takes it. */
export function ocsfProblems(event: unknown): string[] {
	// SAFETY: checked by the schema below; a value of another shape gives problems, not exceptions.
	const told = (typeof event === 'object' && event !== null ? event : {}) as Event;
	const name = CLASSES[told.class_uid];
	if (!name) return [`class_uid ${told.class_uid} is not one of ours`];
	const validate = ajv.getSchema(`ocsf#/definitions/${name}`);
	if (!validate) return [`the schema has no class ${name}`];
	const valid = validate(event);
	return [...(valid ? [] : (validate.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)), ...siblingProblems(told)];
}

/** Names that stand beside numbers, and the number made of two others. */
function siblingProblems(event: Event): string[] {
	const activity = ACTIVITIES[event.class_uid]?.[event.activity_id];
	const sayings: Array<[what: string, is: unknown, shouldBe: unknown]> = [
		['type_uid', event.type_uid, event.class_uid * 100 + event.activity_id],
		['type_name', event.type_name, `${event.class_name}: ${activity}`],
		['severity', event.severity, SEVERITIES[event.severity_id]],
		['status', event.status, STATUSES[event.status_id]],
		// "Other" stands for the source's own word.
		['activity_name', event.activity_id === 99 ? 'own' : event.activity_name, event.activity_id === 99 ? 'own' : activity],
	];
	const wrong = sayings.filter(([, is, shouldBe]) => is !== shouldBe).map(([what, is, shouldBe]) => `${what} is ${String(is)}, not ${String(shouldBe)}`);
	const lost = (event.observables ?? []).filter(({ name, value }) => at(event, name) !== value).map(({ name }) => `observable ${name} is not in the event`);
	return [...wrong, ...lost];
}

function at(event: unknown, path: string): unknown {
	return path.split('.').reduce<unknown>((place, name) => (place as Record<string, unknown> | undefined)?.[name], event);
}
