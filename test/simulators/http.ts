import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';

import { adminConsolePage, halved, jsonAnswer, malformed, write, writeHalf, type Answer } from './answers';
import { systemClock, type Clock } from './clock';
import { echoOf } from './echo';
import { FaultPlan, kindOf, type Fault, type FaultKind, type FaultRule, type ShapeFaultKind } from './faults';

/**
 * One request as it arrived, kept for the test to read. Secrets stand in it in clear: it is a test log, and tests must
 * be able to see where a token went. `body` is the text of `bytes` read as UTF-8; `atMs` is the simulator's clock.
 * `status` is null while there is no answer, and stays null when a fault left the request without one.
 */
export interface LoggedRequest {
	index: number;
	method: string;
	/** Path and query exactly as sent. */
	target: string;
	path: string;
	query: URLSearchParams;
	headers: IncomingHttpHeaders;
	body: string;
	bytes: Buffer;
	atMs: number;
	faults: FaultKind[];
	status: number | null;
}

/** The part of a system: from a whole request, and the system fault in force if any, to an answer. */
export type Respond = (request: LoggedRequest, shape: Fault | null) => Answer | Promise<Answer>;

/** How a simulator listens: `port` 0 means any free one, always on the loopback address. */
export interface ListenOptions {
	port?: number;
	clock?: Clock;
	faults?: FaultPlan | readonly FaultRule[];
}

/** What every simulator shows of its server. */
export interface RunningServer {
	/** `http://127.0.0.1:<port>`, without a trailing slash. */
	url: string;
	requests: LoggedRequest[];
	faults: FaultPlan;
	/** Stops listening and cuts every connection: new ones are refused. */
	goDown(): Promise<void>;
	/** Listens again, on the same port. */
	comeBack(): Promise<void>;
	/** Ends the server for good; stalled and delayed requests are cut. */
	close(): Promise<void>;
}

interface ServerSettings extends ListenOptions {
	/** For the fault log: which system this is. */
	name: string;
	respond: Respond;
	/** The vendor's own form of an error answer, used when a fault gives a status only. */
	refusal: (status: number, request: LoggedRequest) => Answer;
	/** System faults this server can do. */
	shapes?: readonly ShapeFaultKind[];
	maxBodyBytes?: number;
}

const HOST = '127.0.0.1';

/**
 * Starts one plain HTTP server of a simulator.
 * A body over `maxBodyBytes` (default 10 MiB) is refused with 413. A bug in `respond` becomes a 500 whose text says so.
 * Fails when the port is taken.
 */
export async function startServer(settings: ServerSettings): Promise<RunningServer> {
	const {
		name,
		respond,
		refusal,
		shapes = [],
		clock = systemClock,
		maxBodyBytes = 10 * 1024 * 1024,
	} = settings;
	const faults = settings.faults instanceof FaultPlan ? settings.faults : new FaultPlan(settings.faults);
	const requests: LoggedRequest[] = [];
	const ending = new AbortController();

	const server = createServer((incoming, response) => {
		// A client that goes away, or a connection cut by a fault, is no error of the simulator.
		response.on('error', () => {});
		// So that nobody mistakes a recording of these answers for one of the vendor's.
		response.setHeader('server', `fake ${name}`);
		// Node's own would show the machine's time.
		response.setHeader('date', new Date(clock.now()).toUTCString());
		serve(incoming, response).catch((error: unknown) => {
			if (ending.signal.aborted || response.destroyed || response.headersSent) return;
			const text = `The ${name} simulator itself broke: ${String(error)}`;
			write(response, { status: 500, headers: { 'content-type': 'text/plain' }, body: text });
		});
	});
	// Longer than any test, so that a reused client connection is never cut by chance.
	server.keepAliveTimeout = 60_000;

	const listen = async (port: number) =>
		await new Promise<void>((resolve, reject) => {
			server.once('error', reject);
			server.listen(port, HOST, () => {
				server.off('error', reject);
				resolve();
			});
		});
	await listen(settings.port ?? 0);
	const { port } = server.address() as AddressInfo;

	async function goDown(): Promise<void> {
		if (!server.listening) return;
		const closed = new Promise<void>((resolve) => server.close(() => resolve()));
		server.closeAllConnections();
		await closed;
		// The handle counts as open for one more turn of the loop; who looks for leftovers should find none.
		await nextTurn();
	}
	async function comeBack(): Promise<void> {
		if (!server.listening && !ending.signal.aborted) await listen(port);
	}
	async function comeBackAfter(ms: number): Promise<void> {
		await wait(ms, undefined, { signal: ending.signal });
		await comeBack();
	}

	async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
		const logged = describeRequest(incoming, requests.length, clock.now());
		requests.push(logged);
		// Counted on arrival, not when the body is complete, so that "the nth request" means what the client sent nth.
		const search = logged.target.slice(logged.path.length + 1);
		const subject = {
			server: name,
			method: logged.method,
			path: logged.path,
			search,
			requestIndex: logged.index,
		};
		const taken = faults.take(subject, shapes);
		logged.faults.push(...taken.map(kindOf));

		const send = (answer: Answer) => {
			logged.status = answer.status;
			write(response, answer);
		};
		const bytes = await readBody(incoming, maxBodyBytes);
		if (bytes === null) {
			const tooLarge = refusal(413, logged);
			send({ ...tooLarge, headers: { ...tooLarge.headers, connection: 'close' } });
			return;
		}
		logged.bytes = bytes;
		logged.body = bytes.toString('utf8');

		let decisive: Fault | null = null;
		for (const fault of taken) {
			if ('delayMs' in fault) await wait(fault.delayMs, undefined, { signal: ending.signal });
			else decisive = fault;
		}
		if (decisive !== null) {
			if ('stall' in decisive) return;
			if ('refuseConnection' in decisive) {
				incoming.socket.resetAndDestroy();
				await goDown();
				if (decisive.refuseConnection !== true) await comeBackAfter(decisive.refuseConnection.forMs);
				return;
			}
			if ('reset' in decisive && decisive.reset === 'before') {
				incoming.socket.resetAndDestroy();
				return;
			}
			if ('raw' in decisive) {
				decisive.raw(response);
				return;
			}
			const replacement = 'echo' in decisive ? echoOf(logged, decisive.echo) : replaced(decisive, (status) => refusal(status, logged));
			if (replacement !== null) {
				send(replacement);
				return;
			}
		}
		const answer = await respond(logged, decisive);
		if (decisive !== null && 'reset' in decisive && decisive.reset === 'afterServing') {
			incoming.socket.resetAndDestroy();
			return;
		}
		if (decisive !== null && 'malformedJson' in decisive) {
			send({ ...answer, body: malformed(String(answer.body ?? '')) });
		} else if (decisive !== null && ('truncateBody' in decisive || 'reset' in decisive)) {
			logged.status = answer.status;
			const half = halved(answer);
			if ('truncateBody' in decisive && decisive.truncateBody === 'quietly')
				write(response, { ...answer, body: half });
			else writeHalf(response, answer, half, 'reset' in decisive);
		} else {
			send(answer);
		}
	}

	return {
		url: `http://${HOST}:${port}`,
		requests,
		faults,
		goDown,
		comeBack,
		close: async () => {
			ending.abort();
			await goDown();
		},
	};
}

function describeRequest(incoming: IncomingMessage, index: number, atMs: number): LoggedRequest {
	const target = incoming.url ?? '/';
	const cut = target.indexOf('?');
	return {
		index,
		method: incoming.method ?? 'GET',
		target,
		path: cut === -1 ? target : target.slice(0, cut),
		query: new URLSearchParams(cut === -1 ? '' : target.slice(cut + 1)),
		headers: incoming.headers,
		body: '',
		bytes: Buffer.alloc(0),
		atMs,
		faults: [],
		status: null,
	};
}

// The rest of a body that is too long is read and thrown away: answering earlier would reset the connection under a
// client that is still sending, and it would never see the 413.
async function readBody(incoming: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of incoming as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size <= maxBytes) chunks.push(chunk);
	}
	return size > maxBytes ? null : Buffer.concat(chunks);
}

function replaced(fault: Fault, refusal: (status: number) => Answer): Answer | null {
	if ('html' in fault) return adminConsolePage();
	if ('retryAfter' in fault) {
		const answer = refusal(fault.status ?? 429);
		return { ...answer, headers: { ...answer.headers, 'retry-after': String(fault.retryAfter) } };
	}
	if ('status' in fault) {
		const own = refusal(fault.status);
		if (fault.body === undefined) return { ...own, headers: { ...own.headers, ...fault.headers } };
		if (typeof fault.body === 'string') {
			return {
				status: fault.status,
				headers: { 'content-type': 'text/plain', ...fault.headers },
				body: fault.body,
			};
		}
		return jsonAnswer(fault.status, fault.body, fault.headers);
	}
	return null;
}
