/**
 * A member of an object by its name as it stands, else along its dots: `event.id` finds both `{ "event.id": … }` and `{ event: { id: … } }`.
 * Out: undefined where there is none. Own members alone, so that a hostile name finds nothing inherited.
 */
export function memberAt(object: unknown, path: string): unknown {
	return own(object, path) ?? path.split('.').reduce<unknown>(own, object);
}

function own(object: unknown, name: string): unknown {
	return typeof object === 'object' && object !== null && Object.hasOwn(object, name) ? (object as Record<string, unknown>)[name] : undefined;
}
