/** OCSF classes that are used, version 1.8.0 of the schema: Account Change, Authentication, Entity Management. */
export type OcsfClass = 3001 | 3002 | 3004;

/** What happened, in the words of both schemas. */
export interface KindRow {
	/** ECS event.category; the first one is the category of simplified events. */
	category: readonly ['authentication' | 'iam' | 'configuration', ...string[]];
	/** ECS event.type. */
	type: readonly string[];
	ocsf: OcsfClass;
	/** OCSF activity_id within the class; 99 (Other) where the class has no word for it. */
	activity: number;
	/** ECS categories that hold only when it did not fail: a refused sign-in begins no session. */
	unlessFailed?: string;
}

type Row = [category: string, type: string, ocsf: OcsfClass, activity: number];

/*
 * One row per kind of event, for all logs: the vendor tables name the kind, this table says what it is in ECS and OCSF.
 * Checked against ECS 9.4 (categories, and which types each expects) and OCSF 1.8.0 (activities of the class) by test/unit/mapping.
 * OCSF 1.9 (draft) replaces Account Change by User Management: then this table changes, and nothing else.
 */
const ROWS = {
	signIn: ['authentication session', 'start', 3002, 1],
	signOut: ['authentication session', 'end', 3002, 2],
	/** One method or factor was tried: right or wrong, but not yet a session. */
	authentication: ['authentication', 'start', 3002, 1],
	/** A step before the answer: a challenge sent, a code delivered, another factor asked for. */
	challenge: ['authentication', 'info', 3002, 6],
	authenticationOther: ['authentication', 'info', 3002, 99],
	accountLocked: ['iam', 'user change', 3001, 9],
	accountUnlocked: ['iam', 'user change', 3001, 12],
	passwordResetAsked: ['iam', 'user info', 3001, 4],
	passwordChanged: ['iam', 'user change', 3001, 3],
	accountCreated: ['iam', 'user creation', 3001, 1],
	accountChanged: ['iam', 'user change', 3001, 99],
	accountDeleted: ['iam', 'user deletion', 3001, 6],
	accountEnabled: ['iam', 'user change', 3001, 2],
	accountDisabled: ['iam', 'user change', 3001, 5],
	factorEnrolled: ['iam', 'user change', 3001, 10],
	factorRemoved: ['iam', 'user change', 3001, 11],
	adminCreated: ['iam', 'admin user creation', 3001, 1],
	adminChanged: ['iam', 'admin user change', 3001, 99],
	adminDeleted: ['iam', 'admin user deletion', 3001, 6],
	supportOpened: ['iam configuration', 'admin change', 3001, 2],
	supportClosed: ['iam configuration', 'admin change', 3001, 5],
	/** Keys, tokens, roles, certificates: they give access, but are no accounts. */
	accessObjectCreated: ['iam configuration', 'admin creation', 3004, 1],
	accessObjectChanged: ['iam configuration', 'admin change', 3004, 3],
	accessObjectDeleted: ['iam configuration', 'admin deletion', 3004, 4],
	accessObjectOther: ['iam', 'admin info', 3004, 99],
	usersCreated: ['iam', 'user creation', 3004, 1],
	usersChanged: ['iam', 'user change', 3004, 3],
	usersDeleted: ['iam', 'user deletion', 3004, 4],
	usersEnabled: ['iam', 'user change', 3004, 8],
	usersDisabled: ['iam', 'user change', 3004, 9],
	usersOther: ['iam', 'user info', 3004, 99],
	created: ['configuration', 'creation', 3004, 1],
	read: ['configuration', 'access', 3004, 2],
	changed: ['configuration', 'change', 3004, 3],
	deleted: ['configuration', 'deletion', 3004, 4],
	enabled: ['configuration', 'change', 3004, 8],
	disabled: ['configuration', 'change', 3004, 9],
	/** A restart or a test: done to a thing, but the thing is as before. */
	operated: ['configuration', 'info', 3004, 99],
	other: ['configuration', 'info', 3004, 99],
} satisfies Record<string, Row>;

export type Kind = keyof typeof ROWS;

export const KINDS = Object.fromEntries(
	Object.entries(ROWS).map(([kind, [category, type, ocsf, activity]]) => [
		kind,
		{ category: category.split(' '), type: type.split(' '), ocsf, activity, ...(kind === 'signIn' ? { unlessFailed: 'session' } : {}) },
	]),
) as unknown as Readonly<Record<Kind, KindRow>>;

/** Captions of the OCSF classes and activities (schema 1.8.0). */
export const OCSF_CLASSES: Readonly<Record<OcsfClass, { name: string; activities: Readonly<Record<number, string>> }>> = {
	3001: {
		name: 'Account Change',
		activities: {
			1: 'Create', 2: 'Enable', 3: 'Password Change', 4: 'Password Reset', 5: 'Disable', 6: 'Delete', 9: 'Lock',
			10: 'MFA Factor Enable', 11: 'MFA Factor Disable', 12: 'Unlock', 99: 'Other',
		},
	},
	3002: { name: 'Authentication', activities: { 1: 'Logon', 2: 'Logoff', 6: 'Preauth', 99: 'Other' } },
	3004: {
		name: 'Entity Management',
		activities: { 1: 'Create', 2: 'Read', 3: 'Update', 4: 'Delete', 8: 'Enable', 9: 'Disable', 99: 'Other' },
	},
};
