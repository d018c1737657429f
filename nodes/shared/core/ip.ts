const IPV4 = /^(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(\.(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;

/** Whether a text is an IPv4 or IPv6 address. (`node:net` is not allowed in community nodes; the URL parser knows IPv6.) */
export function isIP(text: string): boolean {
	if (IPV4.test(text)) return true;
	return /^[0-9a-f:.]+$/i.test(text) && text.includes(':') && URL.canParse(`http://[${text}]/`);
}

/**
 * Splits the one-cell form of address and port: `198.51.100.7:443`, `[2001:db8::1]:443`, or the address alone.
 * Out: the address, port where given; undefined when there is no address in it.
 */
export function splitAddress(text: string): { ip: string; port?: number } | undefined {
	const trimmed = text.trim();
	const usual = /^([\d.]+):(\d{1,5})$/.exec(trimmed);
	if (usual && IPV4.test(usual[1])) return { ip: usual[1], port: Number(usual[2]) };
	if (isIP(trimmed)) return { ip: trimmed };
	const withPort = /^(?:\[([^\]]+)\]|([^:\s,/]+))\s*[:,/ ]\s*(\d{1,5})$/.exec(trimmed);
	const ip = withPort?.[1] ?? withPort?.[2];
	if (ip && isIP(ip)) return { ip, port: Number(withPort?.[3]) };
	const bracketed = /^\[([^\]]+)\]$/.exec(trimmed)?.[1];
	return bracketed && isIP(bracketed) ? { ip: bracketed } : undefined;
}
