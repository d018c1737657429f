import {
	Failure,
	type FailureText,
	failureIn,
	failuresFrom,
	isFailure,
} from '../../../nodes/shared/core/failure';

const TEXT: FailureText = {
	message: '"{field}" is empty',
	advice: 'Fill in "{field}".',
	cause: 'credential-invalid',
};

describe('a failure', () => {
	it('ends its message with its stable code and names the values', () => {
		const failure = new Failure('SAFE-FIELD-EMPTY', TEXT, { values: { field: 'API Username' } });
		expect(failure.message).toBe('"API Username" is empty (SAFE-FIELD-EMPTY)');
		expect(failure.advice).toBe('Fill in "API Username".');
		expect(failure).toBeInstanceOf(Error);
		expect(failure.name).toBe('Failure');
	});

	it("adds the vendor's own sentence to the advice", () => {
		const failure = new Failure('X-1', { ...TEXT, advice: 'Wait.' }, { vendorMessage: 'Unauthorized' });
		expect(failure.advice).toBe('Wait. The answer was: "Unauthorized"');
	});

	it('leaves a place without a value as it is', () => {
		expect(new Failure('X-1', TEXT).message).toBe('"{field}" is empty (X-1)');
	});

	it("does not fill places inside values or inside the vendor's sentence", () => {
		const failure = new Failure('X-1', TEXT, {
			values: { field: '{field} {other}', other: 'x' },
			vendorMessage: '{other}',
		});
		expect(failure.message).toBe('"{field} {other}" is empty (X-1)');
		expect(failure.advice).toContain('"{other}"');
	});

	it.each<[string, boolean | undefined, boolean]>([
		['says so', true, true],
		['says no', false, false],
		['says nothing', undefined, false],
	])('can be repeated only if its row %s', (_label, retryable, expected) => {
		expect(new Failure('X-1', { ...TEXT, retryable }).retryable).toBe(expected);
	});
});

describe('recognising a failure', () => {
	const failure = new Failure('X-1', TEXT);

	it('goes by shape, since every bundled node has its own copy of the class', () => {
		const foreign = Object.assign(new Error('text'), {
			name: 'Failure',
			code: 'X-1',
			text: TEXT,
			details: {},
		});
		expect(isFailure(foreign)).toBe(true);
		expect(isFailure(failure)).toBe(true);
	});

	it.each<[string, unknown]>([
		['another error', new Error('Failure')],
		['an error with a code alone', Object.assign(new Error('x'), { code: 'X-1' })],
		['an object of the same members', { name: 'Failure', code: 'X-1', text: TEXT }],
		['nothing', undefined],
		['a text', 'Failure'],
	])('is not fooled by %s', (_label, value) => {
		expect(isFailure(value)).toBe(false);
		expect(failureIn(value)).toBeUndefined();
	});

	it('finds one that n8n wrapped', () => {
		const wrapped = new Error('node', { cause: new Error('credential', { cause: failure }) });
		expect(failureIn(wrapped)).toBe(failure);
		expect(failureIn(failure)).toBe(failure);
	});

	it('comes to an end in causes that go round in a circle', () => {
		const error = new Error('a');
		error.cause = error;
		expect(failureIn(error)).toBeUndefined();
	});
});

it('makes failures from a table by their code', () => {
	const build = failuresFrom({ 'X-1': TEXT, 'X-2': { ...TEXT, message: 'two' } });
	expect(build('X-2')).toMatchObject({ code: 'X-2', message: 'two (X-2)', details: {} });
	expect(build('X-1', { status: 401 }).details).toEqual({ status: 401 });
});
