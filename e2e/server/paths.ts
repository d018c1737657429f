import path from 'node:path';

export const ROOT = path.resolve(__dirname, '..', '..');
export const WORKFLOWS = path.join(ROOT, 'workflows');
/** The folder in which the server is installed. */
export const SERVER = path.join(ROOT, 'e2e');
export const PACKAGE_NAME = 'n8n-nodes-safe-securid';
