/*
 * Writes nodes/<Node>/__schema__/ from what the nodes really put out: npm run schemas.
 */
jest.mock('n8n-workflow', () => jest.requireActual('../../test/nodes/time').withFreePauses(jest.requireActual('n8n-workflow')));

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SEED, useBench } from '../../test/nodes/bench';
import { FILES, type SchemaFile } from '../../test/package/schemas/outputs';
import { allOutputs } from '../../test/package/schemas/scenes';
import { schemaFileOf } from '../../test/package/schemas/schemaOf';

const bench = useBench();

test('writes the output schemas', async () => {
	const outputs = await allOutputs(bench, SEED);
	for (const [file, { title }] of Object.entries(FILES) as Array<[SchemaFile, { title: string }]>) {
		const [node, ...rest] = file.split('/');
		const target = path.resolve(__dirname, '..', '..', 'nodes', node, '__schema__', ...rest);
		mkdirSync(path.dirname(target), { recursive: true });
		writeFileSync(target, `${JSON.stringify(schemaFileOf(title, outputs.of(file)), null, '\t')}\n`);
	}
}, 600_000);
