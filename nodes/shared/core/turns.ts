import { randomBytes } from 'node:crypto';

/** A request looks for its host, connects and leaves in turns of their own. */
const TURNS = 8;

/**
 * Lets the event loop go round a few times, so that what was begun gets under way before something holds it up.
 * n8n has no timer for nodes that is shorter than its sleep; the shortest job for Node's thread pool comes back in a later turn.
 */
export async function someTurns(): Promise<void> {
	for (let turns = 0; turns < TURNS; turns++) await new Promise<void>((resolve) => randomBytes(1, () => resolve()));
}
