/**
 * The environment n8n reads when its modules are first loaded: production defaults, nothing of the machine.
 * Imported for its effect and before every n8n module, because n8n fixes some of these values at load time
 * (`NODE_ENV`) and the others when its container first builds a settings object.
 */
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** n8n settings of the developer's shell must not reach the tests; only the log level is a wish about output. */
const KEPT = new Set(['N8N_LOG_LEVEL']);
const MACHINE_SETTING = /^(N8N_|EXECUTIONS_|DB_|QUEUE_|CREDENTIALS_|NODES_|NODE_FUNCTION_|GENERIC_TIMEZONE$)/;

/** A proxy would answer in place of the hosts that `routeHosts` sends to a local server. */
const PROXY = /^(https?|all|no)_proxy$/i;

for (const name of Object.keys(process.env)) {
	if (PROXY.test(name) || (MACHINE_SETTING.test(name) && !KEPT.has(name))) delete process.env[name];
}

// With 'test', node classes are loaded by a plain `require`, so jest's module registry and mocks see them.
process.env.NODE_ENV = 'test';
process.env.N8N_LOG_LEVEL ??= 'silent';
process.env.N8N_DIAGNOSTICS_ENABLED = 'false';
process.env.N8N_DEFAULT_BINARY_DATA_MODE = 'filesystem';
// Constant, so that a user folder kept between two processes can be opened again.
process.env.N8N_ENCRYPTION_KEY = 'harness-key-without-any-secrecy';

/** Folder that holds one module registry's n8n settings and binary files when the caller names none. Not made yet. */
export const temporaryUserFolder = join(
	tmpdir(),
	`n8n-harness-${process.pid}-${randomBytes(6).toString('hex')}`,
);
