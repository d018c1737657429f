/** The parts of n8n of which one process (under jest: one test file) has only one, shared by all its engines. */
import { temporaryUserFolder } from './environment';
import 'reflect-metadata';
import { mkdirSync, rmSync } from 'node:fs';
import { Container } from '@n8n/di';
import { BinaryDataService, DataDeduplicationService } from 'n8n-core';
import { UserError } from 'n8n-workflow';
import { SeenItems } from './seenItems';
import { endExpressionEngine, startExpressionEngine } from './isolate';

/** As n8n 2.41.1 starts its engine for expressions when nothing is configured. */
const EXPRESSION_ENGINE = {
	// The isolates of n8n 2.41 are built for Node 24 and later; on Node 22 (`npm run compat:node`) n8n's older way of evaluating has to do.
	engine: Number(process.versions.node.split('.')[0]) < 24 ? 'legacy' : 'vm',
	poolSize: 1,
	maxCodeCacheSize: 1024,
	bridgeTimeout: 5000,
	bridgeMemoryLimit: 128,
} as const;

const seenItems = new SeenItems();
let deduplicationReady = false;
let folder: string | undefined;
let users = 0;
/** Starts and stops wait for each other, so that two engines started at once share one start. */
let last: Promise<unknown> = Promise.resolve();

/** A hold on the shared services. They end with the last hold; `release` may be called more than once. */
export interface ProcessServices {
	/** n8n's user folder: settings in `.n8n`, binary files in `.n8n/storage`. */
	userFolder: string;
	release(): Promise<void>;
}

/**
 * Starts expressions, binary files on disk and the memory of seen items, or joins those already running.
 * Without `userFolder` a temporary one is made, and removed with the last hold.
 * Fails when a user folder is named that differs from the one this process began with, since n8n reads it once; and
 * under jest without its flag for VM modules.
 */
export async function holdProcessServices(options: {
	userFolder?: string;
	logLevel?: string;
}): Promise<ProcessServices> {
	const userFolder = await inTurn(async () => {
		const chosen = chooseFolder(options);
		if (users === 0) await start(chosen);
		users++;
		return chosen;
	});
	let held = true;
	return {
		userFolder,
		async release() {
			if (!held) return;
			held = false;
			await inTurn(async () => {
				users--;
				if (users === 0) await end();
			});
		},
	};
}

function inTurn<T>(step: () => Promise<T>): Promise<T> {
	const next = last.then(step);
	last = next.catch(() => undefined);
	return next;
}

function chooseFolder({ userFolder, logLevel }: { userFolder?: string; logLevel?: string }): string {
	if (folder === undefined) {
		folder = userFolder ?? temporaryUserFolder;
		process.env.N8N_USER_FOLDER = folder;
		if (logLevel !== undefined) process.env.N8N_LOG_LEVEL = logLevel;
	} else if (userFolder !== undefined && userFolder !== folder) {
		throw new UserError(
			`n8n's user folder is "${folder}" for the rest of this process; it cannot become "${userFolder}"`,
		);
	}
	return folder;
}

async function start(userFolder: string): Promise<void> {
	mkdirSync(userFolder, { recursive: true });
	await startExpressions();
	await Container.get(BinaryDataService).init();
	if (!deduplicationReady) {
		// n8n refuses a second initialization in one process, so the one memory is emptied instead.
		deduplicationReady = true;
		await DataDeduplicationService.init(seenItems);
	}
}

async function startExpressions(): Promise<void> {
	try {
		await startExpressionEngine(EXPRESSION_ENGINE);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG') throw error;
		throw new UserError(
			'n8n loads its expression engine with import(), which jest allows only with NODE_OPTIONS=--experimental-vm-modules',
			{ cause: error },
		);
	}
}

async function end(): Promise<void> {
	await endExpressionEngine();
	seenItems.clear();
	if (folder === temporaryUserFolder) rmSync(folder, { recursive: true, force: true });
}
