/**
 * Runs workflow files in n8n's own engine, in this process. Import the harness from here, before any n8n module.
 * ```ts
 * const engine = await startEngine();
 * const workflow = withSettings(readWorkflow('workflows/daily.json'), { bucket: 'audit.test' });
 * const report = await engine.run(workflow, { credentials: { httpHeaderAuth: { name: 'X-Key', value: 'k' } } });
 * report.items('Get events'); // what a node gave
 * await engine.stop();
 * ```
 * Works under jest with NODE_OPTIONS=--experimental-vm-modules (n8n uses `import()`), and under tsx, on Node 24.
 */
import './environment';

export { startEngine } from './engine';
export type { Engine, EngineOptions } from './engine';
export type { CredentialTestResult } from './credentialTest';
export type { DataTablesTab } from './dataTables';
export type { RunOptions } from './execution';
export type { Poller, PollerOptions, PollMode, Tick } from './polling';
export type { RunReport } from './runReport';
export { readWorkflow, singleNodeWorkflow, withNode, withSettings } from './workflowFile';
export type { SingleNodeOptions, WorkflowFile } from './workflowFile';
export { routeHosts } from './hosts';
