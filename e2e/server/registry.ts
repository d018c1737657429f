import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { jsonAnswer, type Answer } from '../../test/simulators/answers';
import { startServer, type LoggedRequest, type RunningServer } from '../../test/simulators/http';

/** The name under which the server asks for packages; the gateway leads it here. */
export const REGISTRY_HOST = 'registry.npmjs.org';

interface Published {
	manifest: { name: string; version: string };
	bytes: Buffer;
}

export interface Registry extends RunningServer {
	/** Offers a packed tarball; the last one is `latest`. One of the same version is replaced. Out: its version and integrity. */
	publish(tarball: string): { name: string; version: string; integrity: string };
}

/** Starts what n8n needs of an npm registry to install packages that are only on this machine. Knows nothing but what was published to it. */
export async function startRegistry(): Promise<Registry> {
	const published: Published[] = [];
	const server = await startServer({ name: 'npm registry', respond, refusal: (status) => jsonAnswer(status, { error: 'told to fail' }) });

	function respond({ path: target }: LoggedRequest): Answer {
		const [, name, version, file] = decodeURIComponent(target).split('/');
		const versions = published.filter(({ manifest }) => manifest.name === name);
		const latest = versions.at(-1);
		if (latest === undefined) return jsonAnswer(404, { error: 'Not found' });
		if (version === undefined) {
			const all = Object.fromEntries(versions.map((each) => [each.manifest.version, described(each)]));
			return jsonAnswer(200, { name, 'dist-tags': { latest: latest.manifest.version }, versions: all });
		}
		const wanted = version === '-' ? versions.find((each) => fileName(each) === file) : versions.find(({ manifest }) => manifest.version === version);
		const found = version === 'latest' ? latest : wanted;
		if (found === undefined) return jsonAnswer(404, { error: 'version not found' });
		return version === '-' ? { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: found.bytes } : jsonAnswer(200, described(found));
	}

	return {
		...server,
		publish(tarball) {
			const text = execFileSync('tar', ['-xzOf', path.basename(tarball), 'package/package.json'], { cwd: path.dirname(tarball), encoding: 'utf8' });
			const manifest = JSON.parse(text) as Published['manifest'];
			const same = published.findIndex((each) => each.manifest.name === manifest.name && each.manifest.version === manifest.version);
			if (same !== -1) published.splice(same, 1);
			const added = { manifest, bytes: readFileSync(tarball) };
			published.push(added);
			return { name: manifest.name, version: manifest.version, integrity: integrityOf(added) };
		},
	};
}

const fileName = ({ manifest }: Published) => `${manifest.name}-${manifest.version}.tgz`;
const integrityOf = ({ bytes }: Published) => `sha512-${createHash('sha512').update(bytes).digest('base64')}`;

function described(each: Published): object {
	const tarball = `https://${REGISTRY_HOST}/${each.manifest.name}/-/${fileName(each)}`;
	return { ...each.manifest, dist: { tarball, integrity: integrityOf(each) } };
}
