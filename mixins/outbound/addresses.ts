import ipaddr from "ipaddr.js";

/** Global unicast (RFC 4291), all that was ever given out of IPv6: no NAT64 prefix, no site-local address is in it. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR("2000::/3");
/** For examples (RFC 9637); newer than the list of ipaddr.js. */
const EXAMPLES_IPV6 = ipaddr.IPv6.parseCIDR("3fff::/20");

/** Where an address leads: to the Internet, to the own machine, into the own network, or where no request belongs. */
export type Reach = "public" | "loopback" | "private" | "never";

const OWN: Readonly<Record<string, Reach>> = {
	loopback: "loopback",
	private: "private",
	uniqueLocal: "private",
	carrierGradeNat: "private",
};

/**
 * Where an IP address leads; IPv4 written as IPv6 counts as what it is. `never` are the unspecified address (a
 * synonym of loopback), multicast, the link (where clouds keep credentials: 169.254.169.254), translators such as
 * NAT64 and 6to4, which reach IPv4 by a detour, and what is reserved.
 */
export function reachOf(address: string): Reach {
	if (!ipaddr.isValid(address)) return "never";
	const parsed = ipaddr.process(address);
	const range = parsed.range();
	if (range !== "unicast") return OWN[range] ?? "never";
	if (parsed instanceof ipaddr.IPv4) return "public";
	return parsed.match(GLOBAL_IPV6) && !parsed.match(EXAMPLES_IPV6) ? "public" : "never";
}

/** The IP address that a URL names itself, so that there is no name to look up. */
export function literalOf({ hostname }: URL): string | undefined {
	const bare = hostname.replace(/^\[(.*)\]$/, "$1");
	return ipaddr.isValid(bare) ? bare : undefined;
}
