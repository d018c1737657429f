import type { LocalS3 } from '../s3/server';
import { startCloudWatchLogs, type CloudWatchLogsSimulator } from './cloudWatchLogs';
import { startSts, type StsSimulator } from './sts';

// The keys that s3rver knows; it has no way to add one from outside.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { DUMMY_ACCOUNT } = require('@20minutes/s3rver/lib/models/account') as { DUMMY_ACCOUNT: { createKeyPair(id: string, secret: string): void; revokeAccessKey(id: string): void } };

/** An AWS account of one role: STS, CloudWatch Logs, and an embedded S3 that takes the keys of STS's sessions. */
export interface AwsAccount {
	sts: StsSimulator;
	logs: CloudWatchLogsSimulator;
	/** Origins that n8n has for them → local origins. */
	routes: Record<string, string>;
	/** What an operator enters into n8n's credential type `awsAssumeRole`. */
	credential: Record<string, unknown>;
	close(): Promise<void>;
}

/**
 * Starts it around an S3, whose own keys are those that may assume the role and that n8n's test of an AWS credential asks about.
 * S3 checks signatures of sessions, and does not look at session tokens.
 */
export async function startAwsAccount(s3: LocalS3): Promise<AwsAccount> {
	const { accessKeyId, secretAccessKey } = s3.credential as Record<string, string>;
	const sts = await startSts({
		key: { accessKeyId, secretAccessKey },
		onSession: (session) => DUMMY_ACCOUNT.createKeyPair(session.accessKeyId, session.secretAccessKey),
	});
	const logs = await startCloudWatchLogs({ keyOf: sts.keyOf });
	return {
		sts,
		logs,
		routes: { [`https://sts.${sts.region}.amazonaws.com`]: sts.url, [`https://logs.${logs.region}.amazonaws.com`]: logs.url },
		credential: {
			region: sts.region,
			useSystemCredentialsForRole: false,
			stsAccessKeyId: accessKeyId,
			stsSecretAccessKey: secretAccessKey,
			stsSessionToken: '',
			roleArn: sts.role.arn,
			externalId: sts.role.externalId,
			roleSessionName: 'n8n-session',
			customEndpoints: true,
			s3Endpoint: s3.url,
		},
		async close() {
			for (const session of sts.sessions) DUMMY_ACCOUNT.revokeAccessKey(session.accessKeyId);
			await Promise.all([sts.close(), logs.close()]);
		},
	};
}
