import type { Failure } from '../../core/failure';
import type { HttpResponse } from '../../core/http';

/** An event on its way, as a destination sees it. */
export interface Outgoing {
	/** The event's own id, or a hash of its content. */
	id: string;
	/** Whether the event holds its id itself. */
	ownId: boolean;
	/** Epoch ms; undefined when the event has no time that can be read. */
	timeMs?: number;
	json: Record<string, unknown>;
}

/** An event as it will stand in a body. */
export interface Written {
	/** Position among the input items. */
	item: number;
	id: string;
	/** Empty once it was delivered or given up. */
	text: string;
	/** Of the text, in UTF-8. */
	bytes: number;
	/** Requests that it has been part of. */
	attempts: number;
}

/** An event that will not be delivered, and why. */
export interface Rejected {
	item: number;
	id: string;
	reason: string;
	/** HTTP status of the refusal; absent when it was never sent. */
	status?: number;
	attempts: number;
}

/** What a refusal of one event says. */
export interface Refusal {
	reason: string;
	status: number;
}

/** What became of one event of a batch: taken, taken before, to be sent again, or refused for good. */
export type EventOutcome = 'accepted' | 'known' | 'again' | Refusal;

/** What an answer means for the batch that it answers. */
export type Verdict =
	| { kind: 'accepted' }
	/** One outcome per event, in the order of the batch; `failure` stands for those to be sent again. */
	| { kind: 'mixed'; outcomes: EventOutcome[]; failure: Failure }
	/** Temporary: the whole batch again. `uncertain`: it may have been taken. */
	| { kind: 'again'; failure: Failure; uncertain: boolean }
	/** More than the receiver takes in one request. */
	| { kind: 'tooLarge'; refusal: Refusal }
	/** Refused because of what it holds; `at` is the event that the receiver names, if it names one. */
	| { kind: 'refused'; refusal: Refusal; at?: number }
	/** No further request can succeed before somebody changes something. */
	| { kind: 'stop'; failure: Failure };

export interface Limits {
	/** Events per request, where the user sets no other number. */
	events: number;
	/** What the user may raise it to. */
	mostEvents: number;
	/** Bytes per request, before compression, where the user sets no other number. */
	bytes: number;
	/** What the user may raise it to. */
	mostBytes: number;
	/** Bytes of one written event; longer ones are not sent, since the receiver would refuse or cut them. */
	eventBytes: number;
}

/** How one kind of receiver wants a batch, and what its answers mean. Pure: knows no secrets and sends nothing. */
export interface Destination {
	/** The receiver as users know it. */
	product: string;
	/** The credential's field that holds its address. */
	hostField: string;
	limits: Limits;
	/** Whether bodies are compressed unless the user says otherwise. */
	compress: boolean;
	/** Whether the receiver drops repeats by itself, so that sending again does no harm. */
	deduplicates: boolean;
	/** What stands before, between and after the events of a body. */
	frame: { open: string; separator: string; close: string };
	/** Path with query, after the credential's base address. */
	path: string;
	headers: Record<string, string>;
	/** The header that carries the id of a batch, for receivers that want one. */
	batchIdHeader?: string;
	/** The text of an event in a body. */
	write(event: Outgoing): string;
	/** What the answer to a batch means. In: the answer, the number of events, the clock. */
	judge(answer: HttpResponse, count: number, nowMs: number): Verdict;
	/** What the user should know about an event that is sent all the same. Counted by sentence. */
	remark?(event: Outgoing, text: string, nowMs: number): string | undefined;
}
