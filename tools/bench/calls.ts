/** Calls between the bench and the processes it starts, over Node's own channel between parent and child. */
import { fork, type ChildProcess } from 'node:child_process';
import path from 'node:path';

interface Call {
	id: number;
	name: string;
	args: unknown[];
}

interface Answer {
	id: number;
	value?: unknown;
	error?: string;
}

/** Functions that another process may call; what goes in and comes out is plain data. */
export type Api = Record<string, (...args: never[]) => unknown>;

/** The same functions as the other side calls them. */
export type Remote<Functions> = {
	[Name in keyof Functions]: Functions[Name] extends (...args: infer Args) => infer Result
		? (...args: Args) => Promise<Awaited<Result>>
		: never;
};

/** A process of the bench. `api` rejects with the text of the error there, or when the process ends. */
export interface Peer<Functions> {
	api: Remote<Functions>;
	/** Ends it and waits until it is gone. */
	stop(): Promise<void>;
}

/** Answers the calls of the process that started this one; ends when that one is gone. */
export function serveCalls(api: Api): void {
	process.on('message', async ({ id, name, args }: Call) => {
		const answer: Answer = { id };
		try {
			answer.value = await api[name](...(args as never[]));
		} catch (error) {
			answer.error = error instanceof Error ? (error.stack ?? error.message) : String(error);
		}
		process.send?.(answer);
	});
	process.on('disconnect', () => process.exit(0));
}

/**
 * Starts a file of this folder as a process of its own: this Node, TypeScript as it is, nothing inherited from the
 * settings of the shell; what it leaves behind when it is cut short lies in the given folder. Garbage can be collected on request, which the bench does before it measures memory.
 */
export function startPeer<Functions>(file: string, temporaryFolder: string): Peer<Functions> {
	const { NODE_OPTIONS: _, ...env } = process.env;
	const child = fork(path.join(__dirname, file), [], {
		env: { ...env, TMPDIR: temporaryFolder },
		execArgv: ['--import', 'tsx', '--expose-gc', '--disable-warning=ExperimentalWarning'],
		serialization: 'advanced',
		stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
	});
	return { api: remoteApi(child, file), stop: async () => await ended(child) };
}

function remoteApi<Functions>(child: ChildProcess, file: string): Remote<Functions> {
	const open = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
	let said = '';
	let calls = 0;
	child.stderr?.on('data', (part: Buffer) => {
		said = (said + part.toString()).slice(-4000);
	});
	child.on('message', ({ id, value, error }: Answer) => {
		const call = open.get(id);
		open.delete(id);
		if (error === undefined) call?.resolve(value);
		else call?.reject(new Error(error));
	});
	child.on('exit', (code, signal) => {
		for (const { reject } of open.values()) reject(new Error(`${file} ended (${signal ?? code}): ${said}`));
		open.clear();
	});
	const call = async (name: string, args: unknown[]) =>
		await new Promise<unknown>((resolve, reject) => {
			const id = ++calls;
			open.set(id, { resolve, reject });
			child.send({ id, name, args }, (error) => {
				if (error) reject(error);
			});
		});
	// SAFETY: whatever name is asked for becomes a call; the type says which there are.
	return new Proxy({}, { get: (_target, name: string) => async (...args: unknown[]) => await call(name, args) }) as Remote<Functions>;
}

async function ended(child: ChildProcess): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return;
	const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
	child.disconnect();
	await gone;
}
