/** One event of the user or system log: code, level, category and sentence; how often it comes in ordinary life. */
export interface EventCode {
	code: string;
	level: 'notice' | 'error';
	category: string;
	description: string;
	weight: number;
	method?: string;
}

const row = (
	code: number,
	level: EventCode['level'],
	category: string,
	description: string,
	weight = 0,
	method = '',
): EventCode => ({ code: String(code), level, category, description, weight, method });

const AUTHENTICATION = 'Authentication';

/**
 * Codes of the user event log, a few of each group.
 * Source: reference/securid.md section 10 (codes, levels and categories documented). The sentences are assumed, but for the words `failed`, `unsuccessful`,
 * `denied` and `succeeded`, on which clients rely; four of them contradict their level, as the vendor's do.
 */
export const USER_CODES: readonly EventCode[] = [
	row(2, 'notice', AUTHENTICATION, 'Authentication method locked', 6),
	row(3, 'notice', AUTHENTICATION, 'Authentication method unlocked by a successful authentication', 4),
	row(4, 'notice', AUTHENTICATION, 'Authenticate Tokencode lock expired', 2),
	row(31, 'error', AUTHENTICATION, 'Authentication failed - User not found', 5),
	row(35, 'error', AUTHENTICATION, 'Authentication failed - Method locked', 5),
	row(38, 'error', AUTHENTICATION, 'Authentication failed - Illegal access', 1),
	row(101, 'notice', AUTHENTICATION, 'Authenticate Tokencode enrollment succeeded', 4, 'Authenticate Tokencode'),
	row(103, 'notice', AUTHENTICATION, 'Authenticate Tokencode authentication succeeded', 60, 'Authenticate Tokencode'),
	row(104, 'error', AUTHENTICATION, 'Authenticate Tokencode authentication failed - Invalid tokencode', 14, 'Authenticate Tokencode'),
	row(105, 'error', AUTHENTICATION, 'Authenticate Tokencode authentication failed - Tokencode reused', 3, 'Authenticate Tokencode'),
	row(115, 'error', 'User Status', 'User status request failed - User not found', 2),
	row(201, 'notice', AUTHENTICATION, 'LDAP password authentication succeeded', 70, 'Password'),
	row(215, 'error', AUTHENTICATION, 'LDAP password authentication failed - Bad user name or password', 16, 'Password'),
	row(224, 'error', AUTHENTICATION, 'LDAP password authentication failed - Account locked', 4, 'Password'),
	row(300, 'notice', AUTHENTICATION, 'FIDO enrollment succeeded', 4, 'FIDO'),
	row(340, 'notice', AUTHENTICATION, 'FIDO authentication succeeded', 40, 'FIDO'),
	row(601, 'notice', AUTHENTICATION, 'SecurID authentication succeeded', 30, 'SecurID'),
	row(605, 'error', AUTHENTICATION, 'SecurID authentication failed - Wrong passcode', 8, 'SecurID'),
	row(701, 'notice', AUTHENTICATION, 'Approve authentication succeeded', 90, 'Approve'),
	row(702, 'error', AUTHENTICATION, 'Approve authentication failed - No response', 10, 'Approve'),
	row(703, 'error', AUTHENTICATION, 'Approve authentication failed - User denied', 3, 'Approve'),
	row(707, 'notice', AUTHENTICATION, 'Approve enrollment succeeded', 5, 'Approve'),
	row(901, 'notice', AUTHENTICATION, 'Portal sign-in succeeded', 30),
	row(907, 'notice', AUTHENTICATION, 'Portal sign-out succeeded', 25),
	row(935, 'error', AUTHENTICATION, 'User password validation succeeded - Method not allowed. Access denied', 3),
	row(940, 'error', 'Authorization', 'Access denied by policy', 4),
	row(1503, 'error', AUTHENTICATION, 'QR Code authentication failed - User denied', 2, 'QR Code'),
	row(1507, 'notice', AUTHENTICATION, 'QR Code enrollment succeeded', 2, 'QR Code'),
	row(1512, 'notice', AUTHENTICATION, 'QR Code unenrollment failed', 1, 'QR Code'),
	row(3000, 'notice', 'Device Management', 'Device registration succeeded', 5),
	row(3002, 'error', 'Device Management', 'Device registration failed - Device limit reached', 2),
	row(20301, 'notice', AUTHENTICATION, 'MFA session started', 40),
	row(20302, 'notice', AUTHENTICATION, 'MFA session succeeded', 34),
	row(20303, 'error', AUTHENTICATION, 'MFA session unsuccessful', 6),
	row(20804, 'error', AUTHENTICATION, 'SMS Tokencode regenerated', 2, 'SMS Tokencode'),
	row(20902, 'error', AUTHENTICATION, 'OIDC response unsuccessful', 2),
	row(21903, 'error', AUTHENTICATION, 'SMS Tokencode locked', 1, 'SMS Tokencode'),
	row(38000, 'notice', AUTHENTICATION, 'A message of a code that nobody has published', 2),
];

/**
 * Codes of the system event log.
 * Source: vendor page "System Event Monitor Messages" (documented as far as it is public); the sentences are assumed.
 */
export const SYSTEM_CODES: readonly EventCode[] = [
	row(683, 'notice', 'My Authenticators', 'Authenticator profile updated', 6),
	row(684, 'error', 'My Authenticators', 'Authenticator profile update failed', 2),
	row(2501, 'notice', 'Identity Source Sync', 'User email changed', 10),
	row(2503, 'notice', 'Identity Source Sync', 'Users disabled in the identity source', 6),
	row(2505, 'notice', 'Identity Source Sync', 'Identity source synchronization succeeded', 30),
	row(2507, 'error', 'Identity Source Sync', 'Identity source synchronization failed - Directory unreachable', 8),
	row(2510, 'notice', 'User Management', 'User removed', 4),
	row(2512, 'notice', 'Hardware Authenticator', 'Hardware authenticators imported', 2),
	row(99_001, 'notice', 'Cluster', 'A message of a code that nobody has published', 2),
];
