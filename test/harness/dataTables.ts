/** The data tables of one engine: what n8n's Data Table node reads and writes, and what its Data tables tab shows. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { NodeOperationError, UserError } from 'n8n-workflow';
import type {
	DataTable as TableEntry,
	DataTableProxyProvider,
	DataTableRow,
	DataTableRowReturn,
	IDataTableProjectAggregateService,
	IDataTableProjectService,
	INode,
	ListDataTableOptions,
} from 'n8n-workflow';
import type { SavedTable } from './dataTable';
import { DataTable } from './dataTable';

const PROJECT_ID = 'harness-project';

/** n8n refuses its tables to all other nodes. */
const NODES_WITH_ACCESS = [
	'n8n-nodes-base.dataTable',
	'n8n-nodes-base.dataTableTool',
	'n8n-nodes-base.evaluationTrigger',
	'n8n-nodes-base.evaluation',
];

/** The tables as a person sees and edits them in n8n's Data tables tab. Names are whole names. */
export interface DataTablesTab {
	/** Copies of all rows, in the order they were inserted; empty when there is no such table. */
	rows(tableName: string): DataTableRowReturn[];
	/** Adds a row; columns not given are null. Throws when the table or a column does not exist. */
	addRow(tableName: string, values: DataTableRow): DataTableRowReturn;
	/** Changes cells of the row with this id. Throws when the table, the row or a column does not exist. */
	editRow(tableName: string, id: number, values: DataTableRow): void;
}

/**
 * All tables of one project, in memory and, with `file`, in that file after every change, from which the next engine
 * goes on. Follows n8n 2.41.1's server, its modules/data-table, including that tables are looked up by a part of their
 * name, the one changed last first.
 */
export class DataTables implements DataTablesTab {
	/** In the order of their last change, the latest first. */
	private tables: DataTable[] = [];

	constructor(private readonly file?: string) {
		if (file === undefined || !existsSync(file)) return;
		const saved = JSON.parse(readFileSync(file, 'utf8')) as SavedTable[];
		this.tables = saved.map((table) => DataTable.load(table));
	}

	rows(tableName: string): DataTableRowReturn[] {
		return this.tables.find(({ name }) => name === tableName)?.find({}).data ?? [];
	}

	addRow(tableName: string, values: DataTableRow): DataTableRowReturn {
		const table = this.named(tableName);
		return this.changed(table, table.insert([values])[0]);
	}

	editRow(tableName: string, id: number, data: DataTableRow): void {
		const table = this.named(tableName);
		const filters = [{ columnName: 'id', condition: 'eq' as const, value: id }];
		const edited = table.update({ filter: { type: 'and', filters }, data });
		if (edited.length === 0) throw new UserError(`Data table "${tableName}" has no row ${id}`);
		this.changed(table, undefined);
	}

	/** What an execution's additional data holds under `data-table`. */
	get moduleContext(): { dataTableProxyProvider: DataTableProxyProvider } {
		const dataTableProxyProvider: DataTableProxyProvider = {
			getDataTableAggregateProxy: async (_workflow, node) => {
				assertAccess(node);
				return this.project();
			},
			getDataTableProxy: async (_workflow, node, id) => {
				assertAccess(node);
				const table = this.tables.find((candidate) => candidate.id === id);
				if (table !== undefined) return this.operations(table);
				throw new NodeOperationError(node, `Data table with ID '${id}' could not be found in this project`, {
					description:
						'It may have been deleted, or skipped when the workflow was imported. Choose an existing data table in the node.',
				});
			},
		};
		return { dataTableProxyProvider };
	}

	private project(): IDataTableProjectAggregateService {
		return {
			getProjectId: () => PROJECT_ID,
			getManyAndCount: async (options) => this.list(options),
			createDataTable: async ({ name, columns }) => {
				this.assertFree(name);
				const table = new DataTable(name, columns);
				return this.changed(table, entryOf(table));
			},
			deleteDataTableAll: async () => {
				const hadAny = this.tables.length > 0;
				this.tables = [];
				this.save();
				return hadAny;
			},
		};
	}

	private list({ filter = {}, sortBy, skip = 0, take }: ListDataTableOptions): {
		count: number;
		data: TableEntry[];
	} {
		const wanted = [filter.name ?? []].flat().map((name) => name.toLowerCase());
		const ids = [filter.id ?? []].flat();
		const found = this.tables
			.filter(({ name }) => wanted.every((part) => name.toLowerCase().includes(part)))
			.filter(({ id }) => ids.length === 0 || ids.includes(id));
		if (sortBy !== undefined) {
			const [key, direction] = sortBy.split(':');
			const sign = direction === 'desc' ? -1 : 1;
			const value = (table: DataTable) =>
				key === 'createdAt'
					? table.createdAt
					: key === 'updatedAt'
						? table.updatedAt
						: table.name.toLowerCase();
			found.sort((a, b) => sign * (value(a) < value(b) ? -1 : value(a) > value(b) ? 1 : 0));
		}
		const data = found.slice(skip, take === undefined ? undefined : skip + take).map(entryOf);
		return { count: found.length, data };
	}

	private operations(table: DataTable): IDataTableProjectService {
		return {
			getColumns: async () => table.columns.map((column) => ({ ...column })),
			getManyRowsAndCount: async (options) => table.find(options),
			// SAFETY: n8n types the answer by `returnType`, which a function's type cannot follow.
			insertRows: async (rows, returnType) => {
				const inserted = this.changed(table, table.insert(rows));
				if (returnType === 'count') return { success: true, insertedRows: inserted.length } as never;
				return (returnType === 'id' ? inserted.map(({ id }) => ({ id })) : inserted) as never;
			},
			updateRows: async ({ filter, data, dryRun }) =>
				this.changed(table, table.update({ filter, data }, dryRun) as DataTableRowReturn[], dryRun),
			upsertRow: async ({ filter, data, dryRun }) =>
				this.changed(table, table.upsert({ filter, data }, dryRun) as DataTableRowReturn[], dryRun),
			deleteRows: async ({ filter, dryRun }) =>
				this.changed(table, table.delete(filter, dryRun) as DataTableRowReturn[], dryRun),
			clearRows: async () => this.changed(table, { deletedCount: table.clear() }),
			updateDataTable: async ({ name }) => {
				this.assertFree(name);
				table.rename(name);
				return this.changed(table, true);
			},
			deleteDataTable: async () => {
				this.tables = this.tables.filter((other) => other !== table);
				this.save();
				return true;
			},
			addColumn: async (column) => this.changed(table, table.addColumn(column)),
			deleteColumn: async (columnId) => {
				table.deleteColumn(columnId);
				return this.changed(table, true);
			},
			moveColumn: async () => {
				throw new UserError('The harness does not move columns of data tables');
			},
		};
	}

	/** Notes a change of a table and passes on what it gave; a dry run is none. */
	private changed<T>(table: DataTable, given: T, dryRun = false): T {
		if (dryRun) return given;
		this.tables = [table, ...this.tables.filter((other) => other !== table)];
		this.save();
		return given;
	}

	private save(): void {
		if (this.file === undefined) return;
		// Written beside and then moved, so that a process that dies meanwhile leaves the old file whole.
		const next = `${this.file}.next`;
		writeFileSync(next, JSON.stringify(this.tables.map((table) => table.save())));
		renameSync(next, this.file);
	}

	private named(tableName: string): DataTable {
		const table = this.tables.find(({ name }) => name === tableName);
		if (table !== undefined) return table;
		throw new UserError(
			`There is no data table "${tableName}"; there is ${this.tables.map(({ name }) => `"${name}"`).join(', ') || 'none'}`,
		);
	}

	private assertFree(name: string): void {
		if (this.tables.some((table) => table.name === name)) {
			throw new UserError(`Data table with name '${name}' already exists in this project`);
		}
	}
}

function entryOf({ id, name, columns, createdAt, updatedAt }: DataTable): TableEntry {
	return {
		id,
		name,
		columns: columns.map((column) => ({ ...column })),
		createdAt,
		updatedAt,
		projectId: PROJECT_ID,
	};
}

function assertAccess(node: INode): void {
	if (!NODES_WITH_ACCESS.includes(node.type))
		throw new Error('This proxy is only available for Data table nodes');
}
