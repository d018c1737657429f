import { isWebPage } from '../../../core/vendorText';
import { isSuccess, judgeRefusal, type Speech, strangeSuccess } from '../answers';
import { withId } from '../facts';
import type { Destination, Outgoing } from '../types';

export type GenericFormat = 'json' | 'ndjson' | 'cef';

export interface GenericSettings {
	format: GenericFormat;
	/** The credential's field that holds its secret. */
	secretField: string;
	/** Whether batches are signed as Standard Webhooks, which asks for small ones. */
	signed: boolean;
	/** One event as a line of CEF. */
	cefLine: (event: Outgoing) => string;
}

const FORMS = {
	json: { contentType: 'application/json', frame: { open: '[', separator: ',', close: ']' } },
	ndjson: { contentType: 'application/x-ndjson', frame: { open: '', separator: '\n', close: '\n' } },
	cef: { contentType: 'text/plain; charset=utf-8', frame: { open: '', separator: '\n', close: '\n' } },
};

/** Standard Webhooks advises bodies below 20 KB. */
const SIGNED_BYTES = 20_000;

/**
 * Any webhook that takes a JSON array, NDJSON or CEF lines and answers 2xx when it has taken them; 410 means that nothing is wanted there any more.
 * A signed body is not compressed: the signature is over what the receiver's code sees.
 */
export function generic({ format, secretField, signed, cefLine }: GenericSettings): Destination {
	const speech: Speech = {
		product: 'The webhook',
		hostField: 'Webhook URL',
		secretField,
		rights: 'Check the secrets of the credential ("Bearer Token", "Header Value", "Signing Secret") and what they may do at the receiver.',
		path: 'Check its path, too: the address is used as it stands.',
	};
	const { contentType, frame } = FORMS[format];
	return {
		...speech,
		limits: { events: 500, mostEvents: 10_000, bytes: signed ? SIGNED_BYTES : 1_000_000, mostBytes: 50_000_000, eventBytes: 50_000_000 },
		compress: false,
		deduplicates: false,
		frame,
		path: '',
		headers: { 'content-type': contentType },
		batchIdHeader: 'webhook-id',
		write: (event) => (format === 'cef' ? cefLine(event) : JSON.stringify(withId(event))),
		judge(answer, _count, nowMs) {
			if (!isSuccess(answer)) return judgeRefusal(speech, answer, nowMs);
			return isWebPage(answer.text) ? strangeSuccess(speech, answer) : { kind: 'accepted' };
		},
	};
}
