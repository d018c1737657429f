import { ANSWER_PROPERTIES } from './properties/answers';
import { CEF_PROPERTIES } from './properties/cef';
import { CSV_PROPERTIES } from './properties/csv';
import { DELIVERY_PROPERTIES } from './properties/delivery';
import { HISTORY_PROPERTIES } from './properties/histories';
import { JSON_PROPERTIES } from './properties/json';
import { KEY_PROPERTIES } from './properties/keys';
import { LOOP_PROPERTIES } from './properties/loops';
import { MAPPING_PROPERTIES } from './properties/mapping';
import { POSITION_PROPERTIES } from './properties/positions';
import { TEXT_PROPERTIES } from './properties/texts';
import { TIME_PROPERTIES } from './properties/times';
import type { Property } from './property';

/** Every rule that generated cases are held against: a fixed slice of each in `npm test`, a million cases in `npm run fuzz`. */
export const PROPERTIES: readonly Property[] = [
	...JSON_PROPERTIES,
	...CSV_PROPERTIES,
	...TIME_PROPERTIES,
	...TEXT_PROPERTIES,
	...LOOP_PROPERTIES,
	...POSITION_PROPERTIES,
	...HISTORY_PROPERTIES,
	...DELIVERY_PROPERTIES,
	...CEF_PROPERTIES,
	...KEY_PROPERTIES,
	...MAPPING_PROPERTIES,
	...ANSWER_PROPERTIES,
];

/** How many of `total` cases each property takes, by weight; at least one, and `total` or a few more together. */
export function sharesOf(properties: readonly Property[], total: number): number[] {
	const whole = properties.reduce((sum, { weight }) => sum + weight, 0);
	return properties.map(({ weight }) => Math.max(1, Math.ceil((total * weight) / whole)));
}
