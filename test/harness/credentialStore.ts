/** Credentials as n8n's database keeps them: found by id, saved as text, updated when a token was renewed. */
import './environment';
import { ICredentials, jsonParse, UnexpectedError, UserError } from 'n8n-workflow';
import type {
	ICredentialDataDecryptedObject,
	ICredentialsEncrypted,
	INodeCredentialsDetails,
} from 'n8n-workflow';

/**
 * Holds the credentials of one engine.
 * The same type with the same data is the same credential, so a token that a node renewed in one run is there in the
 * next, as it is after "Save" in n8n's editor. Other data, even in one field, is another credential.
 */
export class CredentialStore {
	private readonly records = new Map<string, StoredCredential>();

	private readonly idsByContent = new Map<string, string>();

	/** Saves a credential, or finds the one saved before; answers what a node keeps of it in a workflow file. */
	async save(type: string, data: Record<string, unknown>): Promise<INodeCredentialsDetails> {
		const content = JSON.stringify([type, sortKeys(data)]);
		const known = this.idsByContent.get(content);
		if (known !== undefined) return { id: known, name: this.find(known, type).name };
		const id = `credential-${this.records.size + 1}`;
		const name = `${type} (${id})`;
		const record = new StoredCredential({ id, name }, type);
		this.records.set(id, record);
		this.idsByContent.set(content, id);
		// SAFETY: credential data is JSON; n8n's type only names the kinds of values JSON has.
		await record.setData(data as ICredentialDataDecryptedObject);
		return { id, name };
	}

	/** The saved credential a node points to. Throws a UserError, in the server's words, when there is none. */
	get({ id, name }: INodeCredentialsDetails, type: string): StoredCredential {
		if (!id) {
			throw new UserError(
				`Found credential with no ID. Credential "${name}" of type "${type}" was not picked.`,
			);
		}
		return this.find(id, type);
	}

	private find(id: string, type: string): StoredCredential {
		const record = this.records.get(id);
		if (record?.type !== type) {
			throw new UserError(`Credential with ID "${id}" does not exist for type "${type}".`);
		}
		return record;
	}
}

/** One saved credential. n8n encrypts the text; what a reader of it gets is the same. */
class StoredCredential extends ICredentials<ICredentialDataDecryptedObject> {
	async getData(): Promise<ICredentialDataDecryptedObject> {
		if (this.data === undefined) throw new UnexpectedError('No data is set on this credential.');
		return jsonParse(this.data);
	}

	async setData(data: ICredentialDataDecryptedObject): Promise<void> {
		this.data = JSON.stringify(data);
	}

	async updateData(changed: ICredentialDataDecryptedObject, removed: string[] = []): Promise<void> {
		const data = { ...(await this.getData()), ...changed };
		for (const key of removed) delete data[key];
		await this.setData(data);
	}

	getDataToSave(): ICredentialsEncrypted {
		return { id: this.id, name: this.name, type: this.type, data: this.data };
	}
}

function sortKeys(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sortKeys);
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
	return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
