const { execFile } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { rm, writeFile } = require('node:fs/promises');
const { promisify } = require('node:util');
const { build: esbuild } = require('esbuild');
const { dest, parallel, series, src } = require('gulp');
const { billOfMaterials, licenceTexts } = require('./tools/sbom.cjs');

const run = promisify(execFile);

/** What n8n or Node provides at run time; everything else (csv-parse) goes into the bundle. */
const PROVIDED = ['n8n-workflow', 'luxon', 'crypto', 'node:crypto'];

/** dist/…/X.node.js → nodes/…/X.node.ts, as package.json lists them. */
function entryPoints() {
	const { nodes, credentials } = JSON.parse(readFileSync('package.json', 'utf8')).n8n;
	return [...credentials, ...nodes].map((file) => file.replace(/^dist\//, '').replace(/\.js$/, '.ts'));
}

async function clean() {
	await rm('dist', { recursive: true, force: true });
}

async function typecheck() {
	await run(process.execPath, [require.resolve('typescript/bin/tsc'), '--noEmit', '-p', '.']).catch((error) => {
		throw new Error(error.stdout || error.message);
	});
}

/** One file per node and credential, readable: n8n loads classes by name, and reviewers read dist. */
async function bundle() {
	const { metafile } = await esbuild({
		entryPoints: entryPoints(),
		outdir: 'dist',
		outbase: '.',
		bundle: true,
		platform: 'node',
		format: 'cjs',
		target: 'es2022',
		external: PROVIDED,
		legalComments: 'inline',
		charset: 'utf8',
		logLevel: 'warning',
		metafile: true,
		// Where node_modules is a link, its own path must not come into the bundles.
		preserveSymlinks: true,
	});
	// What is bundled travels with its licence and a bill of materials.
	await writeFile('dist/sbom.cdx.json', billOfMaterials(metafile, '.'));
	await writeFile('dist/THIRD-PARTY-NOTICES.txt', licenceTexts(metafile, '.'));
}

function assets() {
	return src(['nodes/**/*.svg', 'nodes/**/*.node.json', 'nodes/**/__schema__/**/*.json'], {
		base: '.',
		encoding: false,
	}).pipe(dest('dist'));
}

exports.clean = clean;
/** Everything but the type check: what tests and the demo need. */
exports.bundle = series(clean, parallel(bundle, assets));
exports.build = series(typecheck, exports.bundle);
exports.default = exports.build;
