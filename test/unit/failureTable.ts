import type { FailureText } from '../../nodes/shared/core/failure';

/** Checks the words of a vendor's failure table against the house rules for texts shown to users. */
export function checkFailureTable(prefix: string, table: Record<string, FailureText>): void {
	it.each(Object.entries(table))(
		'%s says what happened and what to do next',
		(code, { message, advice, cause }) => {
			expect(code).toMatch(new RegExp(`^${prefix}-[A-Z0-9]+(-[A-Z0-9]+)*$`));
			expect(message).toMatch(/^(["A-Z]|n8n )/);
			expect(message).not.toMatch(/[.!]$/);
			expect(advice).toMatch(/[.}]$/);
			expect(cause).toMatch(
				/^(rate-limited|temporarily-unavailable|credential-invalid|configuration-invalid|node-defect)$/,
			);
		},
	);

	it.each(Object.entries(table))(
		"%s avoids the words that n8n's guideline avoids",
		(_code, { message, advice }) => {
			expect(`${message} ${advice}`).not.toMatch(/\b(errors?|problems?|failures?|mistakes?)\b/i);
		},
	);

	it('repeats nothing that needs another credential first', () => {
		const wrong = Object.values(table).filter(
			({ cause, retryable }) => retryable && cause === 'credential-invalid',
		);
		expect(wrong).toEqual([]);
	});
}
