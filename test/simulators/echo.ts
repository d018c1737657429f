import { jsonAnswer, textAnswer, type Answer } from './answers';
import type { Echo, EchoEncoding } from './faults';
import type { LoggedRequest } from './http';

/** Say nothing about who asks. */
const PLAIN_HEADERS = ['host', 'connection', 'user-agent', 'accept', 'accept-encoding', 'content-type', 'content-length', 'content-encoding', 'transfer-encoding'];

const ENCODINGS: Record<EchoEncoding, (text: string) => string> = {
	plain: (text) => text,
	base64: (text) => Buffer.from(text).toString('base64'),
	base64url: (text) => Buffer.from(text).toString('base64url'),
	hex: (text) => Buffer.from(text).toString('hex'),
	url: (text) => encodeURIComponent(text),
	// Every character, and not only those that have to be.
	escapes: (text) => [...text].map((character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`).join(''),
	slashes: (text) => JSON.stringify(text).slice(1, -1).replaceAll('/', '\\/'),
};

/** What a request brought along: its headers' values, its address, its body. */
function broughtBy({ headers, target, body }: LoggedRequest, what: Echo['what'] = 'all'): string {
	const values = Object.entries(headers).filter(([name]) => !PLAIN_HEADERS.includes(name)).map(([, value]) => String(value));
	const parts = { headers: values, target: [target], body: [body.slice(0, 20_000)], all: [...values, target, body.slice(0, 20_000)] };
	return parts[what].filter(Boolean).join(' ');
}

/** An answer that repeats the request, as careless gateways and debugging servers do. */
export function echoOf(request: LoggedRequest, { status, as, encoded = 'plain', what }: Echo): Answer {
	const said = ENCODINGS[encoded](broughtBy(request, what));
	switch (as) {
		case 'json':
			// By hand, so that escapes go out as they are.
			return { ...jsonAnswer(status, null), body: `{"message":"${encoded === 'plain' ? ENCODINGS.slashes(said) : said}"}` };
		case 'nested':
			return jsonAnswer(status, { error: { reason: JSON.stringify({ request: said }) }, errors: [{ detail: said }] });
		case 'members':
			return jsonAnswer(status, { [said]: said });
		case 'xml':
			return textAnswer(status, `<?xml version="1.0"?><Error><Code>Echo</Code><Message>${said.replace(/[<&]/g, (sign) => `&#${sign.charCodeAt(0)};`)}</Message></Error>`, 'application/xml');
		case 'html':
			return textAnswer(status, `<!DOCTYPE html><html><head><title>${said}</title></head><body>${said}</body></html>`, 'text/html');
		case 'location':
			return { status, headers: { location: `https://elsewhere.invalid/?${encodeURIComponent(said).slice(0, 6_000)}` }, body: said };
		case 'text':
			return textAnswer(status, said);
	}
}
