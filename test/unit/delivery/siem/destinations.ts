import { cefLine } from '../../../../nodes/shared/mapping/cef';
import { datadog } from '../../../../nodes/shared/delivery/siem/destinations/datadog';
import { elasticBulk } from '../../../../nodes/shared/delivery/siem/destinations/elasticBulk';
import { generic } from '../../../../nodes/shared/delivery/siem/destinations/generic';
import { sentinel } from '../../../../nodes/shared/delivery/siem/destinations/sentinel';
import { splunkHec } from '../../../../nodes/shared/delivery/siem/destinations/splunkHec';
import { sumo } from '../../../../nodes/shared/delivery/siem/destinations/sumo';

const DEVICE = { vendor: 'RSA', product: 'SecurID', version: '1' };

/** Every receiver that events are written for, with the fewest settings. */
export const destinations = () => ({
	splunkHec: splunkHec({ channel: '' }),
	elasticBulk: elasticBulk({ index: 'i', secretField: 'API Key' }),
	sentinel: sentinel({ dcrImmutableId: 'd', stream: 's' }),
	datadog: datadog({}),
	sumo: sumo({}),
	ndjson: generic({ format: 'ndjson', secretField: '', signed: false, cefLine: () => '' }),
	cef: generic({ format: 'cef', secretField: '', signed: true, cefLine: ({ json, id, timeMs }) => cefLine(json, id, timeMs, DEVICE) }),
});

export const DESTINATIONS = destinations();
