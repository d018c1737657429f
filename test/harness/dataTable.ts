/** One data table: its columns and rows, with the operations n8n offers on them. */
import { randomUUID } from 'node:crypto';
import { DATA_TABLE_SYSTEM_COLUMNS, DATA_TABLE_SYSTEM_TESTING_COLUMN } from 'n8n-workflow';
import type {
	AddDataTableColumnOptions,
	CreateDataTableColumnOptions,
	DataTableColumn,
	DataTableFilter,
	DataTableRow,
	DataTableRowReturn,
	ListDataTableRowsOptions,
} from 'n8n-workflow';
import type { ColumnTypes } from './dataTableValues';
import { refusal, toCells, toPredicate } from './dataTableValues';

const COLUMN_NAME = /^[a-zA-Z][a-zA-Z0-9_]{0,62}$/;

/** A table's content as text, for keeping it on disk. */
export interface SavedTable {
	id: string;
	name: string;
	createdAt: string;
	updatedAt: string;
	columns: DataTableColumn[];
	/** Dates as ISO 8601 text. */
	rows: Array<Record<string, unknown>>;
	lastRowId: number;
}

interface Change {
	filter: DataTableFilter;
	data: DataTableRow;
}

/**
 * A table as n8n 2.41.1's server keeps it on SQLite (its modules/data-table): ids count up and are not used twice, cells
 * not given are null, every write marks the row and the table as updated. Rows are handed out as copies.
 */
export class DataTable {
	id: string = randomUUID().replaceAll('-', '').slice(0, 16);

	createdAt = new Date();

	updatedAt = new Date();

	columns: DataTableColumn[] = [];

	private rows: DataTableRowReturn[] = [];

	private lastRowId = 0;

	/** Throws a UserError when a column has a name that n8n does not allow. */
	constructor(
		public name: string,
		columns: CreateDataTableColumnOptions[],
	) {
		for (const column of columns) this.addColumn(column);
	}

	/** Rows that a filter means, ordered and cut as asked; `count` is their number before the cut. */
	find({ filter, sortBy, skip = 0, take }: Partial<ListDataTableRowsOptions>): {
		count: number;
		data: DataTableRowReturn[];
	} {
		const found = this.matching(filter);
		if (sortBy !== undefined) {
			const [column, direction] = sortBy;
			const sign = direction === 'DESC' ? -1 : 1;
			found.sort((a, b) => sign * compare(a[column], b[column]));
		}
		return { count: found.length, data: copies(found.slice(skip, take ? skip + take : undefined)) };
	}

	insert(rows: DataTableRow[]): DataTableRowReturn[] {
		const empty = Object.fromEntries(this.columns.map(({ name }) => [name, null]));
		const checked = rows.map((row) => toCells(this.types, row));
		const inserted = checked.map((cells) => {
			const now = new Date();
			// SAFETY: the system columns come last, so they have the types n8n gives them.
			return {
				...empty,
				...cells,
				id: ++this.lastRowId,
				createdAt: now,
				updatedAt: now,
			} as DataTableRowReturn;
		});
		this.rows.push(...inserted);
		this.touch();
		return copies(inserted);
	}

	/** Changes all rows that the filter means; with `dryRun` it only shows them before and after. */
	update(change: Change, dryRun = false): DataTableRow[] {
		const cells = this.checkedChange(change);
		const found = this.matching(change.filter);
		if (dryRun) {
			return found.flatMap((row) => beforeAndAfter(row, { ...row, ...cells, updatedAt: new Date() }));
		}
		for (const row of found) Object.assign(row, cells, { updatedAt: new Date() });
		this.touch();
		return copies(found);
	}

	/** As `update`; where no row is meant, it inserts the data (and the data alone) as a new one. */
	upsert(change: Change, dryRun = false): DataTableRow[] {
		const updated = this.update(change, dryRun);
		if (updated.length > 0) return updated;
		if (!dryRun) return this.insert([change.data]);
		const now = new Date();
		return beforeAndAfter(null, { id: 0, createdAt: now, updatedAt: now, ...this.checkedChange(change) });
	}

	delete(filter: DataTableFilter | undefined, dryRun = false): DataTableRow[] {
		if (!filter?.filters?.length) {
			throw refusal('Filter is required for delete operations to prevent accidental deletion of all data');
		}
		const found = this.matching(filter);
		if (dryRun) return found.flatMap((row) => beforeAndAfter(row, null));
		this.rows = this.rows.filter((row) => !found.includes(row));
		this.touch();
		return copies(found);
	}

	clear(): number {
		const count = this.rows.length;
		this.rows = [];
		this.touch();
		return count;
	}

	addColumn({ name, type, index }: AddDataTableColumnOptions): DataTableColumn {
		if (!COLUMN_NAME.test(name)) {
			throw refusal(
				'Only alphabetical characters and non-leading numbers and underscores are allowed for column names, and the maximum length is 63 characters.',
			);
		}
		const reserved = [...DATA_TABLE_SYSTEM_COLUMNS, DATA_TABLE_SYSTEM_TESTING_COLUMN];
		if (reserved.some((column) => column.toLowerCase() === name.toLowerCase())) {
			throw refusal(`Column name "${name}" is reserved`);
		}
		if (name in this.types) throw refusal(`Data table column with name '${name}' already exists`);
		const column = {
			id: randomUUID(),
			name,
			type,
			index: index ?? this.columns.length,
			dataTableId: this.id,
		};
		this.columns.splice(column.index, 0, column);
		this.renumber();
		for (const row of this.rows) row[name] = null;
		return column;
	}

	deleteColumn(columnId: string): void {
		const column = this.columns.find(({ id }) => id === columnId);
		if (column === undefined)
			throw refusal(`Could not find the column '${columnId}' in the data table: ${this.id}`);
		this.columns = this.columns.filter((other) => other !== column);
		this.renumber();
		for (const row of this.rows) delete row[column.name];
	}

	rename(name: string): void {
		this.name = name;
		this.touch();
	}

	save(): SavedTable {
		const { id, name, createdAt, updatedAt, columns, rows, lastRowId } = this;
		return JSON.parse(
			JSON.stringify({ id, name, createdAt, updatedAt, columns, rows, lastRowId }),
		) as SavedTable;
	}

	static load(saved: SavedTable): DataTable {
		const table = new DataTable(saved.name, []);
		const { id, columns, lastRowId } = saved;
		Object.assign(table, {
			id,
			columns,
			lastRowId,
			createdAt: new Date(saved.createdAt),
			updatedAt: new Date(saved.updatedAt),
		});
		const dates = [
			'createdAt',
			'updatedAt',
			...columns.filter(({ type }) => type === 'date').map(({ name }) => name),
		];
		table.rows = saved.rows.map((row) => {
			const read = dates.map((column) => [
				column,
				row[column] === null ? null : new Date(String(row[column])),
			]);
			// SAFETY: what `save` wrote, with its dates read again.
			return { ...row, ...Object.fromEntries(read) } as DataTableRowReturn;
		});
		return table;
	}

	private get types(): ColumnTypes {
		return Object.fromEntries(this.columns.map(({ name, type }) => [name, type]));
	}

	private matching(filter: DataTableFilter | undefined): DataTableRowReturn[] {
		if (!filter?.filters?.length) return [...this.rows];
		return this.rows.filter(toPredicate(this.types, filter));
	}

	private checkedChange({ filter, data }: Change): DataTableRow {
		if (!filter?.filters?.length) throw refusal('Filter must not be empty');
		if (Object.keys(data).length === 0) throw refusal('Data columns must not be empty');
		return toCells(this.types, data);
	}

	private renumber(): void {
		this.columns.forEach((column, index) => (column.index = index));
	}

	private touch(): void {
		this.updatedAt = new Date();
	}
}

function copies(rows: DataTableRowReturn[]): DataTableRowReturn[] {
	// Not by structuredClone: under jest its dates are not `instanceof Date`, and n8n's node would show them as objects.
	return rows.map((row) => ({ ...row }));
}

function compare(a: unknown, b: unknown): number {
	// As SQLite orders: empty cells first, equal ones as they were inserted.
	if (a === b) return 0;
	if (a === null || a === undefined) return -1;
	if (b === null || b === undefined) return 1;
	return a < b ? -1 : a > b ? 1 : 0;
}

function beforeAndAfter(before: DataTableRow | null, after: DataTableRow | null): DataTableRow[] {
	const nothing = Object.fromEntries(Object.keys(before ?? after ?? {}).map((column) => [column, null]));
	return [
		{ ...(before ?? nothing), [DATA_TABLE_SYSTEM_TESTING_COLUMN]: 'before' },
		{ ...(after ?? nothing), [DATA_TABLE_SYSTEM_TESTING_COLUMN]: 'after' },
	];
}
