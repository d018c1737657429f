/** What the files of the leak hunt share: the bench, one world per file with secrets of its own, traps, and runs under each fault. */
import { startWorld, type FaultCondition, type RunningServer, type World } from '../simulators';
import { SEED, useBench, type Bench } from '../nodes/bench';
import { shortTimeouts, startLocalServer } from '../nodes/servers';
import { NOW, restartTime } from '../nodes/time';
import { ECHOES, KINDS, redirects, type NamedFault } from './leaksFaults';
import { Hunt, secretsOfWorld, serversOfWorld, type OwnedSecret, type Watched } from './leaksHunt';

/** With the signs that escapes are made for. */
export const CANARY = {
	username: 'canary-user-5d41402abc4b2a76',
	password: 'canary/pass"word\\+=&<9f86d081884c7d659a2feaa0c55ad015>',
};

export interface Stage {
	bench: Bench;
	hunt: Hunt;
	world: World;
	/** Access tokens of SAFE that were pasted. */
	pasted: string[];
	/** Every fault of the table. */
	faults: NamedFault[];
	/** Names of the faults that have struck. */
	struck: Set<string>;
	/** Where redirects lead, beside what tests add; nothing secret may arrive. */
	strangers: Watched[];
	/** Secrets beside those of the world. */
	more: () => OwnedSecret[];
	/** Searches what a run shows and sends, with what was logged. Out: what was found. */
	search(label: string, shown: unknown[]): Promise<string[]>;
	/** Makes a fault strike at some requests of a server, and searches what becomes of a run. */
	under(fault: NamedFault, at: { server: RunningServer; on: FaultCondition; label: string }, run: () => Promise<unknown>): Promise<string[]>;
}

/** Registers the stage for the tests of one file; what it holds is there from the first test on. */
export function useStage(title: string): Stage {
	const bench = useBench();
	const ends: Array<() => Promise<void>> = [];
	// SAFETY: the rest is set before the first test.
	const stage = { bench, hunt: new Hunt(title), pasted: [] as string[], struck: new Set<string>(), strangers: [] as Watched[], more: () => [] as OwnedSecret[] } as unknown as Stage;

	beforeAll(async () => {
		restartTime();
		const world = await startWorld({ seed: SEED, endsAt: NOW, adminEvents: 60, userEvents: 40, systemEvents: 20, safeRows: 40, users: 20, safe: { credentials: CANARY, options: { readyAfterPolls: 0, requestsPerMinute: 1e9 } } });
		const traps = await Promise.all([0, 1].map(async () => await startLocalServer(() => ({ body: { size: 0, values: [], elements: [], access_token: 'of-a-trap' } }))));
		ends.push(world.close, ...traps.map(({ close }) => close));
		stage.world = world;
		stage.strangers.push(...traps.map(({ requests }, at) => ({ name: `stranger ${at + 1}`, requests })));
		stage.faults = [...KINDS, ...redirects({ port: traps[0].origin, host: traps[1].origin.replace('127.0.0.1', 'localhost') }), ...ECHOES];
	});
	afterAll(async () => {
		for (const end of ends) await end();
		console.log(stage.hunt.summary());
	});

	stage.search = async (label, shown) => {
		const secrets = [...secretsOfWorld(stage.world, stage.pasted), ...stage.more()];
		const servers = [...serversOfWorld(stage.world), ...stage.strangers];
		const found = await stage.hunt.search({ label, shown: [...shown, [...bench.logged]], secrets, servers });
		// What has been searched is forgotten, so that each run is searched for its own tokens.
		for (const { requests } of servers) (requests as unknown[]).length = 0;
		bench.logged.length = 0;
		return found;
	};
	stage.under = async (fault, { server, on, label }, run) => {
		const { faults } = server;
		const before = faults.uses.length;
		faults.clear();
		faults.add({ on, do: fault.do });
		const short = 'stall' in fault.do ? shortTimeouts({ path: on.path ?? /./ }) : undefined;
		try {
			const shown = await run().catch((error: unknown) => error);
			if (faults.uses.length > before) stage.struck.add(fault.name);
			return await stage.search(`${label}, ${fault.name}`, [shown]);
		} finally {
			short?.restore();
			faults.clear();
			if ('changedTotal' in fault.do) {
				// A claim holds until a page is asked for that takes it back.
				faults.add({ on, do: { changedTotal: null } });
				await run();
				faults.clear();
			}
			await server.comeBack();
		}
	};
	return stage;
}
