/** npm start as a person calls it, in a terminal, and Ctrl-C. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { N8nApi } from '../server/n8nApi';
import { ROOT } from '../server/paths';
import { shippedWorkflows, startsByItself } from '../server/provision';
import { POSITIONS, until } from './rig';

const PORT = 26780;
const URL = `http://127.0.0.1:${PORT}`;

let folder: string;
let terminal: ChildProcess | undefined;

beforeAll(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'n8n-start-'));
});

afterEach(() => {
	if (terminal?.pid && terminal.exitCode === null && terminal.signalCode === null) process.kill(-terminal.pid, 'SIGKILL');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Types the command and waits until it says that n8n is ready. Out: what it prints, also later. */
async function start(...args: string[]): Promise<{ printed: () => string; ctrlC: () => Promise<string> }> {
	// A process group, as a terminal makes one: Ctrl-C goes to all of it.
	const child = spawn('npm', ['start', '--', `--port=${PORT}`, `--folder=${folder}`, ...args], { cwd: ROOT, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
	terminal = child;
	let printed = '';
	for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += String(chunk)));
	const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
	await until('npm start', async () => {
		if (child.exitCode !== null) throw new Error(printed);
		return printed.includes('Ctrl-C ends everything') || undefined;
	});
	return {
		printed: () => printed,
		ctrlC: async () => {
			process.kill(-Number(child.pid), 'SIGINT');
			await ended;
			// npm itself ends by the signal, as commands do.
			return printed;
		},
	};
}

/** Processes that have to do with the folder. Asks /proc, so it sees something on Linux alone. */
function leftOver(): string[] {
	return readdirSync('/proc').filter((pid) => {
		try {
			return /^\d+$/.test(pid) && pid !== String(process.pid) && (readFileSync(`/proc/${pid}/environ`, 'utf8') + readFileSync(`/proc/${pid}/cmdline`, 'utf8')).includes(folder);
		} catch {
			return false;
		}
	});
}

const kept = () => JSON.parse(readFileSync(path.join(folder, 'kept.json'), 'utf8')) as { firstStartMs: number };

test('the first start ends with the workflows published and running; Ctrl-C leaves no process; the next one goes on; --fresh begins anew', async () => {
	const first = await start();
	expect(first.printed()).toContain(URL);
	const api = await N8nApi.signIn(URL);
	const workflows = await api.workflows();
	expect(workflows.map(({ name }) => name).sort()).toEqual([...shippedWorkflows().values()].sort());
	expect(workflows.filter(({ active }) => !active).filter(startsByItself)).toEqual([]);
	expect(first.printed()).not.toContain('is not published');
	const saved = await until('the first positions', async () => (await api.rows(POSITIONS))?.filter(({ revision }) => revision !== null).find(({ name }) => name === 'securid-admin'));
	await until('something at Slack', async () => first.printed().includes('Slack #security-alerts') || undefined);
	expect(leftOver().length).toBeGreaterThan(1);
	expect(await first.ctrlC()).toMatch(/Everything has ended\.\s*$/);
	expect(leftOver()).toEqual([]);

	const since = kept().firstStartMs;
	const second = await start();
	expect(second.printed()).not.toContain('Importing');
	const [row] = ((await (await N8nApi.signIn(URL)).rows(POSITIONS)) ?? []).filter(({ name }) => name === 'securid-admin');
	expect(Number(row.revision)).toBeGreaterThanOrEqual(Number(saved.revision));
	expect(kept().firstStartMs).toBe(since);
	expect(await second.ctrlC()).toMatch(/Everything has ended\.\s*$/);

	const third = await start('--fresh');
	expect(third.printed()).toContain('Importing');
	expect(kept().firstStartMs).toBeGreaterThan(since);
	expect(await third.ctrlC()).toMatch(/Everything has ended\.\s*$/);
	expect(leftOver()).toEqual([]);
}, 900_000);
