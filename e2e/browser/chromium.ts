import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const BINARY = process.env.CHROMIUM ?? '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--font-render-hinting=none'];
/** For whatever a click has to bring about: far above what an ordinary busy machine needs. */
const LIMIT_MS = 60_000;

/** A window of a browser of its own, in English and UTC, which reaches this machine alone. */
export interface Window {
	page: Page;
	context: BrowserContext;
	/** Warnings and errors that the page wrote to its console, and exceptions that nobody caught; the caller may empty it. */
	complaints: string[];
	close(): Promise<void>;
}

/** Opens one of Debian's Chromium, or of the one that the variable CHROMIUM names; throws where there is none. In: its size in CSS pixels, and how many pixels of a picture make one of these. */
export async function openWindow({ width = 1400, height = 900, scale = 1 } = {}): Promise<Window> {
	if (!existsSync(BINARY)) throw new Error(`There is no Chromium at ${BINARY}: install one (apt-get install chromium), or name another by the variable CHROMIUM`);
	const browser: Browser = await chromium.launch({ executablePath: BINARY, args: FLAGS });
	const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale, locale: 'en-US', timezoneId: 'UTC', reducedMotion: 'reduce' });
	await context.route((url) => url.hostname !== '127.0.0.1', async (route) => await route.abort());
	const page = await context.newPage();
	page.setDefaultTimeout(LIMIT_MS);
	const complaints: string[] = [];
	page.on('console', (message) => {
		if (['error', 'warning'].includes(message.type())) complaints.push(`${message.type()}: ${message.text().slice(0, 300)}`);
	});
	page.on('pageerror', (error) => complaints.push(`exception: ${error.message.slice(0, 300)}`));
	return { page, context, complaints, close: async () => await browser.close() };
}
