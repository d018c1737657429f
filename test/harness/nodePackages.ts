/** Which node and credential types exist: n8n's built-in ones, and those a package on disk brings along. */
import './environment';
import 'reflect-metadata';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
	LazyPackageDirectoryLoader,
	PackageDirectoryLoader,
	RoutingNode,
	UnrecognizedNodeTypeError,
} from 'n8n-core';
import { NodeHelpers, UserError } from 'n8n-workflow';
import type { IExecuteFunctions, INode, INodeType, INodeTypes, IVersionedNodeType } from 'n8n-workflow';
import { CredentialTypes } from './credentialTypes';
import { stagePackage } from './stagedPackage';

interface Manifest {
	name: string;
	n8n?: { nodes?: string[]; credentials?: string[] };
}

/** Everything installed in one engine. `nodeTypes` is what `Workflow` asks for, `credentialTypes` what credentials need. */
export interface NodePackages {
	nodeTypes: INodeTypes;
	credentialTypes: CredentialTypes;
	/** Throws a UserError that says what to do when a node's type or type version is not installed. */
	assertInstalled(nodes: INode[]): void;
}

/**
 * Loads n8n-nodes-base and, when it is built, the package in `directory`.
 * In: the package's folder, and n8n's user folder, where a package that cannot find n8n-workflow is copied to.
 * A package without an `n8n` section or without its built files is left out; `assertInstalled` then says so.
 * Fails when the package lists a built file that cannot be loaded.
 */
export async function loadNodePackages(directory: string, userFolder: string): Promise<NodePackages> {
	const manifest = readManifest(directory);
	const base = await (builtInNodes ??= loadBuiltInNodes());
	const loaders = new Map<string, PackageDirectoryLoader>([[base.packageName, base]]);
	const missing = missingFiles(directory, manifest);
	if (missing === undefined) {
		const own = new PackageDirectoryLoader(stagePackage(directory, manifest.name, userFolder));
		await own.loadAll();
		loaders.set(own.packageName, own);
	}

	const loaded = (fullType: string) => {
		// Package names may hold dots, node names cannot.
		const dot = fullType.lastIndexOf('.');
		const [packageName, shortName] = [fullType.slice(0, dot), fullType.slice(dot + 1)];
		const loader = loaders.get(packageName);
		if (loader === undefined) throw new UnrecognizedNodeTypeError(packageName, shortName);
		return loader.getNode(shortName).type;
	};

	const nodeTypes: INodeTypes = {
		getByName: loaded,
		getByNameAndVersion: (fullType, version) =>
			runnable(NodeHelpers.getVersionedNodeType(loaded(fullType), version)),
		getKnownTypes: () =>
			Object.fromEntries(
				[...loaders.values()].flatMap((loader) =>
					Object.entries(loader.known.nodes).map(([name, known]) => [`${loader.packageName}.${name}`, known]),
				),
			),
	};

	const explain = (node: INode): string | undefined => {
		let type: INodeType | IVersionedNodeType;
		try {
			type = loaded(node.type);
		} catch (error) {
			if (!(error instanceof UnrecognizedNodeTypeError)) throw error;
			if (!node.type.startsWith(`${manifest.name}.`)) return `type "${node.type}" is not installed here`;
			return missing === undefined
				? `type "${node.type}" is not among the nodes that ${manifest.name} lists in package.json`
				: `type "${node.type}" is not there: ${missing}; run npm run build first`;
		}
		const versions = versionsOf(type);
		return versions.includes(node.typeVersion)
			? undefined
			: `version ${node.typeVersion} of "${node.type}" does not exist (there is ${versions.join(', ')})`;
	};

	return {
		nodeTypes,
		credentialTypes: new CredentialTypes([...loaders.values()]),
		assertInstalled(nodes) {
			const complaints = nodes.flatMap((node) => {
				const reason = explain(node);
				return reason === undefined ? [] : [`Node "${node.name}": ${reason}`];
			});
			if (complaints.length > 0) throw new UserError(complaints.join('\n'));
		},
	};
}

/** Loaded once for all engines of a process. */
let builtInNodes: Promise<LazyPackageDirectoryLoader> | undefined;

async function loadBuiltInNodes(): Promise<LazyPackageDirectoryLoader> {
	const loader = new LazyPackageDirectoryLoader(dirname(require.resolve('n8n-nodes-base/package.json')));
	await loader.loadAll();
	// All descriptions at once, which only the editor needs; nodes are loaded one by one when a workflow uses them.
	loader.releaseTypes();
	return loader;
}

function readManifest(directory: string): Manifest {
	const file = join(directory, 'package.json');
	if (!existsSync(file)) throw new UserError(`There is no package.json in "${directory}"`);
	return JSON.parse(readFileSync(file, 'utf8')) as Manifest;
}

/** Says what keeps a package from being loaded, or undefined when every file it lists is there. */
function missingFiles(directory: string, { name, n8n }: Manifest): string | undefined {
	const listed = [...(n8n?.nodes ?? []), ...(n8n?.credentials ?? [])];
	if (listed.length === 0) return `package.json of ${name} lists no nodes`;
	const absent = listed.filter((file) => !existsSync(join(directory, file)));
	return absent.length === 0 ? undefined : `${name} lacks ${absent.join(', ')}`;
}

/** Gives a declarative node the `execute` that n8n's server gives it (its node-types.js and utils.js). */
function runnable(type: INodeType): INodeType {
	const isDeclarative = type?.description.requestDefaults !== undefined;
	if (isDeclarative && !type.execute && !type.poll && !type.trigger) {
		type.execute = async function (this: IExecuteFunctions) {
			// SAFETY: the engine calls `execute` with its ExecuteContext, which is what RoutingNode asks for.
			return (
				(await new RoutingNode(this as ConstructorParameters<typeof RoutingNode>[0], type).runNode()) ?? []
			);
		};
	}
	return type;
}

function versionsOf(type: INodeType | IVersionedNodeType): number[] {
	if ('nodeVersions' in type) return Object.keys(type.nodeVersions).map(Number);
	return [type.description.version].flat();
}
