/** What a cell of a data table takes, and which rows a filter means. Knows no table, only columns and values. */
import { DATA_TABLE_SYSTEM_COLUMN_TYPE_MAP, UserError, validateFieldType } from 'n8n-workflow';
import type { DataTableColumnJsType, DataTableColumnType, DataTableFilter, DataTableRow } from 'n8n-workflow';

/** The type of each column by its name. */
export type ColumnTypes = Record<string, DataTableColumnType>;

const FIELD_TYPE = { number: 'number', string: 'string', boolean: 'boolean', date: 'dateTime' } as const;

/** A refusal in the words of n8n's server. */
export function refusal(reason: string): UserError {
	return new UserError(`Validation error with data table request: ${reason}`);
}

/**
 * The row to write: numbers and booleans converted from text where n8n does so, dates as Date.
 * Throws when a column does not exist or a value does not fit it.
 */
export function toCells(types: ColumnTypes, row: DataTableRow): DataTableRow {
	return Object.fromEntries(
		Object.entries(row).map(([column, value]) => {
			const type = types[column];
			if (type === undefined) throw refusal(`unknown column name '${column}'`);
			return [column, toCell(type, column, value)];
		}),
	);
}

/**
 * A test for the rows a filter means, as n8n's SQL reads it: a comparison with an empty cell is never true, except
 * "not equal"; equality with null means that the cell is empty.
 * Throws when a column does not exist, a value does not fit it, or a comparison has no value.
 */
export function toPredicate(
	ownTypes: ColumnTypes,
	{ type, filters }: DataTableFilter,
): (row: DataTableRow) => boolean {
	const types: ColumnTypes = { ...DATA_TABLE_SYSTEM_COLUMN_TYPE_MAP, ...ownTypes };
	const tests = filters.map(({ columnName, condition, value }) => {
		const cells = toCells(types, { [columnName]: value });
		const holds = toTest(condition, cells[columnName], types[columnName] === 'string');
		return (row: DataTableRow) => holds(row[columnName] ?? null);
	});
	return type === 'or'
		? (row) => tests.some((holds) => holds(row))
		: (row) => tests.every((holds) => holds(row));
}

type Cell = DataTableColumnJsType;

function toCell(type: DataTableColumnType, column: string, value: Cell): Cell {
	if (value === null || value === undefined) return value;
	const checked = validateFieldType(column, value, FIELD_TYPE[type], { strict: false, parseStrings: false });
	if (!checked.valid) {
		throw refusal(`value '${String(value)}' does not match column type '${type}': ${checked.errorMessage}`);
	}
	// SAFETY: for 'dateTime' n8n answers a luxon DateTime, for the other types the value itself.
	return type === 'date'
		? (checked.newValue as unknown as { toJSDate(): Date }).toJSDate()
		: (checked.newValue as Cell);
}

function toTest(condition: string, wanted: Cell, isText: boolean): (cell: Cell) => boolean {
	const isEmpty = (cell: Cell) => cell === null || (isText && cell === '');
	switch (condition) {
		case 'isEmpty':
			return isEmpty;
		case 'isNotEmpty':
			return (cell) => !isEmpty(cell);
		case 'eq':
			return (cell) => comparable(cell) === comparable(wanted);
		case 'neq':
			return (cell) => comparable(cell) !== comparable(wanted);
		case 'like':
		case 'ilike': {
			if (typeof wanted !== 'string')
				throw refusal(`${condition.toUpperCase()} filter value must be a string`);
			const pattern = toPattern(wanted, condition === 'ilike' ? 'isu' : 'su');
			return (cell) => cell !== null && pattern.test(String(cell));
		}
		default:
			return toOrder(condition, wanted);
	}
}

function toOrder(condition: string, wanted: Cell): (cell: Cell) => boolean {
	const limit = comparable(wanted);
	if (limit === null || limit === undefined) {
		throw refusal(`${condition.toUpperCase()} filter value cannot be null or undefined`);
	}
	const ordered = (holds: (value: string | number | boolean) => boolean) => (cell: Cell) => {
		const value = comparable(cell);
		return value !== null && value !== undefined && holds(value);
	};
	switch (condition) {
		case 'gt':
			return ordered((value) => value > limit);
		case 'gte':
			return ordered((value) => value >= limit);
		case 'lt':
			return ordered((value) => value < limit);
		case 'lte':
			return ordered((value) => value <= limit);
		default:
			throw refusal(`Unsupported filter condition: ${condition}`);
	}
}

/** Dates by their instant, all else as it is. */
function comparable(cell: Cell): string | number | boolean | null {
	return cell instanceof Date ? cell.getTime() : cell;
}

/** `%` stands for any text; a text without one may stand anywhere. */
function toPattern(wanted: string, flags: string): RegExp {
	const withWildcards = wanted.includes('%') ? wanted : `%${wanted}%`;
	const parts = withWildcards.split('%').map((part) => part.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
	return new RegExp(`^${parts.join('.*')}$`, flags);
}
