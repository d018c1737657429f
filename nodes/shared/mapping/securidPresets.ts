import type { Kind } from './kinds.table';
import { eventFilter } from './securid';
import { SECURID_PRESETS } from './securid.table';
import { classifyCoded, type CodedLog } from './securidEvents';
import { text } from './text';

type Vendor = Record<string, unknown>;

/** What a preset lets through: events of these kinds or with these codes, maybe only those that did not succeed. */
interface CodedPreset {
	kinds?: readonly Kind[];
	codes?: readonly string[];
	failuresOnly?: boolean;
}

/**
 * The presets of the logs that are told apart by event codes. Codes: vendor pages "User Event Monitor Messages" (documented);
 * which of them belong together is this project's judgement.
 */
const CODED_PRESETS: Record<CodedLog, Readonly<Record<string, CodedPreset>>> = {
	user: {
		all: {},
		failedAuthentications: { kinds: ['signIn', 'authentication', 'challenge', 'authenticationOther'], failuresOnly: true },
		/** Approve, QR code, QR code of the RSA Agent. */
		deniedApprovals: { codes: ['703', '1503', '1523'] },
		/** Locked, unlocked; and refusals because a method, password, SMS or voice code is locked. */
		lockedMethods: { kinds: ['accountLocked', 'accountUnlocked'], codes: ['35', '224', '225', '21903', '21953'] },
		enrolments: { kinds: ['factorEnrolled', 'factorRemoved'] },
	},
	system: {
		all: {},
		failures: { failuresOnly: true },
	},
};

/** Whether a log has this preset; `custom` is none. */
export function isPreset(log: CodedLog | 'admin', preset: string): boolean {
	return Object.hasOwn(log === 'admin' ? SECURID_PRESETS : CODED_PRESETS[log], preset);
}

/**
 * The filter behind Events and Trigger On.
 * In: the log, a preset of it, or `custom` with activity keys or event codes. Out: whether an event passes.
 */
export function securIdFilter(log: CodedLog | 'admin', preset: string, custom: string[] = []): (event: Vendor) => boolean {
	if (log === 'admin') return eventFilter(preset, custom);
	if (preset === 'custom') {
		const wanted = new Set(custom.map(plainCode));
		return ({ eventCode }) => wanted.has(plainCode(text(eventCode) ?? ''));
	}
	const { kinds, codes = [], failuresOnly } = CODED_PRESETS[log][preset] ?? {};
	return (event) => {
		const { kind, outcome } = classifyCoded(log, event);
		const named = (!kinds && codes.length === 0) || kinds?.includes(kind) || codes.includes(plainCode(text(event.eventCode) ?? ''));
		return named === true && (!failuresOnly || outcome === 'failure');
	};
}

/** The vendor's page writes 02, clients show 2. */
function plainCode(code: string): string {
	return code.trim().replace(/^0+(?=\d)/, '');
}
