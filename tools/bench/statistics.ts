/** Numbers of several runs, and how they are written. */

/** The middle value; of an even number of values the mean of the two in the middle. Throws RangeError without any. */
export function median(values: readonly number[]): number {
	if (values.length === 0) throw new RangeError('There is no median of nothing');
	const sorted = [...values].sort((one, other) => one - other);
	const half = sorted.length >> 1;
	return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Three digits that count: 0.0123, 1.23, 12.3, 123, 1,230. */
export function digits(value: number): string {
	if (!Number.isFinite(value)) return '–';
	const whole = Math.abs(value) >= 100;
	return value.toLocaleString('en-US', whole ? { maximumFractionDigits: 0 } : { minimumSignificantDigits: 3, maximumSignificantDigits: 3 });
}

export const seconds = (value: number): string => `${digits(value)} s`;

/** Megabytes of 1,000,000 bytes, as files are measured. */
export const megabytes = (bytes: number): string => `${bytes < 10e6 ? (bytes / 1e6).toFixed(1) : Math.round(bytes / 1e6).toLocaleString('en-US')} MB`;

export const count = (value: number): string => Math.round(value).toLocaleString('en-US');

export const times = (ratio: number): string => `${digits(ratio)}×`;

export const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
