/** n8n's REST API as its editor calls it, signed in as the owner. */
import type { INode, INodeTypeDescription, IWorkflowSettings, IConnections } from 'n8n-workflow';
import { parse as parseFlatted } from 'flatted';

/** The login that is made for the local server, and shown. Good for nothing else. */
export const OWNER = { email: 'owner@example.com', firstName: 'Local', lastName: 'Owner', password: 'Local-owner-1' };

export interface SavedWorkflow {
	id: string;
	name: string;
	/** Published. */
	active: boolean;
	versionId: string;
	nodes: INode[];
	connections: IConnections;
	settings?: IWorkflowSettings;
}

export interface Execution {
	id: string;
	workflowId: string;
	status: 'new' | 'running' | 'success' | 'error' | 'canceled' | 'crashed' | 'waiting' | 'unknown';
	mode: string;
	startedAt: string;
	retryOf?: string;
}

/** An execution with its data, as the executions tab opens it. */
export interface ExecutionDetails extends Execution {
	data: {
		resultData: {
			error?: { message: string; description?: string };
			lastNodeExecuted?: string;
			runData: Record<string, Array<{ data?: { main?: Array<Array<{ json: Record<string, unknown> }> | null> } }>>;
		};
	};
}

export interface CredentialData {
	name: string;
	type: string;
	data: Record<string, unknown>;
}

export interface SavedCredential {
	id: string;
	name: string;
	type: string;
}

export interface InstalledPackage {
	packageName: string;
	installedVersion: string;
	installedNodes: Array<{ name: string; type: string; latestVersion: number }>;
	failedLoading?: boolean;
}

type Row = Record<string, unknown> & { id: number };

/** What n8n refused, with its own words. */
export class ApiRefusal extends Error {
	constructor(
		readonly status: number,
		message: string,
	) {
		super(message);
	}
}

export class N8nApi {
	private cookie = '';

	private constructor(private readonly url: string) {}

	/** Signs in; on a fresh server it makes the owner first, as the set-up page does. */
	static async signIn(url: string): Promise<N8nApi> {
		const api = new N8nApi(url);
		const { userManagement } = await api.call<{ userManagement: { showSetupOnFirstLoad: boolean } }>('GET', '/settings');
		if (userManagement.showSetupOnFirstLoad) await api.call('POST', '/owner/setup', OWNER);
		else await api.call('POST', '/login', { emailOrLdapLoginId: OWNER.email, password: OWNER.password });
		return api;
	}

	/** One call below /rest. Out: the answer's `data`. Throws `ApiRefusal`. */
	async call<T>(method: string, path: string, body?: unknown): Promise<T> {
		const answer = await fetch(`${this.url}/rest${path}`, {
			method,
			headers: { 'content-type': 'application/json', ...(this.cookie && { cookie: this.cookie }) },
			body: body === undefined ? undefined : JSON.stringify(body),
		});
		const session = answer.headers.getSetCookie().find((line) => line.startsWith('n8n-auth='));
		if (session !== undefined) this.cookie = session.split(';')[0];
		const text = await answer.text();
		if (!answer.ok) throw new ApiRefusal(answer.status, `${method} ${path}: ${answer.status} ${text.slice(0, 2000)}`);
		return (text === '' ? undefined : (JSON.parse(text) as { data: T }).data) as T;
	}

	/** Settings → Community nodes → Install, or Update where the package is there already. */
	async installPackage(name: string, version: string): Promise<InstalledPackage> {
		const installed = await this.packages();
		return await this.call(installed.some(({ packageName }) => packageName === name) ? 'PATCH' : 'POST', '/community-packages', { name, version });
	}

	async packages(): Promise<InstalledPackage[]> {
		return await this.call('GET', '/community-packages');
	}

	async workflows(): Promise<SavedWorkflow[]> {
		const { results } = { results: await this.call<Array<{ id: string }>>('GET', '/workflows') };
		return await Promise.all(results.map(async ({ id }) => await this.workflow(id)));
	}

	async workflow(id: string): Promise<SavedWorkflow> {
		return await this.call('GET', `/workflows/${id}`);
	}

	/** Saves a workflow as the editor does. */
	async save(id: string, change: Partial<Pick<SavedWorkflow, 'nodes' | 'connections' | 'settings' | 'name'>>): Promise<SavedWorkflow> {
		return await this.call('PATCH', `/workflows/${id}`, change);
	}

	/** Publishes what was saved last. */
	async publish(id: string): Promise<void> {
		const { versionId } = await this.workflow(id);
		await this.call('POST', `/workflows/${id}/activate`, { versionId });
	}

	async unpublish(id: string): Promise<void> {
		await this.call('POST', `/workflows/${id}/deactivate`, {});
	}

	/** The Execute workflow button. Out: the execution's id. */
	async execute(id: string, trigger: string): Promise<string> {
		const { executionId } = await this.call<{ executionId: string }>('POST', `/workflows/${id}/run`, { triggerToStartFrom: { name: trigger } });
		return executionId;
	}

	/** Executions of a workflow, newest first. */
	async executions(workflowId: string): Promise<Execution[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { results } = await this.call<{ results: Execution[] }>('GET', `/executions?filter=${filter}&limit=100`);
		return results;
	}

	async execution(id: string): Promise<ExecutionDetails> {
		const { data, ...rest } = await this.call<Execution & { data: string }>('GET', `/executions/${id}`);
		return { ...rest, data: parseFlatted(data) as ExecutionDetails['data'] };
	}

	/** The Retry button of a failed execution: with the workflow as it was then, or as it is saved now. Out: the new execution's id. */
	async retry(executionId: string, { currentWorkflow = false } = {}): Promise<string> {
		const result = await this.call<{ id?: string; executionId?: string }>('POST', `/executions/${executionId}/retry`, { loadWorkflow: currentWorkflow });
		return String(result.id ?? result.executionId);
	}

	async credentials(): Promise<SavedCredential[]> {
		return await this.call('GET', '/credentials');
	}

	/** Makes a credential, or gives the one of this name new values. */
	async saveCredential(credential: CredentialData): Promise<SavedCredential> {
		const same = (await this.credentials()).find(({ name, type }) => name === credential.name && type === credential.type);
		return same === undefined ? await this.call('POST', '/credentials', credential) : await this.call('PATCH', `/credentials/${same.id}`, credential);
	}

	/** The Test button of a credential: what it says. */
	async testCredential(saved: SavedCredential, data: Record<string, unknown>): Promise<{ status: 'OK' | 'Error'; message: string }> {
		return await this.call('POST', '/credentials/test', { credentials: { ...saved, data } });
	}

	async nodeTypes(nodes: INode[]): Promise<INodeTypeDescription[]> {
		return await this.call('POST', '/node-types', { nodeInfos: nodes.map(({ type, typeVersion }) => ({ name: type, version: typeVersion })) });
	}

	/** Rows of a table, as the Data tables tab shows them. Throws when there is not exactly one table of the name; undefined when there is none. */
	async rows(table: string): Promise<Row[] | undefined> {
		const address = await this.table(table);
		if (address === undefined) return undefined;
		return (await this.call<{ data: Row[] }>('GET', `${address}/rows?take=100`)).data;
	}

	/** Writes into a cell, as the Data tables tab does. */
	async editRow(table: string, id: number, data: Record<string, unknown>): Promise<void> {
		const address = await this.table(table);
		await this.call('PATCH', `${address}/rows`, { filter: { type: 'and', filters: [{ columnName: 'id', condition: 'eq', value: id }] }, data });
	}

	private async table(name: string): Promise<string | undefined> {
		const { id: projectId } = await this.call<{ id: string }>('GET', '/projects/personal');
		const { data } = await this.call<{ data: Array<{ id: string; name: string }> }>('GET', `/projects/${projectId}/data-tables?take=100`);
		const found = data.filter((each) => each.name === name);
		if (found.length > 1) throw new Error(`${found.length} tables are named ${name}`);
		return found.length === 0 ? undefined : `/projects/${projectId}/data-tables/${found[0].id}`;
	}
}
