import { addressIn, baseUrlOf, redactor, type SiemCredential } from '../../../../nodes/shared/delivery/siem/credential';
import { liveTestOf } from '../../../../nodes/shared/delivery/siem/liveTest';
import { SIEM_FAILURES } from '../../../../nodes/shared/delivery/siem/failures';
import { checkFailureTable } from '../../failureTable';

const filled = (text: string) => text.replace(/^\{(product|path|rights)\}/, 'Splunk').replace(/^Splunk$/, 'Splunk.');
checkFailureTable(
	'SIEM',
	Object.fromEntries(Object.entries(SIEM_FAILURES).map(([code, text]) => [code, { ...text, message: filled(text.message), advice: filled(text.advice) }])),
);

describe('the base address', () => {
	it.each<[SiemCredential, string]>([
		[{ destination: 'splunkHec', splunkUrl: ' https://s.example.com:8088/services/collector/event/ ' }, 'https://s.example.com:8088'],
		[{ destination: 'splunkHec', splunkUrl: 's.example.com:8088' }, 'https://s.example.com:8088'],
		[{ destination: 'elasticBulk', elasticUrl: 'https://e.example.com/es/_bulk' }, 'https://e.example.com/es'],
		[{ destination: 'sentinel', dceUrl: 'https://d.ingest.monitor.azure.com/dataCollectionRules/dcr-1/streams/x?api-version=1' }, 'https://d.ingest.monitor.azure.com'],
		[{ destination: 'datadog' }, 'https://http-intake.logs.datadoghq.com'],
		[{ destination: 'datadog', site: 'us3.datadoghq.com' }, 'https://http-intake.logs.us3.datadoghq.com'],
		[{ destination: 'sumo', secretUrl: 'https://c.sumologic.com/receiver/v1/http/abc==' }, 'https://c.sumologic.com/receiver/v1/http/abc=='],
		[{ destination: 'generic', webhookUrl: 'https://w.example.com/in?tenant=1' }, 'https://w.example.com/in?tenant=1'],
		[{ destination: 'generic', webhookUrl: 'http://w.example.com/in', allowHttp: true }, 'http://w.example.com/in'],
	])('of %j is %s', (credential, base) => {
		expect(baseUrlOf(credential)).toBe(base);
	});

	it.each<[string, string]>([
		['http://s.example.com', 'https://'],
		['ftp://s.example.com', 'https://'],
		['https://me:pw@s.example.com', 'user name'],
		['https://a b', 'blanks'],
		['https://', 'not a URL'],
	])('is not taken from %s', (webhookUrl, says) => {
		const read = (allowHttp: boolean) => () => addressIn({ webhookUrl, allowHttp }, 'webhookUrl');
		expect(read(false)).toThrow(says);
		if (!webhookUrl.startsWith('http:')) expect(read(true)).toThrow(says);
	});

	it('of Datadog is of its own sites alone', () => {
		for (const site of ['example.com', 'datadoghq.com.example.com', 'x/datadoghq.com', 'a.b.datadoghq.com']) {
			expect(() => baseUrlOf({ destination: 'datadog', site })).toThrow(/"Site"/);
		}
	});
});

it("Datadog's key is checked at the API of the same site", () => {
	expect(liveTestOf({ destination: 'datadog', site: 'us5.datadoghq.com' }).url).toBe('https://api.us5.datadoghq.com/api/v1/validate');
});

it('takes secrets out of a text in each form in which they are sent', () => {
	const redact = redactor({ username: 'writer', password: 'pass:+"word', secretUrl: 'https://c.sumologic.com/receiver/v1/http/ZmFrZQ==', hecToken: 'abc' });
	const basic = Buffer.from('writer:pass:+"word').toString('base64');
	const shown = redact(`pass:+"word ${JSON.stringify('pass:+"word')} ${encodeURIComponent('pass:+"word')} ${basic} /receiver/v1/http/ZmFrZQ== abc`);
	expect(shown).toBe('[removed] "[removed]" [removed] [removed] [removed] abc');
});
