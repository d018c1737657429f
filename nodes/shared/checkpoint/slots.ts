/** The grid of UTC time that windows and archive objects are cut on. Every attempt computes the same boundaries, whatever its clock. */
export const SLOTS = { '1min': 60_000, '5min': 300_000, '15min': 900_000, '1h': 3_600_000, '1d': 86_400_000 } as const;
export type SlotName = keyof typeof SLOTS;

/** The boundary at or before a time (epoch ms). UTC days have equal length, so plain division is right. */
export function floorToSlot(ms: number, slot: SlotName): number {
	return Math.floor(ms / SLOTS[slot]) * SLOTS[slot];
}
