/** Where a package must lie so that its nodes find what n8n provides to community nodes, and nothing else, outside their own folder. */
import { cpSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder to load a package from.
 * A package that sees n8n-workflow from where it lies (a repository with node_modules) is loaded in place. Any other,
 * such as an unpacked tarball, is copied into n8n's folder for community nodes, next to links to the harness's own
 * n8n-workflow (a second copy of that module would break n8n's `instanceof` checks) and luxon (a dependency of n8n's own,
 * which it puts on NODE_PATH); a require of any other package fails, as it may on a user's server.
 */
export function stagePackage(directory: string, name: string, userFolder: string): string {
	if (seesWorkflowPackage(realpathSync(directory))) return directory;
	const installed = join(userFolder, '.n8n', 'nodes', 'node_modules');
	const target = join(installed, name);
	rmSync(target, { recursive: true, force: true });
	mkdirSync(dirname(target), { recursive: true });
	cpSync(directory, target, { recursive: true, filter: (file) => file !== join(directory, 'node_modules') });
	for (const [provided, folder] of Object.entries(providedPackages())) {
		const link = join(installed, provided);
		if (!existsSync(link)) symlinkSync(folder, link, 'dir');
	}
	return target;
}

function seesWorkflowPackage(directory: string): boolean {
	if (existsSync(join(directory, 'node_modules', 'n8n-workflow', 'package.json'))) return true;
	const parent = dirname(directory);
	return parent !== directory && seesWorkflowPackage(parent);
}

function providedPackages(): Record<string, string> {
	// n8n-workflow exports no package.json, so its folder is found from its entry point, dist/cjs/index.js.
	return {
		'n8n-workflow': join(dirname(require.resolve('n8n-workflow')), '..', '..'),
		luxon: dirname(require.resolve('luxon/package.json')),
	};
}
