import { setTimeout as wait } from 'node:timers/promises';
import type { INodeParameters, INodeProperties } from 'n8n-workflow';
import type { CredentialWindow, Panel } from './editor';
import { choices, complete, deciders, offered, shown, type Described } from './expected';

/** A state of the panel in which it does not show what the description says. */
export interface Difference {
	chosen: INodeParameters;
	expected: string[];
	seen: string[];
}

const SETTLED_WITHIN_MS = 3000;

/**
 * Goes through every choice that decides about other fields, also those that only appear by an earlier choice, and looks each time what is shown.
 * In: an open panel in its first state. Out: how many states were looked at, and those that differ from the description.
 */
export async function walk(panel: Panel | CredentialWindow, description: Described, first: INodeParameters = {}): Promise<{ states: number; differences: Difference[] }> {
	const deciding = deciders(description);
	const differences: Difference[] = [];
	const seenStates = new Set<string>();
	let chosen: INodeParameters = { ...first };

	const look = async () => {
		seenStates.add(JSON.stringify(complete(description, chosen)));
		const properties = shown(description, chosen);
		await compare(panel, properties.map(labelOf), chosen, differences);
		const collection = properties.find(({ type }) => type === 'collection');
		if (collection !== undefined && 'addOption' in panel) {
			const expected = offered(description, chosen, collection);
			const names = expected.length === 0 ? [] : await panel.addOption();
			if (names.join() !== expected.join()) differences.push({ chosen, expected, seen: names });
		}
	};
	const set = async (property: INodeProperties, value: string | boolean, label?: string) => {
		if (label === undefined) await panel.turn(property.name, value as boolean);
		else {
			const offer = await panel.choose(property.name, label);
			const expected = choices(property).map((choice) => choice.label ?? '');
			if (offer.join() !== expected.join()) differences.push({ chosen, expected, seen: offer });
		}
		chosen = { ...chosen, [property.name]: value };
	};
	/** Tries each decider that is shown and stands behind those already fixed, and puts it back. */
	const explore = async (fixed: string[]): Promise<void> => {
		for (const property of shown(description, chosen)) {
			if (!deciding.has(property.name) || fixed.includes(property.name)) continue;
			const before = complete(description, chosen)[property.name];
			for (const { label, value } of choices(property)) {
				if (complete(description, chosen)[property.name] === value) continue;
				await set(property, value, label);
				if (seenStates.has(JSON.stringify(complete(description, chosen)))) continue;
				await look();
				await explore([...fixed, property.name]);
			}
			const back = choices(property).find(({ value }) => value === before);
			if (back !== undefined && complete(description, chosen)[property.name] !== before) await set(property, back.value, back.label);
		}
	};
	await look();
	await explore([]);
	return { states: seenStates.size, differences };
}

const labelOf = ({ displayName, type }: INodeProperties) => (type === 'notice' ? displayName.replace(/<[^>]+>/g, '') : displayName);

/** The panel follows a choice within moments. */
async function compare(panel: Panel | CredentialWindow, expected: string[], chosen: INodeParameters, differences: Difference[]): Promise<void> {
	let seen: string[] = [];
	for (const endMs = Date.now() + SETTLED_WITHIN_MS; Date.now() < endMs; await wait(50)) {
		seen = await panel.labels();
		if (seen.join('\n') === expected.join('\n')) return;
	}
	differences.push({ chosen, expected, seen });
}
