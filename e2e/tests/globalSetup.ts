import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
// @ts-expect-error a CommonJS module without types
import buildAndCheck from '../../tools/jest/globalSetup.cjs';
import { startLocalServers } from '../server/localServers';
import { N8nApi } from '../server/n8nApi';
import { startN8n } from '../server/n8nServer';
import { packTree } from '../server/packing';
import { importWorkflows } from '../server/provision';

/**
 * Makes once what every test begins with, in a temporary folder: this package built and packed, and the user folder of a server that has
 * imported the workflows by the command line, has an owner, and has installed the package as n8n does.
 */
export default async function globalSetup(): Promise<void> {
	buildAndCheck();
	const folder = mkdtempSync(path.join(tmpdir(), 'n8n-e2e-'));
	const at = (name: string) => path.join(folder, name);
	mkdirSync(at('s3'));
	const tarball = packTree(folder);
	const local = await startLocalServers({ seed: 1, endsAt: Date.now(), adminEvents: 0, safeRows: 0, users: 1, s3Folder: at('s3') });
	const options = { folder: at('n8n'), gateway: local.gateway };
	const { name, version } = local.registry.publish(tarball);
	writeFileSync(at('import.txt'), await importWorkflows(options));
	const server = await startN8n(options);
	try {
		const api = await N8nApi.signIn(server.url);
		writeFileSync(at('installed.json'), JSON.stringify(await api.installPackage(name, version)));
	} finally {
		await server.stop();
		await local.stop();
	}
	Object.assign(process.env, { E2E_FOLDER: folder, E2E_TARBALL: tarball });
}
