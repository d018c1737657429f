/**
 * One kind of console action: key, code, wording and how often it comes in ordinary work (weight 0: only where a
 * session, a burst or the once-each list puts it). `{0}` is the administrator, `{1}` and `{2}` the targets.
 * `system` marks sentences about the administrator rather than by one.
 */
export interface Activity {
	key: string;
	code: number;
	weight: number;
	phrase: string;
	targetType?: string;
	requiresPublish?: boolean;
	system?: boolean;
}

const row = (
	key: string,
	code: number,
	weight: number,
	phrase: string,
	targetType?: string,
	requiresPublish?: boolean,
): Activity => ({ key, code, weight, phrase, targetType, requiresPublish });

/**
 * Every admin activity with a published key and code.
 * Source: reference/securid.md section 9 (keys and codes documented; 80400 from the sample answer of the vendor's page).
 * The wording of 80001, 80002, 80003, 80007 and 82007 is captured; of the others, and all target types but
 * ADMIN_API_KEY, it is assumed: no reader may rely on it.
 */
export const ACTIVITIES: readonly Activity[] = [
	row('SIGNIN_SUCCESS', 80001, 0, '{0} successfully signed in'),
	row('SIGNIN_FAILURE', 80002, 0, '{0} sign-in failed. Reason: Bad Credentials'),
	{ ...row('LOCKED_ADMIN_ACCOUNT', 80003, 0, 'System locked admin {0} account'), system: true },
	{ ...row('UNLOCKED_ADMIN_ACCOUNT', 80004, 2, 'System unlocked admin {0} account'), system: true },
	row('REQUESTED_PASSWORD_RESET', 80005, 4, '{0} requested a password reset'),
	row('RESET_PASSWORD', 80006, 3, '{0} reset the password'),
	row('SIGNOUT', 80007, 0, '{0} signed out'),
	{
		...row(
			'SIGNIN_ADDITIONAL_AUTHENTICATION_REQUESTED',
			80008,
			0,
			'Additional authentication request sent to {0}',
		),
		system: true,
	},
	row(
		'PUBLISH',
		80100,
		30,
		'{0} published to identity routers (result {1}) and to the cloud service (result {2})',
	),
	row('ADD_POLICY', 80200, 6, '{0} added access policy {1}', 'POLICY', true),
	row('EDIT_POLICY', 80201, 14, '{0} edited access policy {1}', 'POLICY', true),
	row('DELETE_POLICY', 80202, 2, '{0} deleted access policy {1}', 'POLICY', true),
	{
		...row(
			'LICENSE_EDIT_POLICY',
			80203,
			1,
			'Licence options changed; access policy {1} was edited',
			'POLICY',
			true,
		),
		system: true,
	},
	row('ADD_IDR', 80300, 2, '{0} added identity router {1}', 'IDR', true),
	row('EDIT_IDR', 80301, 5, '{0} edited identity router {1}', 'IDR', true),
	row('DELETE_IDR', 80302, 1, '{0} deleted identity router {1}', 'IDR', true),
	row('TEST_IDR', 80303, 6, '{0} tested identity router {1}', 'IDR'),
	row('REBOOT_IDR', 80304, 2, '{0} rebooted identity router {1}', 'IDR'),
	row('RESTART_IDR', 80305, 3, '{0} restarted identity router {1}', 'IDR'),
	row('APPLY_IDR_LOG_LEVEL', 80306, 2, '{0} changed the log level of identity router {1}', 'IDR'),
	row('VIEW_IDR_LOG', 80307, 12, '{0} viewed the log of identity router {1}', 'IDR'),
	row('RESET_IDR_PASSWORD', 80308, 1, '{0} reset the password of identity router {1}', 'IDR'),
	row('UPDATE_IDR', 80309, 3, '{0} updated the software of identity router {1}', 'IDR'),
	row('DOWNLOAD_IDR_LOG', 80310, 5, '{0} downloaded the log of identity router {1}', 'IDR'),
	row('DOWNLOAD_IDR_IMAGE', 80311, 2, '{0} downloaded an identity router image'),
	row('ADD_CLUSTER', 80320, 1, '{0} added cluster {1}', 'CLUSTER', true),
	row('EDIT_CLUSTER', 80321, 3, '{0} edited cluster {1}', 'CLUSTER', true),
	row('DELETE_CLUSTER', 80322, 1, '{0} deleted cluster {1}', 'CLUSTER', true),
	row('ADD_ADMIN_API_KEY', 80400, 2, '{0} added an Admin API Key {1}', 'ADMIN_API_KEY'),
	row('ADD_ADMIN_USER', 82000, 3, '{0} added admin user {1}', 'ADMIN_USER'),
	row('EDIT_ADMIN_USER', 82001, 5, '{0} edited admin user {1}', 'ADMIN_USER'),
	row('DELETE_ADMIN_USER', 82002, 2, '{0} deleted admin user {1}', 'ADMIN_USER'),
	row('EDIT_ADMIN_USER_PROFILE', 82003, 6, '{0} edited the profile of {1}', 'ADMIN_USER'),
	row('ENABLE_ADMIN_IDR_REST_API_ACCESS', 82004, 1, '{0} enabled router REST access of {1}', 'ADMIN_USER'),
	row('DISABLE_ADMIN_IDR_REST_API_ACCESS', 82005, 1, '{0} disabled router REST access of {1}', 'ADMIN_USER'),
	row('EDIT_ADMIN_IDR_REST_API_ACCESS', 82006, 1, '{0} edited router REST access of {1}', 'ADMIN_USER'),
	row('UNLOCK_ADMIN_USER', 82007, 8, '{0} unlocked admin user {1}'),
	row('ENABLE_SUPPORT_ADMIN', 82100, 1, '{0} enabled support access from {1} to {2}'),
	row('DISABLE_SUPPORT_ADMIN', 82101, 1, '{0} disabled support access'),
	row('EDIT_COMPANY_SETTINGS', 82200, 3, '{0} edited company settings', 'COMPANY'),
	row('DELETE_CERTIFICATE_CHAIN', 82201, 1, '{0} deleted certificate chain {1}', 'CERTIFICATE_CHAIN', true),
	row('ADD_APPLICATION', 82300, 4, '{0} added application {1} of type {2}', 'APPLICATION', true),
	row('EDIT_APPLICATION', 82301, 8, '{0} edited application {1}', 'APPLICATION', true),
	row('DELETE_APPLICATION', 82302, 2, '{0} deleted application {1}', 'APPLICATION', true),
	row('ADD_RADIUS_CLIENT', 82400, 3, '{0} added RADIUS client {1}', 'RADIUS_CLIENT', true),
	row('EDIT_RADIUS_CLIENT', 82401, 5, '{0} edited RADIUS client {1}', 'RADIUS_CLIENT', true),
	row('DELETE_RADIUS_CLIENT', 82402, 2, '{0} deleted RADIUS client {1}', 'RADIUS_CLIENT', true),
	row('ADD_RELYING_PARTY', 82500, 2, '{0} added relying party {1}', 'RELYING_PARTY', true),
	row('EDIT_RELYING_PARTY', 82501, 3, '{0} edited relying party {1}', 'RELYING_PARTY', true),
	row('DELETE_RELYING_PARTY', 82502, 1, '{0} deleted relying party {1}', 'RELYING_PARTY', true),
	row('ADD_EPIC_RELYING_PARTY', 82510, 1, '{0} added a relying party for Epic: {1}', 'RELYING_PARTY', true),
];

/** The row of a key, or undefined: keys that nobody has published are legal in an event. */
export function findActivity(key: string): Activity | undefined {
	return ACTIVITIES.find((activity) => activity.key === key);
}
