import { settle, type Waiting } from './retry';

/** So many answers, since the server last asked to slow down, let one more request be in flight. */
export const RISE_AFTER = 10;

/** A request's place among those in flight. */
export interface Turn {
	/** Waits before another try and until there is a place for it; no other request starts meanwhile either. Rejects when the execution is cancelled. */
	pause: (ms: number) => Promise<void>;
	/** The server asked to slow down. */
	slowDown: () => void;
}

interface Waiter {
	order: number;
	start: () => void;
	stop: (error: unknown) => void;
}

/**
 * How fast one run asks a server: how many requests are in flight, and when none may start.
 * Half as many after the server asked to slow down, one more after every `RISE_AFTER` answers, between one and `most` (additive increase, multiplicative decrease, as TCP does it).
 * Refusals of requests that were in flight together halve once. A pause that one request is told to make is made by all of them.
 */
export class Pace {
	private most: number;
	private inFlight = 0;
	private answers = 0;
	private halvings = 0;
	/** How many pauses are under way; while there is one, no request starts. */
	private pauses = 0;
	/** Why no request may start ever again. */
	private cancelled?: { error: unknown };
	private readonly waiters: Waiter[] = [];

	/** In: the most requests in flight, from 1; a sleep in milliseconds that rejects when the execution is cancelled. */
	constructor(
		private readonly highest: number,
		private readonly sleep: Waiting['sleep'],
	) {
		this.most = highest;
	}

	/** How many requests may be in flight now. */
	allowed(): number {
		return this.most;
	}

	/** Runs a request, its further tries included, as soon as it may start; of those that wait the one with the lowest `order` goes first. Throws what it throws. */
	async run<Answer>(order: number, request: (turn: Turn) => Promise<Answer>): Promise<Answer> {
		await this.place(order);
		let begunAfter = this.halvings;
		let placed = true;
		const turn: Turn = {
			pause: async (ms) => {
				void this.beQuiet(ms);
				placed = false;
				this.giveBack();
				await this.place(order);
				placed = true;
				begunAfter = this.halvings;
			},
			slowDown: () => this.halve(begunAfter),
		};
		const outcome = await settle(async () => await request(turn));
		if ('value' in outcome) this.rise(begunAfter);
		if (placed) this.giveBack();
		if ('error' in outcome) throw outcome.error;
		return outcome.value;
	}

	private async place(order: number): Promise<void> {
		if (this.cancelled) throw this.cancelled.error;
		await new Promise<void>((start, stop) => {
			this.waiters.push({ order, start, stop });
			this.startWaiters();
		});
	}

	private giveBack(): void {
		this.inFlight--;
		this.startWaiters();
	}

	private startWaiters(): void {
		while (this.pauses === 0 && this.inFlight < this.most && this.waiters.length > 0) {
			const first = this.waiters.reduce((one, other) => (other.order < one.order ? other : one));
			this.waiters.splice(this.waiters.indexOf(first), 1);
			this.inFlight++;
			first.start();
		}
	}

	/** Pauses may overlap: requests start again after the last of them. Never rejects: who waits is told of a cancelled execution one by one. */
	private async beQuiet(ms: number): Promise<void> {
		this.pauses++;
		const slept = await settle(async () => await this.sleep(ms));
		this.pauses--;
		if ('error' in slept) {
			this.cancelled = slept;
			for (const { stop } of this.waiters.splice(0)) stop(slept.error);
		}
		this.startWaiters();
	}

	private halve(begunAfter: number): void {
		if (begunAfter < this.halvings) return;
		this.halvings++;
		this.answers = 0;
		this.most = Math.max(1, Math.floor(this.most / 2));
	}

	private rise(begunAfter: number): void {
		if (begunAfter < this.halvings || this.most === this.highest || ++this.answers < RISE_AFTER) return;
		this.answers = 0;
		this.most++;
	}
}
