import { SECURID_FAILURES, securIdFailure } from '../../../nodes/shared/securid/failures';
import { checkFailureTable } from '../failureTable';

checkFailureTable('SECURID', SECURID_FAILURES);

it('a failure of SecurID ends with its code', () => {
	expect(securIdFailure('SECURID-403-CLOCK').message).toBe(
		'SecurID says that the token had expired on arrival (SECURID-403-CLOCK)',
	);
});
