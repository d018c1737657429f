import {
	type HttpRequest,
	type HttpResponse,
	TransportError,
	type TransportProblem,
} from '../../nodes/shared/core/http';

/** What a scripted server does with one request. */
export type Scripted = HttpResponse | TransportError;

export function answer(
	status: number,
	body: unknown = '',
	headers: Record<string, string> = {},
): HttpResponse {
	return { status, headers, text: typeof body === 'string' ? body : JSON.stringify(body) };
}

export function broken(problem: TransportProblem, detail = 'ECONNRESET'): TransportError {
	return new TransportError(problem, detail);
}

/** Gives the answers one after another and keeps the requests; one request more than answers is told aloud. */
export function scriptedSend(...answers: Scripted[]) {
	const requests: HttpRequest[] = [];
	const send = async (request: HttpRequest): Promise<HttpResponse> => {
		const next = answers[requests.length];
		requests.push(request);
		if (next === undefined) throw new Error(`request ${requests.length} was not expected: ${request.url}`);
		if (next instanceof TransportError) throw next;
		return next;
	};
	return { send, requests };
}
