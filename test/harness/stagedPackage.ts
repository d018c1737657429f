/** Where a package must lie so that its nodes find n8n-workflow, and nothing else, outside their own folder. */
import { cpSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The folder to load a package from.
 * A package that sees n8n-workflow from where it lies (a repository with node_modules) is loaded in place. Any other,
 * such as an unpacked tarball, is copied into n8n's folder for community nodes, next to a link to the harness's own
 * n8n-workflow: a second copy of that module would break n8n's `instanceof` checks, and a require of any other
 * package fails, as it may on a user's server.
 */
export function stagePackage(directory: string, name: string, userFolder: string): string {
	if (seesWorkflowPackage(realpathSync(directory))) return directory;
	const installed = join(userFolder, '.n8n', 'nodes', 'node_modules');
	const target = join(installed, name);
	rmSync(target, { recursive: true, force: true });
	mkdirSync(dirname(target), { recursive: true });
	cpSync(directory, target, { recursive: true, filter: (file) => file !== join(directory, 'node_modules') });
	const link = join(installed, 'n8n-workflow');
	if (!existsSync(link)) symlinkSync(harnessWorkflowPackage(), link, 'dir');
	return target;
}

function seesWorkflowPackage(directory: string): boolean {
	if (existsSync(join(directory, 'node_modules', 'n8n-workflow', 'package.json'))) return true;
	const parent = dirname(directory);
	return parent !== directory && seesWorkflowPackage(parent);
}

function harnessWorkflowPackage(): string {
	// The package exports no package.json, so its folder is found from its entry point, dist/cjs/index.js.
	return join(dirname(require.resolve('n8n-workflow')), '..', '..');
}
