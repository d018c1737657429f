/*
 * What of others is inside dist, from esbuild's own list of what it bundled: the bill of materials (CycloneDX 1.6) and the licence texts.
 * The build calls it (gulpfile.js). Nothing in it depends on time or place, so that equal sources give equal bytes.
 */
const { createHash } = require('node:crypto');
const { readdirSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { Enums, Models, Serialize, Spec } = require('@cyclonedx/cyclonedx-library');

const json = (...file) => JSON.parse(readFileSync(path.join(...file), 'utf8'));
const purlOf = (name, version) => `pkg:npm/${name.replace('@', '%40')}${version ? `@${version}` : ''}`;

/** Name of the npm package that a bundled file is of; undefined for files of this repository. */
function packageOf(file) {
	return /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

/**
 * The npm packages whose code is in the bundles. In: esbuild's metafile. Out: by name, sorted, each with its folder and the bundles that hold a part of it.
 * A file counts when a byte of it is in an output: what is shaken off is not shipped.
 */
function bundledPackages({ outputs }) {
	const found = new Map();
	for (const [output, { inputs }] of Object.entries(outputs)) {
		for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
			const name = packageOf(file);
			if (name === undefined || bytesInOutput === 0) continue;
			const folder = file.slice(0, file.lastIndexOf(`node_modules/${name}/`) + `node_modules/${name}`.length);
			const one = found.get(name) ?? { name, folder, outputs: new Set() };
			found.set(name, { ...one, outputs: one.outputs.add(output) });
		}
	}
	return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1)).map((one) => ({ ...one, outputs: [...one.outputs].sort() }));
}

/** Modules that the bundles take from n8n or Node when they run. */
function providedModules({ outputs }) {
	const imports = Object.values(outputs).flatMap((output) => output.imports.filter(({ external }) => external).map(({ path: name }) => name));
	return [...new Set(imports)].sort();
}

/** SHA-512 (hex) of the package's archive in the npm registry, as package-lock.json holds it. */
function registryHash(lock, folder) {
	const [algorithm, hash] = (lock.packages[folder]?.integrity ?? '').split('-');
	if (algorithm !== 'sha512') throw new Error(`package-lock.json has no SHA-512 for ${folder}`);
	return Buffer.from(hash, 'base64').toString('hex');
}

function component(type, name, { license, hash, ...fields }) {
	const made = new Models.Component(type, name, fields);
	if (license) made.licenses.add(new Models.SpdxLicense(license));
	if (hash) made.hashes.set(...hash);
	return made;
}

/** The bill of materials as text. In: esbuild's metafile, the folder of the repository. */
function billOfMaterials(metafile, root) {
	const own = json(root, 'package.json');
	const lock = json(root, 'package-lock.json');
	const bom = new Models.Bom();
	const main = component(Enums.ComponentType.Library, own.name, {
		version: own.version,
		description: own.description,
		license: own.license,
		purl: purlOf(own.name, own.version),
		bomRef: 'this-package',
	});
	bom.metadata.component = main;
	for (const { name, folder, outputs } of bundledPackages(metafile)) {
		const { version, license, description } = json(root, folder, 'package.json');
		const hash = [Enums.HashAlgorithm['SHA-512'], registryHash(lock, folder)];
		const purl = purlOf(name, version);
		const bundled = component(Enums.ComponentType.Library, name, { version, license, description, hash, purl, bomRef: purl, scope: Enums.ComponentScope.Required });
		for (const output of outputs) bundled.properties.add(new Models.Property('bundledInto', output));
		bom.components.add(bundled);
		main.dependencies.add(bundled.bomRef);
	}
	for (const name of providedModules(metafile).filter((module) => own.peerDependencies[module] || lock.packages[`node_modules/${module}`])) {
		const provided = component(Enums.ComponentType.Library, name, {
			description: 'Not in this package: n8n provides it',
			purl: purlOf(name),
			bomRef: purlOf(name),
			scope: Enums.ComponentScope.Excluded,
		});
		bom.components.add(provided);
		main.dependencies.add(provided.bomRef);
	}
	const icons = path.join('nodes', 'shared', 'icons');
	for (const name of readdirSync(path.join(root, icons)).sort()) {
		const hash = [Enums.HashAlgorithm['SHA-256'], createHash('sha256').update(readFileSync(path.join(root, icons, name))).digest('hex')];
		bom.components.add(component(Enums.ComponentType.File, `dist/nodes/shared/icons/${name}`, { description: 'Icon drawn for this package', license: own.license, hash, bomRef: `icon-${name}` }));
	}
	const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
	return `${serializer.serialize(bom, { sortLists: true, space: '\t' })}\n`;
}

/** The licence texts of all bundled packages. Throws when one has none. */
function licenceTexts(metafile, root) {
	const packages = bundledPackages(metafile).map(({ name, folder }) => {
		const file = readdirSync(path.join(root, folder)).find((entry) => /^licen[cs]e/i.test(entry));
		if (!file) throw new Error(`${name} is bundled and has no licence text`);
		const { version, license } = json(root, folder, 'package.json');
		return `${name} ${version} (${license})\n\n${readFileSync(path.join(root, folder, file), 'utf8').trim()}\n`;
	});
	return `This package contains code of:\n\n${packages.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

module.exports = { billOfMaterials, bundledPackages, licenceTexts };
