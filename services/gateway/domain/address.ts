const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;

/** One spelling for an address: IPv4 without its IPv6 dress, no zone. */
export function plainAddress(address: string): string {
	const [unzoned = ""] = address.split("%");
	return MAPPED_IPV4.exec(unzoned)?.[1] ?? unzoned;
}
