const HTTPS_PORT = 443;
/** A name, an IPv4 address, or an IPv6 address in brackets, and the port. */
const HOST = /^([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(:\d{1,5})?$/i;
/** Up to the path, in a request that names its address in full. */
const ORIGIN = /^https?:\/\/[^/?#]*/i;

/**
 * Where a plain request should have gone. A client that names no port came by the usual one, and is sent to the
 * usual one of HTTPS, whatever stands in between; one that names a port is sent to the gateway's own.
 *
 * @param host the Host field
 * @param target what the request line asks for; of a full address only path and query are kept
 * @param port where the gateway speaks HTTPS
 * @returns undefined when the Host field is missing or no host
 */
export function secureLocation(host: string | undefined, target: string, port: number): string | undefined {
	const [, name, given] = HOST.exec(host ?? "") ?? [];
	if (name === undefined) return undefined;

	const path = target.replace(ORIGIN, "");
	const origin = given === undefined || port === HTTPS_PORT ? name : `${name}:${port}`;
	return `https://${origin}${path.startsWith("/") ? path : `/${path.startsWith("?") ? path : ""}`}`;
}
