import { existsSync } from 'node:fs';
import { Expression } from 'n8n-workflow';
import { drawNode, drawWorkflow, fields, textEquals } from './canvas';
import type { Engine, WorkflowFile } from './index';
import { routeHosts, singleNodeWorkflow, startEngine, withSettings } from './index';
import type { LocalServer } from './localServer';
import { startLocalServer } from './localServer';

let engine: Engine;
const servers: LocalServer[] = [];

beforeAll(async () => {
	engine = await startEngine();
});

afterEach(async () => {
	await Promise.all(servers.splice(0).map(async (server) => await server.close()));
});

afterAll(async () => await engine.stop());

async function serve(...handler: Parameters<typeof startLocalServer>): Promise<LocalServer> {
	const server = await startLocalServer(...handler);
	servers.push(server);
	return server;
}

/** A bucket that takes the AWS S3 node's multipart upload of one part, and keeps the objects it got by path. */
async function serveBucket(): Promise<LocalServer & { objects: Map<string, Buffer> }> {
	const objects = new Map<string, Buffer>();
	// The node reads an answer as XML only when it begins with this very declaration.
	const xml = (text: string) => ({ body: `<?xml version="1.0" encoding="UTF-8"?>\n${text}` });
	const server = await serve(({ method, path, body }) => {
		const { pathname, searchParams } = new URL(path, 'http://bucket');
		if (searchParams.has('location'))
			return xml('<LocationConstraint xmlns="s3">eu-west-1</LocationConstraint>');
		if (searchParams.has('uploads')) {
			return xml(
				'<InitiateMultipartUploadResult><UploadId>upload-1</UploadId></InitiateMultipartUploadResult>',
			);
		}
		if (method === 'PUT' && searchParams.has('partNumber')) {
			objects.set(pathname, body);
			return { headers: { etag: '"part-1"' } };
		}
		if (method === 'GET' && searchParams.has('uploadId')) {
			return xml(
				'<ListPartsResult><Part><PartNumber>1</PartNumber><ETag>"part-1"</ETag></Part></ListPartsResult>',
			);
		}
		if (method === 'POST' && searchParams.has('uploadId')) {
			return xml('<CompleteMultipartUploadResult><Key>kept</Key></CompleteMultipartUploadResult>');
		}
		return { status: 400 };
	});
	return Object.assign(server, { objects });
}

describe('a whole workflow', () => {
	const eventsToBucketAndSlack = drawWorkflow(
		'Events to bucket and Slack',
		[
			drawNode('Every hour', 'scheduleTrigger', 1.2, { rule: { interval: [{ field: 'hours' }] } }),
			drawNode(
				'Settings',
				'set',
				3.4,
				fields({ 'source url': 'https://events.example.com', bucket: 'audit.archive' }),
			),
			drawNode('Get events', 'httpRequest', 4.2, {
				url: '={{ $json["source url"] }}/events',
				authentication: 'genericCredentialType',
				genericAuthType: 'httpHeaderAuth',
				options: {},
			}),
			drawNode('High only', 'filter', 2.2, textEquals('={{ $json.severity }}', 'high')),
			drawNode('As file', 'convertToFile', 1.1, {
				operation: 'toText',
				sourceProperty: 'text',
				options: { fileName: 'event.txt' },
			}),
			drawNode('Keep', 'awsS3', 2, {
				operation: 'upload',
				bucketName: '={{ $("Settings").first().json.bucket }}',
				fileName: '={{ $("High only").item.json.id }}.txt',
				binaryData: true,
				additionalFields: {},
			}),
			drawNode('Tell people', 'slack', 2.2, {
				resource: 'message',
				operation: 'post',
				select: 'channel',
				channelId: { __rl: true, mode: 'name', value: '#security' },
				text: '={{ $json.text }}',
				otherOptions: { includeLinkToWorkflow: false },
			}),
			drawNode('Both done', 'merge', 3.2, { numberInputs: 2 }),
		],
		[
			['Every hour', 'Settings'],
			['Settings', 'Get events'],
			['Get events', 'High only'],
			['High only', 'As file'],
			['As file', 'Keep'],
			['High only', 'Tell people'],
			['Keep', 0, 'Both done', 0],
			['Tell people', 0, 'Both done', 1],
		],
	);
	const credentials = {
		httpHeaderAuth: { name: 'X-Key', value: 'key-1' },
		slackApi: { accessToken: 'xoxb-1' },
	};

	test('runs from the schedule through HTTP, a file, S3 and Slack to the merge, with credentials from the drop-downs', async () => {
		const source = await serve(() => ({
			body: [
				{ id: 'a', severity: 'low', text: 'nothing' },
				{ id: 'b', severity: 'high', text: 'fünf Fehlversuche' },
			],
		}));
		const bucket = await serveBucket();
		const slack = await serve(() => ({ body: { ok: true, ts: '1.1', message: {} } }));
		const routes = routeHosts({ 'https://slack.com': slack.origin });
		const aws = {
			region: 'eu-west-1',
			accessKeyId: 'a',
			secretAccessKey: 's',
			customEndpoints: true,
			s3Endpoint: bucket.origin,
		};

		const started: string[] = [];
		const finished: string[] = [];
		const report = await engine.run(withSettings(eventsToBucketAndSlack, { 'source url': source.origin }), {
			credentials: { ...credentials, aws },
			onNodeStarted: (name) => started.push(name),
			onNodeFinished: (name, run) => finished.push(`${name}: ${run.executionStatus}`),
		});
		routes.restore();

		expect(report.error).toBeUndefined();
		expect(report).toMatchObject({ status: 'success', lastNode: 'Both done' });
		expect(source.requests.map(({ path, headers }) => [path, headers['x-key']])).toEqual([
			['/events', 'key-1'],
		]);
		expect(report.items('High only').map(({ json }) => json.id)).toEqual(['b']);
		expect(await report.binary(report.items('As file')[0])).toEqual(Buffer.from('fünf Fehlversuche'));
		expect(report.items('As file')[0].binary?.data.id).toMatch(/^filesystem/);
		expect(Object.fromEntries(bucket.objects)).toEqual({
			'/audit.archive/b.txt': Buffer.from('fünf Fehlversuche'),
		});
		expect(slack.requests.map(({ path, headers }) => [path, headers.host, headers.authorization])).toEqual([
			['/api/chat.postMessage', 'slack.com', 'Bearer xoxb-1'],
		]);
		expect(JSON.parse(slack.requests[0].body.toString())).toMatchObject({
			channel: '#security',
			text: 'fünf Fehlversuche',
		});
		expect(report.items('Both done')).toHaveLength(2);
		expect(started).toEqual([
			'Every hour',
			'Settings',
			'Get events',
			'High only',
			'As file',
			'Keep',
			'Tell people',
			'Both done',
		]);
		expect(finished).toEqual(started.map((name) => `${name}: success`));
	});

	test('fails at a node whose credential was not given, naming it', async () => {
		const source = await serve(() => ({ body: [{ id: 'b', severity: 'high', text: 'x' }] }));
		const workflow = withSettings(eventsToBucketAndSlack, { 'source url': source.origin });
		const report = await engine.run(workflow, { credentials: { slackApi: credentials.slackApi } });
		expect(report).toMatchObject({
			status: 'error',
			lastNode: 'Get events',
			error: { message: 'Credentials not found' },
		});
		expect(source.requests).toEqual([]);
	});

	test('uses the expression engine that production uses', () => {
		expect(Expression.getActiveImplementation()).toBe('vm');
	});
});

describe('a node that fails', () => {
	const failing = (onError?: 'continueRegularOutput' | 'continueErrorOutput'): WorkflowFile =>
		drawWorkflow(
			`Failing ${onError}`,
			[
				drawNode('Start', 'manualTrigger', 1),
				drawNode('Ask', 'httpRequest', 4.2, { url: '={{ $json.url }}', options: {} }, { onError }),
				drawNode('Answered', 'noOp', 1),
				drawNode('Refused', 'noOp', 1),
			],
			[
				['Start', 'Ask'],
				['Ask', 'Answered'],
				['Ask', 1, 'Refused', 0],
			],
		);
	const refuse = async () => await serve(() => ({ status: 503, body: { message: 'come back later' } }));

	test('stops the run and is named in the report', async () => {
		const { origin } = await refuse();
		const report = await engine.run(failing(), { input: [{ json: { url: origin } }] });
		expect(report).toMatchObject({ status: 'error', lastNode: 'Ask', error: { httpCode: '503' } });
		expect(report.ran('Answered')).toBe(false);
		expect(report.items('Answered')).toEqual([]);
	});

	test('gives its error as an item and goes on, when told to continue', async () => {
		const { origin } = await refuse();
		const report = await engine.run(failing('continueRegularOutput'), { input: [{ json: { url: origin } }] });
		expect(report.status).toBe('success');
		expect(report.items('Answered')[0].json).toMatchObject({ error: { status: 503 } });
	});

	test('sends failed items to its error output and the others on', async () => {
		const refusing = await refuse();
		const answering = await serve(() => ({ body: { fine: true } }));
		const input = [refusing, answering].map(({ origin }) => ({ json: { url: origin } }));
		const report = await engine.run(failing('continueErrorOutput'), { input });
		expect(report.status).toBe('success');
		expect(report.items('Answered').map(({ json }) => json)).toEqual([{ fine: true }]);
		expect(report.items('Refused')[0].json).toMatchObject({ url: refusing.origin, error: { status: 503 } });
		expect(report.items('Ask', 1)).toHaveLength(1);
	});

	test('is tried again when its settings say so', async () => {
		let asked = 0;
		const { origin, requests } = await serve(() =>
			++asked === 1 ? { status: 500 } : { body: { tries: asked } },
		);
		const workflow = singleNodeWorkflow(
			'n8n-nodes-base.httpRequest',
			{ url: origin, options: {} },
			{ typeVersion: 4.2, retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		);
		const report = await engine.run(workflow);
		expect(report.items('Node')[0].json).toEqual({ tries: 2 });
		expect(requests).toHaveLength(2);
	});

	test('with a parameter the engine refuses fails the run before any node runs', async () => {
		const workflow = singleNodeWorkflow(
			'n8n-nodes-base.httpRequest',
			{ url: '', options: {} },
			{ typeVersion: 4.2 },
		);
		const report = await engine.run(workflow);
		expect(report).toMatchObject({ status: 'error', runData: {} });
		expect(report.error?.message).toContain("The 'Node' node has issues");
	});

	test('is every Code node, since there is no task runner', async () => {
		const workflow = singleNodeWorkflow('n8n-nodes-base.code', { jsCode: 'return [];' }, { typeVersion: 2 });
		const report = await engine.run(workflow);
		expect(report).toMatchObject({ status: 'error', lastNode: 'Node' });
		expect(report.error?.message).toContain('the harness has no task runner');
	});
});

describe('a cancelled run', () => {
	test('tells the node, and runs none after it', async () => {
		const stop = new AbortController();
		const workflow = drawWorkflow(
			'Waits',
			[
				drawNode('Start', 'manualTrigger', 1),
				drawNode('Wait', 'wait', 1.1, { amount: 60 }),
				drawNode('After', 'noOp', 1),
			],
			[
				['Start', 'Wait'],
				['Wait', 'After'],
			],
		);
		const onNodeStarted = (name: string) => {
			// In the next turn, so that the node itself has begun.
			if (name === 'Wait') setImmediate(() => stop.abort());
		};
		const report = await engine.run(workflow, { cancelAfter: stop.signal, onNodeStarted });
		await report.ended;
		expect(report).toMatchObject({ status: 'canceled', lastNode: 'Start' });
		expect([report.ran('Wait'), report.ran('After')]).toEqual([false, false]);
	});

	test('is reported at once when the node does not watch its signal', async () => {
		const stop = new AbortController();
		const { origin, close } = await serve(() => {
			stop.abort();
			return undefined;
		});
		const workflow = singleNodeWorkflow(
			'n8n-nodes-base.httpRequest',
			{ url: origin, options: {} },
			{ typeVersion: 4.2 },
		);
		const report = await engine.run(workflow, { cancelAfter: stop.signal });
		expect(report.status).toBe('canceled');
		await close();
		await report.ended;
		expect(report.ran('Node')).toBe(false);
	});
});

test('hints of a node are in the report', async () => {
	const workflow = singleNodeWorkflow('n8n-nodes-base.splitOut', { fieldToSplitOut: 'absent', options: {} });
	const report = await engine.run(workflow, { input: [{ json: { there: 1 } }] });
	expect(report.hints('Node').map(({ message }) => message)).toEqual([expect.stringContaining('absent')]);
	expect(report.hints('Start')).toEqual([]);
});

test('stopping the last engine removes its folder, and another one can be started', async () => {
	const second = await startEngine();
	const workflow = singleNodeWorkflow(
		'n8n-nodes-base.convertToFile',
		{ operation: 'toText', sourceProperty: 't', options: { fileName: 'a.txt' } },
		{ typeVersion: 1.1 },
	);
	const written = async (using: Engine) =>
		(await using.run(workflow, { input: [{ json: { t: 'x' } }] })).items('Node')[0];
	await written(engine);
	await engine.stop();
	const report = await second.run(workflow, { input: [{ json: { t: 'y' } }] });
	expect(await report.binary(report.items('Node')[0])).toEqual(Buffer.from('y'));
	const folder = process.env.N8N_USER_FOLDER ?? '';
	expect(existsSync(folder)).toBe(true);
	await second.stop();
	await second.stop();
	expect(existsSync(folder)).toBe(false);
	engine = await startEngine();
	expect((await written(engine)).binary?.data.fileName).toBe('a.txt');
});
