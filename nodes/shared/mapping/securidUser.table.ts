import type { Kind } from './kinds.table';
import type { Fact, Outcome, Severity } from './types';

/** What a code of the user event log means. */
export interface UserEventRow {
	/** Method or part of the product, e.g. `Approve`. */
	group: string;
	meaning: string;
	kind: Kind;
	/** The vendor's own level of it. */
	level: 'notice' | 'error';
	severity: Severity;
	/** Where the level alone would be wrong. */
	outcome?: Outcome;
	/** OCSF auth_protocol_id. */
	protocol?: number;
	/** OCSF factor_type_id of the method; 99 for methods that OCSF has no number for. */
	factor?: number;
}

type Meaning = string | [meaning: string, kind: Kind];

interface Group extends Pick<UserEventRow, 'group' | 'protocol' | 'factor'> {
	/** Kind of the rows that name none. */
	kind?: Kind;
	notice?: Readonly<Record<number, Meaning>>;
	error?: Readonly<Record<number, Meaning>>;
}

/*
 * Codes and levels: vendor pages "User Event Monitor Messages", as full as they are public (list of about 2018, merged with the heads of today's
 * pages: documented). The vendor warns that descriptions change, so the code decides. Later codes (614–20406 have gaps, 21954–38000) are not public:
 * they meet the rule for unknown codes in securidEvents.ts. Meanings are ours; kinds and severities are this project's judgement.
 */
const GROUPS: readonly Group[] = [
	{
		group: 'Method',
		notice: { 2: ['locked', 'accountLocked'], 3: ['unlocked by a good sign-in', 'accountUnlocked'], 4: ['OTP lock expired', 'accountUnlocked'] },
	},
	{
		group: 'Enrollment',
		kind: 'factorEnrolled',
		error: { 20: 'parameter missing', 21: 'user unknown', 22: 'account disabled', 23: 'authenticator of another user', 24: 'provider type unknown' },
	},
	{
		group: 'Authentication',
		error: {
			30: 'parameter missing', 31: 'user unknown', 32: 'account disabled', 33: 'application not found', 34: 'rule not found', 35: 'method locked',
			36: 'nothing registered or enrolled', 38: 'illegal access', 51: 'authenticator not registered', 52: 'push cannot be sent', 53: 'verification interrupted',
		},
	},
	{
		group: 'Authenticate OTP',
		factor: 7,
		notice: { 101: ['enrolled', 'factorEnrolled'], 103: 'accepted' },
		error: { 102: ['enrollment failed', 'factorEnrolled'], 104: 'wrong code', 105: 'code used again' },
	},
	{
		group: 'Router OTP',
		factor: 7,
		notice: { 106: ['request sent', 'challenge'], 107: 'accepted' },
		error: {
			108: 'refused', 109: 'user not in source', 110: 'user ambiguous', 111: 'user disabled', 112: 'email missing', 113: 'source unreachable',
			114: 'cloud unreachable',
		},
	},
	{ group: 'User status', error: { 115: 'user not found', 116: 'user ambiguous', 117: 'source unreachable' } },
	{
		group: 'LDAP password',
		protocol: 12,
		factor: 11,
		notice: { 201: 'accepted' },
		error: {
			202: 'failed for an unknown reason', 203: 'timeout or router offline', 204: ['enrollment data missing', 'factorEnrolled'],
			205: ['enrollment failed for an unknown reason', 'factorEnrolled'], 206: 'provider misconfigured', 207: 'provider misconfigured',
			208: 'email or password missing', 211: 'host unreachable', 212: 'host name not resolved', 213: 'TLS not trusted', 215: 'wrong user or password',
			216: 'account restriction', 217: 'time restriction', 218: 'not allowed through this router', 219: 'password expired', 220: 'account disabled',
			221: 'forbidden by configuration', 222: 'account expired', 223: 'password must be changed', 224: 'account locked', 225: 'account locked for a time',
		},
	},
	{
		group: 'FIDO',
		factor: 99,
		notice: { 300: ['enrolled', 'factorEnrolled'], 340: 'accepted' },
		error: {
			301: ['token limit reached', 'factorEnrolled'], 302: ['enrollment protocol error', 'factorEnrolled'], 303: ['enrollment service error', 'factorEnrolled'],
			304: ['enrollment failed for an unknown reason', 'factorEnrolled'], 316: ['name blank', 'factorEnrolled'], 317: ['name too long', 'factorEnrolled'],
			318: ['name taken', 'factorEnrolled'], 341: 'protocol error', 342: 'service error', 343: 'failed for an unknown reason',
		},
	},
	{
		group: 'User synchronization',
		kind: 'accountChanged',
		notice: { 400: ['user enabled again', 'accountEnabled'], 401: ['user disabled in directory', 'accountDisabled'], 402: ['user gone from directory', 'accountDisabled'] },
		error: {
			403: 'email invalid', 404: 'email used twice', 405: 'user is disabled in directory', 406: 'identifiers missing',
			407: 'failed for an unknown reason', 408: 'no email', 409: 'no router available', 410: 'directory unreachable', 413: 'failed',
		},
	},
	{
		group: 'SecurID OTP',
		factor: 7,
		notice: { 601: 'accepted', 602: 'accepted with a new PIN', 603: ['new PIN needed', 'challenge'], 604: ['next code needed', 'challenge'] },
		error: { 605: 'wrong passcode', 606: 'wrong next code', 607: 'wrong PIN', 608: 'service down', 609: 'failed for an unknown reason', 611: 'timeout' },
	},
	{
		group: 'Approve',
		factor: 5,
		notice: { 701: 'accepted', 707: ['enrolled', 'factorEnrolled'] },
		error: { 702: 'no answer', 703: 'user denied', 704: ['enrollment failed', 'factorEnrolled'], 709: 'pending requests cancelled' },
	},
	{
		group: 'Biometrics',
		factor: 4,
		notice: { 801: 'accepted', 806: ['enrolled', 'factorEnrolled'], 807: ['unenrolled', 'factorRemoved'] },
		error: { 802: 'no answer', 803: 'mismatch', 804: ['enrollment failed', 'factorEnrolled'], 805: 'unexpected error' },
	},
	{
		group: 'Portal',
		notice: {
			901: ['sign-in', 'signIn'], 907: ['sign-out', 'signOut'], 908: ['application attempt', 'challenge'], 909: 'application opened',
			911: ['additional authentication started', 'challenge'], 912: 'additional authentication accepted', 931: ['additional authentication not needed', 'authenticationOther'],
			934: 'password accepted',
		},
		error: {
			902: ['sign-in failed', 'signIn'], 903: ['user ambiguous', 'signIn'], 904: ['server error', 'signIn'], 905: ['session limit reached', 'signIn'],
			906: ['password reset needed', 'signIn'], 910: 'application failed', 913: 'additional authentication failed', 932: 'account inactive',
			933: 'client lacks the required method', 935: 'password denied', 936: 'user ambiguous with password', 937: 'server error with password',
			938: 'session limit reached with password',
		},
	},
	{
		group: 'Authorization',
		notice: { 939: 'granted with password' },
		error: { 940: 'barred by policy', 941: 'barred by conditional policy' },
	},
	{
		group: 'QR code',
		factor: 99,
		notice: { 1501: 'accepted', 1507: ['enrolled', 'factorEnrolled'], 1511: ['unenrolled', 'factorRemoved'], 1512: ['unenrollment failed', 'factorRemoved'] },
		error: {
			1503: 'user denied', 1504: ['enrollment failed', 'factorEnrolled'], 1505: 'invalid', 1506: 'not allowed', 1508: 'empty', 1510: 'cancelled', 1513: 'expired',
			1515: 'platform disabled',
		},
	},
	{
		group: 'QR code of RSA Agent',
		factor: 99,
		notice: {
			1521: 'accepted', 1524: ['enrollment failed', 'factorEnrolled'], 1527: ['enrolled', 'factorEnrolled'], 1530: 'cancelled', 1531: ['unenrolled', 'factorRemoved'],
			1532: ['unenrollment', 'factorRemoved'],
		},
		error: { 1523: 'user denied', 1525: 'invalid', 1526: 'not allowed', 1528: 'empty' },
	},
	{
		group: 'Device',
		kind: 'factorEnrolled',
		notice: { 3000: 'registered' },
		error: { 3001: 'registration failed', 3002: 'device limit reached' },
	},
	{
		group: 'Console',
		notice: { 5107: ['admin password changed', 'passwordChanged'] },
		error: { 5104: ['sign-in refused to inactive admin', 'signIn'] },
	},
	{
		group: 'Eyeprint',
		factor: 4,
		notice: {
			20201: 'accepted', 20206: ['enrolled', 'factorEnrolled'], 20207: ['unenrolled', 'factorRemoved'], 20208: ['rule fetched', 'authenticationOther'],
			20209: ['unenrollment failed', 'factorRemoved'],
		},
		error: { 20202: 'no answer', 20203: 'mismatch', 20204: ['enrollment failed', 'factorEnrolled'], 20205: 'unexpected error' },
	},
	{ group: 'MFA session', notice: { 20301: ['started', 'challenge'], 20302: 'succeeded' }, error: { 20303: 'failed' } },
	{
		group: 'SAML',
		protocol: 5,
		notice: { 20400: ['request received', 'challenge'], 20401: 'assertion sent' },
		error: { 20402: 'unsuccessful response sent', 20403: 'error response sent' },
	},
	{
		group: 'RADIUS',
		protocol: 10,
		notice: {
			20612: ['additional authentication after the client did the first', 'challenge'], 20613: ['default method chosen', 'challenge'], 20614: ['OTP chosen', 'challenge'],
		},
		error: {
			20601: 'no method that RADIUS can use', 20602: 'no authenticator', 20603: 'bad request', 20604: 'bad checklist', 20605: 'cloud unreachable',
			20606: 'Approve timeout', 20607: 'Eyeprint timeout', 20608: 'biometrics timeout', 20609: 'internal error', 20610: 'Approve not done in time',
			20611: 'biometrics not done in time', 20616: 'attempts exceeded',
		},
	},
	{ group: 'Policy', error: { 20701: 'no identity source matches', 20702: 'no rule set matches', 20703: 'conditions deny' } },
	{
		group: 'SMS code',
		kind: 'challenge',
		factor: 1,
		error: { 20801: 'delivery attempted', 20802: 'bad number', 20803: 'delivery failed', 20804: 'made anew', 20805: 'not delivered' },
	},
	{
		group: 'Voice code',
		kind: 'challenge',
		factor: 3,
		notice: { 20851: 'call placed' },
		error: { 20852: 'bad number', 20853: 'call failed', 20854: 'made anew', 20855: 'not delivered' },
	},
	{
		group: 'OpenID Connect',
		protocol: 4,
		notice: { 20900: ['request received', 'challenge'], 20901: 'ID token sent' },
		error: { 20902: 'unsuccessful response sent', 20903: 'error response sent' },
	},
	{
		group: 'SMS or voice code',
		factor: 99,
		notice: { 21901: 'accepted' },
		error: { 21902: 'wrong', 21903: 'SMS locked', 21953: 'voice locked' },
	},
];

/** Severity of a notice is info and of an error low; these are more (this project's judgement). */
const SEVERE: Readonly<Partial<Record<Severity, readonly number[]>>> = {
	medium: [2, 35, 105, 224, 225, 703, 905, 938, 940, 941, 1503, 1523, 5107, 21903, 21953],
	high: [38],
};

/** The vendor's level contradicts its own text (documented), or says nothing of the outcome; a cancelled sign-in (1530) is no success. */
const OUTCOMES: Readonly<Record<number, Outcome>> = {
	1512: 'failure',
	1524: 'failure',
	1530: 'failure',
	1532: 'unknown',
	20209: 'failure',
	20801: 'unknown',
	20804: 'unknown',
	20854: 'unknown',
};

function severityOf(code: number, level: UserEventRow['level']): Severity {
	if (SEVERE.high?.includes(code)) return 'high';
	if (SEVERE.medium?.includes(code)) return 'medium';
	return level === 'notice' && OUTCOMES[code] !== 'failure' ? 'info' : 'low';
}

function rowsOf({ kind = 'authentication', notice = {}, error = {}, ...common }: Group): Array<[string, UserEventRow]> {
	const levels = [['notice', notice], ['error', error]] as const;
	return levels.flatMap(([level, meanings]) =>
		Object.entries(meanings).map(([code, said]): [string, UserEventRow] => {
			const [meaning, ownKind] = typeof said === 'string' ? [said, kind] : said;
			const severity = severityOf(Number(code), level);
			return [code, { ...common, meaning, kind: ownKind, level, severity, outcome: OUTCOMES[Number(code)] }];
		}),
	);
}

/** Code (no leading zeros) → what it means. */
export const SECURID_USER_EVENTS: ReadonlyMap<string, UserEventRow> = new Map(GROUPS.flatMap(rowsOf));

/**
 * Words of `eventDescription` that tell the kind of a code that has no row (assumed); first match wins. What matches nothing is `authenticationOther`:
 * a code that nobody knows must not count as a successful sign-in.
 */
export const SECURID_USER_WORDS: ReadonlyArray<{ pattern: RegExp; kind: Kind }> = [
	{ pattern: /unenrol/i, kind: 'factorRemoved' },
	{ pattern: /enrol|regist(er|rat)/i, kind: 'factorEnrolled' },
	{ pattern: /unlock/i, kind: 'accountUnlocked' },
	{ pattern: /authentication (succeeded|failed|unsuccessful|denied)|sign-?in (succeeded|failed)/i, kind: 'authentication' },
	{ pattern: /\blocked/i, kind: 'accountLocked' },
];

/** The members of a user event (seen in client code; no capture is public) and what they tell. */
export const SECURID_USER_MEMBERS: Readonly<Record<string, Fact>> = {
	eventId: 'id',
	eventLogDate: 'time',
	eventType: 'provider',
	eventLevel: 'level',
	serverIPAddress: 'serverIp',
	tenantId: 'organizationId',
	customerName: 'organizationName',
	userId: 'userName',
	sourceIPAddress: 'sourceIp',
	eventCode: 'code',
	eventDescription: 'message',
	application: 'application',
	deviceId: 'deviceId',
	deviceName: 'deviceName',
	policyId: 'policyId',
	policyName: 'policyName',
	transactionId: 'transactionId',
};
