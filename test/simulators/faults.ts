import type { ServerResponse } from 'node:http';

/**
 * What a simulator does wrong on purpose; exactly one kind per rule.
 * - `delayMs`: waits (real milliseconds), then goes on to the next rule or to the true answer.
 * - `status`: answers that status instead; without `body` the simulator uses its vendor's own error form.
 * - `retryAfter`: 429 (or `status`) with that `Retry-After`: seconds, or an HTTP date as text.
 * - `reset`: TCP reset, `before` the request is served, `inBody` after half of the true body, or `afterServing`: the
 *   request is served in full (what it brought is stored), but not one byte of the answer goes out.
 * - `truncateBody`: half of the true body, then a clean end. `true` announces the full content-length; `'quietly'`
 *   announces the short one, so that only the content shows the cut.
 * - `malformedJson`: the true answer with a doubled comma, as in the vendor's own SecurID sample.
 * - `html`: 200 with a web page, as a wrong base URL gives.
 * - `echo`: an answer that repeats headers, address and body of the request, in a form and an encoding.
 * - `emptyPage`: a page without its records while the totals stay (SecurID log, SAFE users).
 * - `changedTotal`: from then on the envelope claims this total; `null` ends the claim (SecurID log, SAFE users).
 * - `stall`: never answers; the connection ends when the client or the simulator closes it.
 * - `expireLink`: the pre-signed link counts as expired (storage).
 * - `refuseConnection`: resets this request and stops listening, so that further connections are refused, for
 *   `forMs` real milliseconds or, with `true`, until `comeBack()` of the server.
 * - `raw`: the test writes to the response itself, whatever it likes, and ends it or not.
 */
export type Fault =
	| { delayMs: number }
	| { status: number; body?: unknown; headers?: Record<string, string> }
	| { retryAfter: number | string; status?: number }
	| { reset: 'before' | 'inBody' | 'afterServing' }
	| { truncateBody: true | 'quietly' }
	| { malformedJson: true }
	| { html: true }
	| { echo: Echo }
	| { emptyPage: true }
	| { changedTotal: number | null }
	| { stall: true }
	| { expireLink: true }
	| { refuseConnection: true | { forMs: number } }
	| { raw: (response: ServerResponse) => void };

/** How what is repeated is written. */
export type EchoEncoding = 'plain' | 'base64' | 'base64url' | 'hex' | 'url' | 'escapes' | 'slashes';

/** An answer that repeats the request: `members` as names of members, `location` in a header of that name. */
export interface Echo {
	status: number;
	as: 'json' | 'nested' | 'members' | 'xml' | 'html' | 'text' | 'location';
	encoded?: EchoEncoding;
	/** Default: all of it, headers first. */
	what?: 'headers' | 'target' | 'body' | 'all';
}

/** The name of a fault, as it stands in the request log. */
export type FaultKind =
	| 'delayMs'
	| 'status'
	| 'retryAfter'
	| 'reset'
	| 'truncateBody'
	| 'malformedJson'
	| 'html'
	| 'echo'
	| 'emptyPage'
	| 'changedTotal'
	| 'stall'
	| 'expireLink'
	| 'refuseConnection'
	| 'raw';

/** Faults that need the help of the system itself; any server can do the others. */
export type ShapeFaultKind = 'emptyPage' | 'changedTotal' | 'expireLink';

// `retryAfter` stands before `status` because a rule may hold both and then means the former.
const KINDS: readonly FaultKind[] = [
	'delayMs',
	'retryAfter',
	'status',
	'reset',
	'truncateBody',
	'malformedJson',
	'html',
	'echo',
	'emptyPage',
	'changedTotal',
	'stall',
	'expireLink',
	'refuseConnection',
	'raw',
];
const SHAPE_KINDS: readonly FaultKind[] = ['emptyPage', 'changedTotal', 'expireLink'];

/**
 * Which requests a rule is about. `path` is tried on the path alone, `query` on the raw query string without its
 * question mark. Of the requests that match, `nth` picks one (from 1), `every` picks each k-th, neither picks all;
 * `times` ends the rule after so many uses.
 */
export interface FaultCondition {
	method?: string;
	path?: RegExp;
	query?: RegExp;
	nth?: number;
	every?: number;
	times?: number;
}

/** One line of a fault plan. */
export interface FaultRule {
	on: FaultCondition;
	do: Fault;
}

/** What the plan needs to know of a request. */
export interface FaultSubject {
	server: string;
	method: string;
	path: string;
	search: string;
	requestIndex: number;
}

/** One use of a rule: which rule (index in the plan), what it did, and to which request of which server. */
export interface FaultUse extends FaultSubject {
	ruleIndex: number;
	kind: FaultKind;
}

/**
 * The kind of a fault.
 * Fails with a TypeError when the object names none or several (`status` beside `retryAfter` is one).
 */
export function kindOf(fault: Fault): FaultKind {
	const named = KINDS.filter((kind) => kind in fault);
	const [first] = named;
	const both = named.length === 2 && first === 'retryAfter' && named[1] === 'status';
	if (first === undefined || (named.length > 1 && !both)) {
		throw new TypeError(`A fault rule does exactly one thing, this one names: ${named.join(', ') || 'none'}`);
	}
	return first;
}

/**
 * An ordered list of fault rules with its own counts.
 * Every rule counts the requests it matches, whether or not it acts, so `nth` does not depend on its neighbours.
 * For one request delays add up and the first other rule that fires decides. A rule whose fault the asked server cannot
 * do is passed over and stays in `unused()`. One plan may serve one or several simulators.
 * Fails with a TypeError when a rule is not understandable, at once rather than by never firing.
 */
export class FaultPlan {
	/** Every use so far, in order. */
	readonly uses: FaultUse[] = [];

	private readonly entries: Array<{ rule: FaultRule; kind: FaultKind; matched: number; used: number }> = [];

	constructor(rules: readonly FaultRule[] = []) {
		this.add(...rules);
	}

	/** Adds rules at the end; they count from now on. */
	add(...rules: FaultRule[]): this {
		for (const rule of rules) {
			const { nth, every, times } = rule.on;
			for (const [name, value] of Object.entries({ nth, every, times })) {
				if (value !== undefined && !(Number.isInteger(value) && value >= 1)) {
					throw new TypeError(`"${name}" of a fault rule counts from 1, got ${value}`);
				}
			}
			if (nth !== undefined && every !== undefined) {
				throw new TypeError('A fault rule has either "nth" or "every"');
			}
			this.entries.push({ rule, kind: kindOf(rule.do), matched: 0, used: 0 });
		}
		return this;
	}

	/** Drops all rules; the uses so far stay. */
	clear(): void {
		this.entries.length = 0;
	}

	/** The rules that never acted: a test with a plan should end with none. */
	unused(): FaultRule[] {
		return this.entries.filter((entry) => entry.used === 0).map((entry) => entry.rule);
	}

	/**
	 * What happens to this request: any number of delays, then at most one other fault. Counts and logs as a side effect.
	 * `shapes` are the system faults that the asking server can do.
	 */
	take(subject: FaultSubject, shapes: readonly ShapeFaultKind[] = []): Fault[] {
		const taken: Fault[] = [];
		let decided = false;
		this.entries.forEach((entry, ruleIndex) => {
			if (!matches(entry.rule.on, subject)) return;
			entry.matched += 1;
			const able = !SHAPE_KINDS.includes(entry.kind) || (shapes as readonly FaultKind[]).includes(entry.kind);
			if (decided || !able || !fires(entry.rule.on, entry.matched, entry.used)) return;
			entry.used += 1;
			taken.push(entry.rule.do);
			this.uses.push({ ...subject, ruleIndex, kind: entry.kind });
			decided = entry.kind !== 'delayMs';
		});
		return taken;
	}
}

function matches(on: FaultCondition, subject: FaultSubject): boolean {
	if (on.method !== undefined && on.method.toUpperCase() !== subject.method) return false;
	return found(on.path, subject.path) && found(on.query, subject.search);
}

// `search` ignores the position that a /g pattern carries from one request to the next; `test` would not.
function found(pattern: RegExp | undefined, text: string): boolean {
	return pattern === undefined || text.search(pattern) !== -1;
}

function fires(on: FaultCondition, matched: number, used: number): boolean {
	if (on.times !== undefined && used >= on.times) return false;
	if (on.nth !== undefined) return matched === on.nth;
	if (on.every !== undefined) return matched % on.every === 0;
	return true;
}
