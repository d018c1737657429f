/*
 * What this package costs n8n at its start: n8n's own loader loads it after n8n and another package are there, as it happens on a server.
 * A process of its own without TypeScript or anything else of the bench. In: the package's folder. Out: milliseconds, as JSON.
 */
const { mkdirSync, mkdtempSync, rmSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const path = require('node:path');

// As on a server: with `test` the loader would take another way to the classes.
process.env.NODE_ENV = 'production';
process.env.N8N_LOG_LEVEL = 'silent';
const folder = mkdtempSync(path.join(tmpdir(), 'bench-import-'));
process.env.N8N_USER_FOLDER = folder;

require('reflect-metadata');
const { PackageDirectoryLoader } = require('n8n-core');
require('n8n-workflow');
require('luxon');

/** The least that is a package: what the loader itself costs the first time and each time. */
function writeEmptyPackage(name) {
	const directory = path.join(folder, name);
	mkdirSync(path.join(directory, 'dist'), { recursive: true });
	const description = "displayName: 'Least', name: 'least', group: [], version: 1, description: '', defaults: {}, inputs: ['main'], outputs: ['main'], properties: []";
	writeFileSync(path.join(directory, 'dist', 'Least.node.js'), `exports.Least = class Least { description = { ${description} }; async execute() { return [[]]; } };`);
	writeFileSync(path.join(directory, 'package.json'), JSON.stringify({ name, version: '1.0.0', n8n: { nodes: ['dist/Least.node.js'] } }));
	return directory;
}

async function load(directory) {
	const startedMs = performance.now();
	await new PackageDirectoryLoader(directory).loadAll();
	return performance.now() - startedMs;
}

(async () => {
	await load(writeEmptyPackage('n8n-nodes-first'));
	const least = await load(writeEmptyPackage('n8n-nodes-least'));
	const whole = await load(path.resolve(process.argv[2]));
	console.log(JSON.stringify({ least, whole }));
	rmSync(folder, { recursive: true, force: true });
	process.exit(0);
})();
