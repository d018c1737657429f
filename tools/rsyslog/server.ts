import { spawn, spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A CEF line as liblognorm, rsyslog's parser, read it; escapes are undone. */
export interface LognormCef {
	DeviceVendor: string;
	DeviceProduct: string;
	DeviceVersion: string;
	SignatureID: string;
	Name: string;
	Severity: string;
	/** liblognorm 2.0.6 drops the first letter of the first key when no blank stands before it. */
	Extensions: Record<string, string>;
}

/** One message as rsyslog wrote it down: its syslog header, its text, and the CEF in it (null where liblognorm finds none). */
export interface RsyslogRecord {
	priority: string;
	timestamp: string;
	hostname: string;
	appName: string;
	messageId: string;
	structuredData: string;
	message: string;
	cef: LognormCef | null;
}

/** A running rsyslog. */
export interface Rsyslog {
	port: number;
	version: string;
	/** Sends messages over one TCP connection, each with its length before it (RFC 6587, octet counting). */
	send(messages: readonly string[]): Promise<void>;
	/** What was received, as soon as it is so many. Fails with what rsyslog printed when it is fewer after 15 s. */
	received(count: number): Promise<RsyslogRecord[]>;
	close(): Promise<void>;
}

const CACHE = path.resolve(__dirname, '..', '..', '.cache', 'rsyslog');

/**
 * Finds or fetches rsyslog (2 s the first time).
 * Out: the folder below which it lies, or why this machine cannot have it: no Debian, or its mirror out of reach.
 * Fails when fetching goes wrong in any other way.
 */
export function findRsyslog(cache = CACHE): { root: string } | { unavailable: string } {
	const script = path.join(__dirname, 'get.sh');
	const { status, stdout, stderr, error } = spawnSync('bash', [script, cache], {
		encoding: 'utf8',
		timeout: 120_000,
	});
	if (status === 0) return { root: stdout.trim() };
	if (status === 3) return { unavailable: stderr.trim() };
	if (error !== undefined && 'code' in error && error.code === 'ENOENT')
		return { unavailable: 'this machine has no bash' };
	throw new Error(`tools/rsyslog/get.sh ended with ${status}: ${stderr || String(error)}`);
}

/**
 * Starts rsyslog as the present user, listening for TCP on a free loopback port.
 * It takes RFC 5424 in octet counting, parses the text as CEF with mmnormalize, and writes one JSON line per message.
 */
export async function startRsyslog(root: string): Promise<Rsyslog> {
	const folder = mkdtempSync(path.join(tmpdir(), 'rsyslog-'));
	const inFolder = (name: string) => path.join(folder, name);
	const [modules] = globSync('usr/lib/*/rsyslog', { cwd: root }).map((found) => path.join(root, found));
	const env = root === '/' ? process.env : { ...process.env, LD_LIBRARY_PATH: path.dirname(modules) };
	const program = path.join(root, 'usr/sbin/rsyslogd');

	writeFileSync(inFolder('cef.rulebase'), 'version=2\nrule=cef:%cef:cef%\n');
	writeFileSync(inFolder('rsyslog.conf'), configuration(folder));
	const server = spawn(
		program,
		['-n', '-f', inFolder('rsyslog.conf'), '-i', inFolder('pid'), '-M', modules],
		{ env },
	);
	let printed = '';
	server.stdout.on('data', (text) => (printed += String(text)));
	server.stderr.on('data', (text) => (printed += String(text)));
	const ended = new Promise<void>((resolve) => server.once('close', () => resolve()));

	const content = (name: string) => (existsSync(inFolder(name)) ? readFileSync(inFolder(name), 'utf8') : '');
	async function until<Found>(what: string, look: () => Found | null): Promise<Found> {
		for (let tries = 0; tries < 750; tries += 1) {
			const found = look();
			if (found !== null) return found;
			if (server.exitCode !== null) break;
			await wait(20);
		}
		throw new Error(`rsyslog: ${what}. It printed: ${printed || 'nothing'}`);
	}
	async function close(): Promise<void> {
		server.kill();
		await ended;
		rmSync(folder, { recursive: true, force: true });
	}

	try {
		const port = await until('is not listening', () => Number(content('port')) || null);
		return {
			port,
			version:
				/rsyslogd\s+(\S+)/.exec(spawnSync(program, ['-v'], { env, encoding: 'utf8' }).stdout)?.[1] ??
				'unknown',
			send: async (messages) => await sendFramed(port, messages),
			received: async (count) =>
				await until(`has fewer than ${count} messages`, () => {
					const lines = content('records.jsonl').split('\n').slice(0, -1);
					return lines.length < count ? null : lines.map(readRecord);
				}),
			close,
		};
	} catch (error) {
		await close();
		throw error;
	}
}

// Control characters stay as they come, so that a test sees them; `net.enableDNS` off, because no name is asked for here.
function configuration(folder: string): string {
	const properties = {
		priority: 'name="pri"',
		timestamp: 'name="timereported" dateFormat="rfc3339"',
		hostname: 'name="hostname"',
		appName: 'name="app-name"',
		messageId: 'name="msgid"',
		structuredData: 'name="structured-data"',
		message: 'name="msg"',
		parsed: 'name="parsesuccess"',
		cef: 'name="$!cef"',
	};
	const written = Object.entries(properties).map(
		([key, from]) => `  property(outname="${key}" ${from} format="jsonf")`,
	);
	return `global(workDirectory="${folder}" net.enableDNS="off" maxMessageSize="1m" parser.escapeControlCharactersOnReceive="off")
module(load="imtcp")
module(load="mmnormalize")
template(name="record" type="list" option.jsonf="on") {
${written.join('\n')}
}
ruleset(name="cef") {
  action(type="mmnormalize" ruleBase="${folder}/cef.rulebase" path="$!cef")
  action(type="omfile" file="${folder}/records.jsonl" template="record")
}
input(type="imtcp" address="127.0.0.1" port="0" listenPortFileName="${folder}/port" ruleset="cef")
`;
}

function readRecord(line: string): RsyslogRecord {
	const { parsed, cef, ...record } = JSON.parse(line) as Omit<RsyslogRecord, 'cef'> & {
		parsed: string;
		cef: string;
	};
	return { ...record, cef: parsed === 'OK' ? (JSON.parse(cef) as { cef: LognormCef }).cef : null };
}

async function sendFramed(port: number, messages: readonly string[]): Promise<void> {
	const frames = messages.map((message) => {
		const bytes = Buffer.from(message);
		return Buffer.concat([Buffer.from(`${bytes.length} `), bytes]);
	});
	await new Promise<void>((resolve, reject) => {
		const socket = connect(port, '127.0.0.1', () => socket.end(Buffer.concat(frames)));
		socket.once('error', reject).once('close', () => resolve());
		socket.resume();
	});
}
