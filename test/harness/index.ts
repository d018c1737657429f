/** Runs workflow files in n8n's own engine, in this process. Import the harness from here, before any n8n module. */
import './environment';

export { startEngine } from './engine';
export type { Engine, EngineOptions } from './engine';
export type { CredentialTestResult } from './credentialTest';
export type { RunOptions } from './execution';
export type { RunReport } from './runReport';
export { readWorkflow, singleNodeWorkflow, withNode, withSettings } from './workflowFile';
export type { SingleNodeOptions, WorkflowFile } from './workflowFile';
export { routeHosts } from './hosts';
