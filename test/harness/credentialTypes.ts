/** What is known about a kind of credential: its class, its parents, the nodes that declare it. */
import './environment';
import type { PackageDirectoryLoader } from 'n8n-core';
import { UnrecognizedCredentialTypeError } from 'n8n-core';
import type { ICredentialType } from 'n8n-workflow';
import { injectDomainRestrictionFields } from 'n8n-workflow';

/** Credential types of all loaded packages; answers as n8n's server does (its credential-types.js). */
export class CredentialTypes {
	private readonly prepared = new Set<ICredentialType>();

	constructor(private readonly loaders: PackageDirectoryLoader[]) {}

	/** Whether any package brings this credential type. */
	recognizes(name: string): boolean {
		return this.loaders.some((loader) => name in loader.known.credentials);
	}

	/** The credential type's class instance. Throws UnrecognizedCredentialTypeError when no package brings it. */
	getByName(name: string): ICredentialType {
		const loader = this.loaderOf(name);
		if (loader === undefined) throw new UnrecognizedCredentialTypeError(name);
		const { type } = loader.getCredential(name);
		// Adds the "allowed domains" fields. The server does so at start; nodes-base has hundreds of types, so here on use.
		if (!this.prepared.has(type)) {
			this.prepared.add(type);
			type.properties = injectDomainRestrictionFields(type);
		}
		return type;
	}

	/** Full names of the nodes that declare this credential type, as in a workflow file. */
	getSupportedNodes(name: string): string[] {
		const loader = this.loaderOf(name);
		const nodes = loader?.known.credentials[name]?.supportedNodes ?? [];
		return nodes.map((node) => `${loader?.packageName}.${node}`);
	}

	/** All types this one extends, near and far. */
	getParentTypes(name: string): string[] {
		const parents = this.loaderOf(name)?.known.credentials[name]?.extends ?? [];
		return [...parents, ...parents.flatMap((parent) => this.getParentTypes(parent))];
	}

	private loaderOf(name: string) {
		return this.loaders.find((loader) => name in loader.known.credentials);
	}
}
