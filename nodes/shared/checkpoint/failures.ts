import { failuresFrom, type FailureText } from '../core/failure';

/** Ways in which a saved position cannot be used: code → message, next step. The same for both products. */
export const POSITION_FAILURES = {
	'POSITION-UNREADABLE': {
		message: 'The saved position "{name}" cannot be read: {reason}',
		advice:
			'Nothing was read or lost. In n8n\'s Data tables tab, in the row of this name, write the time to go on from into "rewindTo" (e.g. 2026-01-31T08:00:00Z), or empty "checkpoint" to begin as on a first run.',
		cause: 'configuration-invalid',
	},
	'POSITION-ROWS': {
		message: 'There are {count} saved positions named "{name}"',
		advice: 'Nothing was read. In n8n\'s Data tables tab delete all rows of this name but the one with the latest "position". Row IDs: {ids}.',
		cause: 'configuration-invalid',
	},
	'POSITION-REWIND': {
		message: '"rewindTo" is not a date and time: {detail}',
		advice: 'Nothing was read. Write a time such as 2026-01-31T08:00:00Z into the cell "rewindTo", or empty it.',
		cause: 'configuration-invalid',
	},
	'POSITION-FUTURE': {
		message: 'The position "{name}" lies in the future: {detail}',
		advice:
			'Nothing was read. The clock of the machine that runs n8n was or is wrong, or "rewindTo" holds a time to come. Check the clock, then write the time to go on from into "rewindTo" in n8n\'s Data tables tab; without that, everything up to the position would be skipped.',
		cause: 'configuration-invalid',
	},
	'POSITION-NAME': {
		message: '"Position Name" is empty',
		advice: 'Give each log its own name, e.g. securid-admin.',
		cause: 'configuration-invalid',
	},
	'POSITION-START': {
		message: '"First Run Starts From" is set to a date, but "Start Date" is not one: {detail}',
		advice: 'Choose a date and time, or another option.',
		cause: 'configuration-invalid',
	},
	'POSITION-COUNTS': {
		message: 'The counts of this run do not agree: {detail}',
		advice: 'Nothing was handed out. This is a fault of the node; please report it with this message.',
		cause: 'node-defect',
	},
} as const satisfies Record<string, FailureText>;

export const positionFailure = failuresFrom(POSITION_FAILURES);
