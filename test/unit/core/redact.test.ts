import { redactorOf } from '../../../nodes/shared/core/redact';
import { ENCODINGS, Finder } from '../../security/leaksFinder';

const SECRET = 'pass/"word\\+=&<1> 9f86d081884c7d65';
const redact = redactorOf([SECRET]);
const finder = new Finder([{ name: 'the secret', value: SECRET }]);

test.each(ENCODINGS.filter(({ name }) => !/folded/.test(name)).map(({ name, write }): [string, typeof write] => [name, write]))('a known secret is taken out of a text that writes it as %s', (_name, write) => {
	const text = `before ${write(Buffer.from(SECRET, 'latin1'))} after`;
	expect(finder.find(text)).not.toEqual([]);
	expect(finder.find(redact(text))).toEqual([]);
	expect(redact(text)).toMatch(/^before .*\[removed\].* after$/);
});

test('a secret with signs beyond ASCII is taken out in the forms of JSON and URLs', () => {
	const secret = 'größe-€-🔑-1';
	const hide = redactorOf([secret]);
	expect(hide(`a ${secret} b`)).toBe('a [removed] b');
	expect(hide(`a ${encodeURIComponent(secret)} b`)).toBe('a [removed] b');
	expect(hide(`a ${[...secret].flatMap((sign) => sign.split('')).map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')} b`)).toBe('a [removed] b');
});

test('a secret with a tab or line end is taken out of a URL', () => {
	const secret = 'pass\tword\n1';
	expect(redactorOf([secret])(`a ${encodeURIComponent(secret)} b`)).toBe('a [removed] b');
});

test('a secret of four characters is taken out of Base64, wherever it begins there', () => {
	for (const before of ['', 'x', 'xy']) expect(redactorOf(['k9!z'])(btoa(`${before}k9!z and more`))).toContain('[removed]');
});

test('a text without the secret, and one for which no secret is known, stay as they are', () => {
	expect(redact('The index "audit" does not exist (password)')).toBe('The index "audit" does not exist (password)');
	expect(redactorOf(['', 'abc'])('abc')).toBe('abc');
	expect(redactorOf(['s3cr3t'])('a ++++++ b')).toBe('a ++++++ b');
});
