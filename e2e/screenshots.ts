/*
 * npm run screenshots: pictures of every workflow in workflows/ and of every node's panel, taken on a real server, into docs/images.
 * Tenant and times are simulated; pictures of one version of n8n and the workflows look the same each time but for times on screen.
 */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { INodeTypeDescription } from 'n8n-workflow';
import { openWindow } from './browser/chromium';
import { Editor } from './browser/editor';
import { savePicture } from './browser/picture';
import { ownTypes } from './server/ownTypes';
import { PACKAGE_NAME, ROOT } from './server/paths';
import { shippedWorkflows } from './server/provision';
import globalSetup from './tests/globalSetup';
import globalTeardown from './tests/globalTeardown';
import { Rig } from './tests/rig';

const IMAGES = path.join(ROOT, 'docs', 'images');
/** Below it names of nodes cannot be read in the picture; the window is made wider for long workflows, up to a limit in CSS pixels. */
const SMALLEST_ZOOM = 0.45;
const WIDEST = 2600;
const MOST_BYTES = 4_000_000;
/** Panels whose first state says little. */
const PANELS: Record<string, object> = {
	securIdAdminLog: { operation: 'getNew' },
	safeAuditExport: { operation: 'getNew' },
	safeUsers: { operation: 'getMany' },
};

async function main(): Promise<void> {
	await globalSetup();
	const rig = await Rig.start({ endsAt: Date.now() });
	try {
		rmSync(IMAGES, { recursive: true, force: true });
		mkdirSync(IMAGES, { recursive: true });
		await canvases(rig);
		await panels(rig);
	} finally {
		await rig.stop();
		globalTeardown();
	}
	const sizes = readdirSync(IMAGES).map((file) => statSync(path.join(IMAGES, file)).size);
	const total = sizes.reduce((sum, size) => sum + size, 0);
	console.log(`${sizes.length} pictures, ${Math.round(total / 1000)} kB`);
	if (total > MOST_BYTES) throw new Error(`That is more than ${MOST_BYTES / 1e6} MB`);
}

/** Each workflow as it looks with its credentials chosen, cut to its nodes and notes. */
async function canvases(rig: Rig): Promise<void> {
	const window = await openWindow({ scale: 2 });
	const editor = new Editor(window.page, rig.server.url);
	await editor.signIn();
	for (const [file, name] of shippedWorkflows()) {
		const found = (await rig.api.workflows()).find((workflow) => workflow.name === name);
		if (found === undefined) throw new Error(`${file} is not on the server`);
		await rig.prepare(found).catch(() => console.log(`${file}: not every credential has a local one`));
		const across = found.nodes.map(({ position: [x] }) => x);
		const width = Math.round((Math.max(...across) - Math.min(...across)) * SMALLEST_ZOOM);
		await window.page.setViewportSize({ width: Math.min(Math.max(width, 1480), WIDEST), height: 1000 });
		await editor.openWorkflow(found.id);
		savePicture(path.join(IMAGES, `${file}.png`), await editor.canvasPicture());
	}
	await window.close();
}

async function panels(rig: Rig): Promise<void> {
	const window = await openWindow({ width: 1400, height: 1300 });
	const editor = new Editor(window.page, rig.server.url);
	await editor.signIn();
	for (const { constructor, description } of ownTypes<{ description: INodeTypeDescription }>('nodes')) {
		const type = `${PACKAGE_NAME}.${description.name}`;
		const chosen = (description.credentials ?? []).map(({ name }) => rig.credentials.find((credential) => credential.type === name)).find(Boolean);
		const credentials = chosen && { [chosen.type]: { id: chosen.id, name: chosen.name } };
		const parameters = PANELS[description.name] ?? {};
		const node = { id: 'node', name: description.displayName, type, typeVersion: 1, position: [220, 0], parameters, credentials };
		const { id } = await rig.api.call<{ id: string }>('POST', '/workflows', { name: description.displayName, nodes: [node], connections: {}, settings: {} });
		await editor.openWorkflow(id);
		const panel = await editor.openNode(description.displayName);
		savePicture(path.join(IMAGES, `${constructor.name}.png`), await panel.picture());
	}
	await window.close();
}

main().then(
	() => process.exit(0),
	(error: Error) => {
		console.error(error.message);
		process.exit(1);
	},
);
