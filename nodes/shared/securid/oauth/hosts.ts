import { type Failure, type FailureDetails } from '../../core/failure';
import { securIdFailure } from '../failures';

interface VendorHost {
	tenant: string;
	/** What stands beside `auth` or `access`: `eu` of `access-eu`, `na3` of `na3.access`; empty for the plain hosts. */
	region: string;
}

/** `<tenant>.access.securid.com`, `<tenant>.access-eu.…`, `<tenant>.na3.access.…`, the same with `auth` (seen in two clients). */
function vendorHost(url: string): VendorHost | undefined {
	const { hostname } = new URL(url);
	const [, tenant, before = '', after = ''] = /^([^.]+)\.(?:([\w-]+)\.)?(?:auth|access)(?:-([\w-]+))?\.securid\.com$/.exec(hostname) ?? [];
	return tenant ? { tenant, region: before || after } : undefined;
}

/**
 * Why a sign-in may have been refused that two addresses of one credential show by themselves: their tenants or regions differ.
 * Only asked after a refusal, since the vendor does not publish that its hosts are always named so. Undefined when nothing stands out.
 */
export function hostFailure(tokenUrl: string, baseUrl: string, details: FailureDetails): Failure | undefined {
	const [issuer, api] = [vendorHost(tokenUrl), vendorHost(baseUrl)];
	if (!issuer || !api) return undefined;
	const values = { issuer: new URL(tokenUrl).hostname, api: new URL(baseUrl).hostname };
	if (issuer.tenant !== api.tenant) return securIdFailure('SECURID-OAUTH-TENANT', { ...details, values });
	if (issuer.region !== api.region) return securIdFailure('SECURID-OAUTH-REGION', { ...details, values });
	return undefined;
}
