import { routeHosts, type WorkflowFile, withNode } from '../harness';
import { startCloudWatchLogs, type CloudWatchLogsSimulator } from '../simulators/aws/cloudWatchLogs';
import { startSts, type StsSimulator } from '../simulators/aws/sts';
import { startTestWorld, type LocalWorld } from './world';

// The keys that s3rver knows; it has no way to add one from outside.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { DUMMY_ACCOUNT } = require('@20minutes/s3rver/lib/models/account') as { DUMMY_ACCOUNT: { createKeyPair(id: string, secret: string): void; revokeAccessKey(id: string): void } };

/**
 * A local world with an AWS account: STS and CloudWatch Logs behind the addresses that n8n has for them, and the embedded S3, which takes
 * the keys of STS's sessions (it checks their signatures, and does not look at session tokens).
 */
export interface AwsWorld extends LocalWorld {
	sts: StsSimulator;
	logs: CloudWatchLogsSimulator;
}

const REGION = 'us-east-1';

/** Starts it; `credentials` then hold an AWS (Assume Role) credential as an operator fills it in. */
export async function startAwsWorld(seed: number): Promise<AwsWorld> {
	const local = await startTestWorld(seed);
	const sts = await startSts({ onSession: ({ accessKeyId, secretAccessKey }) => DUMMY_ACCOUNT.createKeyPair(accessKeyId, secretAccessKey) });
	const logs = await startCloudWatchLogs({ keyOf: sts.keyOf });
	const routes = routeHosts({ [`https://sts.${REGION}.amazonaws.com`]: sts.url, [`https://logs.${REGION}.amazonaws.com`]: logs.url });
	return {
		...local,
		sts,
		logs,
		credentials: { ...local.credentials, awsAssumeRole: { ...assumeRole(sts), customEndpoints: true, s3Endpoint: local.s3.url } },
		async stop() {
			routes.restore();
			for (const { accessKeyId } of sts.sessions) DUMMY_ACCOUNT.revokeAccessKey(accessKeyId);
			await Promise.all([local.stop(), sts.close(), logs.close()]);
		},
	};
}

function assumeRole({ key, role, region }: StsSimulator): Record<string, unknown> {
	return {
		region,
		useSystemCredentialsForRole: false,
		stsAccessKeyId: key.accessKeyId,
		stsSecretAccessKey: key.secretAccessKey,
		stsSessionToken: '',
		roleArn: role.arn,
		externalId: role.externalId,
		roleSessionName: 'n8n-session',
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
