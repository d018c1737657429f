/** What the tests of the trigger share: a published trigger, a log that grows, a clock that moves, and all that was handed out. */
import type { IDataObject } from 'n8n-workflow';
import { singleNodeWorkflow, type Poller, type PollMode, type Tick, type WorkflowFile } from '../../harness';
import type { World, WorldOptions } from '../../simulators';
import type { AdminEventDraft, CodedLog } from '../../simulators/tenant';
import type { Bench, Credentials } from '../bench';
import { MINUTE_MS } from '../time';

export const MODES = [['legacy'], ['durable']] as Array<[PollMode]>;

/** The position as the trigger keeps it, read. */
export interface SavedPosition extends IDataObject {
	through: string;
	revision: number;
}

export interface Poll extends Omit<Tick, 'items'> {
	/** The JSON of the items, or null. */
	events: IDataObject[] | null;
	/** Their event ids. */
	ids: string[];
}

export interface Scene {
	world: World;
	workflow: WorkflowFile;
	poller: Poller;
	/** Adds events, failed sign-ins unless told otherwise, and answers their ids. */
	log(...events: Array<number | AdminEventDraft>): string[];
	/** One poll by the timer; its events count as handed out. */
	poll(): Promise<Poll>;
	/** The poll at publishing. */
	publish(): Promise<Poll>;
	/** Moves the clock on and polls, so many times. */
	pollEach(stepMs: number, times: number): Promise<Poll[]>;
	/** Ids of all events handed out so far, in order. */
	handedOut: string[];
	/** The saved position. */
	position(): SavedPosition;
	/** Another poller of the same workflow, which finds what is saved. */
	pollerWith(credentials: Credentials): Promise<Poller>;
}

export interface SceneOptions {
	mode: PollMode;
	/** Of the node; all events, from now on, by default. */
	parameters?: object;
	/** Default: the admin log, with a key file. */
	log?: 'admin' | CodedLog;
	authentication?: 'apiKey' | 'oAuth';
	world?: Partial<WorldOptions>;
	budgetMs?: number;
	/** What is saved before the first poll. */
	saved?: unknown;
}

/** A trigger on an empty log. */
export async function startScene(bench: Bench, options: SceneOptions): Promise<Scene> {
	const { mode, parameters, log = 'admin', authentication = 'apiKey', world: worldOptions, budgetMs, saved } = options;
	const world = await bench.world({ adminEvents: 0, userEvents: 0, systemEvents: 0, ...worldOptions });
	const door = log === 'admin' && authentication === 'apiKey' ? {} : { log, authentication };
	const workflow: WorkflowFile = {
		...singleNodeWorkflow('n8n-nodes-safe-securid.securIdAdminLogTrigger', { triggerOn: 'all', ...door, ...parameters }),
		...(saved === undefined ? {} : { staticData: { 'node:Node': { position: saved as string } } }),
	};
	const pollerWith = async (credentials: Credentials) => await bench.engine.poller(workflow, { mode, credentials, budgetMs });
	const { securIdApi, securIdOAuthApi } = world.credentials;
	const poller = await pollerWith(authentication === 'apiKey' ? { securIdApi } : { securIdOAuthApi });
	const handedOut: string[] = [];
	const told = ({ items, error }: Tick): Poll => {
		const events = items?.map(({ json }) => json) ?? null;
		const ids = (events ?? []).map(({ eventId }) => String(eventId));
		handedOut.push(...ids);
		return { events, ids, error };
	};
	const poll = async () => told(await poller.tick());
	return {
		world,
		workflow,
		poller,
		log: (...events) => addTo(world, log, events.map(draftOf)).map(({ eventId }) => eventId),
		poll,
		publish: async () => told(await poller.publish()),
		async pollEach(stepMs, times) {
			const polls: Poll[] = [];
			for (let time = 0; time < times; time++) {
				passTime(stepMs);
				polls.push(await poll());
			}
			return polls;
		},
		handedOut,
		position: () => JSON.parse(String(poller.state().position)) as SavedPosition,
		pollerWith,
	};
}

/** In the logs that have codes, a denied approval stands for each draft. */
function addTo({ securId }: World, log: 'admin' | CodedLog, drafts: AdminEventDraft[]): Array<{ eventId: string }> {
	if (log === 'admin') return securId.addEvents(...drafts);
	return securId.addCodedEvents(log, ...drafts.map(({ atMs }) => ({ atMs, eventCode: log === 'user' ? '703' : '2507' })));
}

function draftOf(event: number | AdminEventDraft): AdminEventDraft {
	return typeof event === 'number' ? { atMs: event, activityKey: 'SIGNIN_FAILURE' } : event;
}

/** Moves the clock of nodes and servers on. */
export function passTime(ms: number): void {
	jest.setSystemTime(Date.now() + ms);
}

/** A clock for the servers that moves everybody's on at each look, once it is told by how much. */
export function jumpingClock(): { now: () => number; jumpMs: number } {
	const clock = {
		jumpMs: 0,
		now() {
			passTime(clock.jumpMs);
			return Date.now();
		},
	};
	return clock;
}

/** So many events, evenly from a time on. */
export function spread(count: number, fromMs: number, stepMs: number): number[] {
	return Array.from({ length: count }, (_, index) => fromMs + index * stepMs);
}

/** Long enough after an event for it to be handed out: the slot has closed and the wait for late ones is over. */
export const SETTLED_MS = 4 * MINUTE_MS;
