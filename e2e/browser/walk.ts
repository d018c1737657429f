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

const SETTLED_WITHIN_MS = 15_000;
/** Choices on which most of a panel hangs: every combination of them is looked at; of the others each by itself. */
const MAIN = ['log', 'operation', 'destination'];

/**
 * Goes through every choice that decides about other fields, also those that only appear by an earlier choice, and looks each time what is shown.
 * In: an open panel in its first state, and labels that n8n itself puts before those of the description. Out: how many states were looked at, and those that differ from the description.
 */
export async function walk(panel: Panel | CredentialWindow, description: Described, ofN8n: string[] = []): Promise<{ states: number; differences: Difference[] }> {
	const deciding = deciders(description);
	const differences: Difference[] = [];
	const seenStates = new Set<string>();
	let chosen: INodeParameters = {};

	const look = async (withOptions: boolean) => {
		seenStates.add(JSON.stringify(complete(description, chosen)));
		const properties = shown(description, chosen);
		await compare(panel, [...ofN8n, ...properties.map(labelOf)], chosen, differences);
		const collection = properties.find(({ type }) => type === 'collection');
		if (withOptions && collection !== undefined && 'addOption' in panel) {
			const expected = offered(description, chosen, collection);
			// n8n adds a single option at once instead of listing it.
			const names = expected.length < 2 ? expected : await panel.addOption();
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
	const all = () => shown(description, chosen).filter(({ name }) => deciding.has(name));
	/** Makes every choice of a field, does something in each, and puts the first one back. */
	const each = async (property: INodeProperties, then: () => Promise<void>): Promise<void> => {
		const before = complete(description, chosen)[property.name];
		const offer = choices(property);
		for (const { label, value } of offer.filter((choice) => choice.value !== before)) {
			await set(property, value, label);
			await then();
		}
		const first = offer.find(({ value }) => value === before);
		if (offer.length > 1 && first !== undefined) await set(property, first.value, first.label);
	};
	const combinations = async ([name, ...others]: string[]): Promise<void> => {
		const property = name === undefined ? undefined : all().find((found) => found.name === name);
		if (name === undefined) {
			await lookInto();
			return;
		}
		await combinations(others);
		if (property !== undefined) await each(property, async () => await combinations(others));
	};
	const lookInto = async () => {
		await look(true);
		const there = all();
		for (const property of there.filter(({ name }) => !MAIN.includes(name))) {
			await each(property, async () => {
				await look(false);
				const appeared = all().filter(({ name }) => !there.some((known) => known.name === name));
				for (const deeper of appeared) await each(deeper, async () => await look(false));
			});
		}
	};
	await combinations(MAIN);
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
