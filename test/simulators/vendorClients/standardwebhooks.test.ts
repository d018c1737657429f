import { gzipSync } from 'node:zlib';

import { Webhook } from 'standardwebhooks';

import { systemClock } from '../clock';
import {
	startStandardWebhooks,
	type StandardWebhooksOptions,
	type StandardWebhooksSimulator,
} from '../standardWebhooks/server';
import { ask } from '../testClient';

let receiver: StandardWebhooksSimulator;
afterEach(async () => {
	await receiver.close();
});

const BODY = JSON.stringify([{ id: 'a', text: 'é' }, { id: 'b' }]);

interface Message {
	id?: string;
	body?: string;
	sentAt?: Date;
	secrets?: string[];
	headers?: Record<string, string>;
	wire?: Buffer;
}

/** Sends a message whose signature the specification's own library made. */
async function send({
	id = 'msg_1',
	body = BODY,
	sentAt = new Date(),
	secrets = [receiver.secret],
	headers,
	wire,
}: Message = {}) {
	return await ask(receiver.endpoint, {
		method: 'POST',
		headers: {
			'content-type': 'application/json',
			'webhook-id': id,
			'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
			'webhook-signature': secrets.map((secret) => new Webhook(secret).sign(id, sentAt, body)).join(' '),
			...headers,
		},
		body: wire ?? body,
	});
}

async function start(options: StandardWebhooksOptions = {}): Promise<void> {
	receiver = await startStandardWebhooks(options);
}

it('takes a message that the library signed, and the library verifies what arrived', async () => {
	await start();
	expect((await send()).status).toBe(204);
	expect(receiver.ids()).toEqual(['a', 'b']);
	const [{ body, headers }] = receiver.requests;
	const verified = new Webhook(receiver.secret).verify(body, headers as Record<string, string>);
	expect(verified).toEqual(JSON.parse(BODY));
});

it('takes any of several signatures and any of its secrets while a secret rotates', async () => {
	const [old, fresh, other] = ['old-secret', 'new-secret', 'other'].map(
		(text) => `whsec_${Buffer.from(text).toString('base64')}`,
	);
	await start({ secrets: [fresh, old] });
	expect((await send({ id: 'm1', secrets: [old] })).status).toBe(204);
	expect((await send({ id: 'm2', secrets: [other, fresh] })).status).toBe(204);
	expect((await send({ id: 'm3', secrets: [other] })).status).toBe(401);
});

it('takes a compressed body by the signature of its text, and none over the compressed bytes', async () => {
	await start();
	const wire = gzipSync(BODY);
	const gzip = { 'content-encoding': 'gzip' };
	expect((await send({ wire, headers: gzip })).status).toBe(204);
	expect((await send({ id: 'msg_2', body: wire.toString('latin1'), wire, headers: gzip })).status).toBe(401);
});

it.each<[string, number, Message]>([
	['a changed body', 401, { wire: Buffer.from(BODY.replace('b', 'c')) }],
	['another secret', 401, { secrets: [`whsec_${Buffer.from('another').toString('base64')}`] }],
	['another version of signature', 401, { headers: { 'webhook-signature': 'v1a,AAAA' } }],
	['a timestamp of six minutes ago', 401, { sentAt: new Date(Date.now() - 360_000) }],
	['a timestamp in six minutes', 401, { sentAt: new Date(Date.now() + 360_000) }],
	['a timestamp in milliseconds', 401, { headers: { 'webhook-timestamp': String(Date.now()) } }],
	['no id', 400, { headers: { 'webhook-id': '' } }],
	['a body that is no JSON', 400, { body: '[{' }],
	['another content encoding', 415, { headers: { 'content-encoding': 'br' } }],
])('refuses %s with %i and keeps nothing', async (_, status, message) => {
	await start();
	expect((await send(message)).status).toBe(status);
	expect(receiver.events).toEqual([]);
	const [{ body, headers }] = receiver.requests;
	// The library judges signature and time alike; shape and encoding are not its business.
	const verify = () => new Webhook(receiver.secret).verify(body, headers as Record<string, string>);
	if (status === 401) expect(verify).toThrow(/No matching signature|timestamp too (old|new)/);
});

it('knows a repeated message by its id, answers as before and stores nothing twice', async () => {
	await start({ faults: [{ on: { nth: 1 }, do: { reset: 'afterServing' } }] });
	expect((await send()).failure).toBe('ECONNRESET');
	expect((await send({ sentAt: new Date(Date.now() + 2000) })).status).toBe(204);
	expect((await send({ body: '[{"id":"c"}]' })).status).toBe(204);
	expect(receiver.ids()).toEqual(['a', 'b']);
	expect(receiver.events).toHaveLength(2);
	expect(receiver.repeats.map(({ sameBody }) => sameBody)).toEqual([true, false]);
});

it('answers 410 once it wants no more', async () => {
	await start({ clock: systemClock });
	receiver.unsubscribe();
	expect((await send()).status).toBe(410);
	expect(receiver.events).toEqual([]);
});
