import { routeHosts, type WorkflowFile, withNode } from '../harness';
import { startAwsAccount, type AwsAccount } from '../simulators/aws/account';
import { startTestWorld, type LocalWorld } from './world';

/** A local world with an AWS account behind the addresses that n8n has for it. */
export interface AwsWorld extends LocalWorld, Pick<AwsAccount, 'sts' | 'logs'> {}

/** Starts it; `credentials` then hold an AWS (Assume Role) credential as an operator fills it in. */
export async function startAwsWorld(seed: number): Promise<AwsWorld> {
	const local = await startTestWorld(seed);
	const { sts, logs, routes, credential, close } = await startAwsAccount(local.s3);
	const hosts = routeHosts(routes);
	return {
		...local,
		sts,
		logs,
		credentials: { ...local.credentials, awsAssumeRole: credential },
		async stop() {
			hosts.restore();
			await Promise.all([local.stop(), close()]);
		},
	};
}

/** The workflow as if it ran at that time: n8n's expressions know only the real one, and AWS checks it. */
export function atTime(workflow: WorkflowFile, nowMs: number): WorkflowFile {
	return withNode(workflow, 'Saved position', (parameters) => {
		const { assignments } = parameters.assignments as { assignments: Array<{ name: string; value: string }> };
		for (const assignment of assignments) if (assignment.name === 'now') assignment.value = new Date(nowMs).toISOString();
		return parameters;
	});
}
