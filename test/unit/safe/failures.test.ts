import { SAFE_FAILURES, safeFailure } from '../../../nodes/shared/safe/failures';
import { checkFailureTable } from '../failureTable';

checkFailureTable('SAFE', SAFE_FAILURES);

it('a failure of SAFE ends with its code', () => {
	expect(safeFailure('SAFE-UUID').message).toBe('"Report UUID" is empty (SAFE-UUID)');
});
