import { lookup } from "node:dns/promises";
import type { LookupAddress } from "node:dns";
import { literalOf } from "./addresses.ts";
import { OutboundFailed } from "./outbound-failed.ts";
import { mayConnect } from "./rules.ts";
import type { OutboundRules } from "./rules.ts";

/** Every address of a name. */
export type Resolver = (hostname: string) => Promise<readonly LookupAddress[]>;

export const systemResolver: Resolver = (hostname) => lookup(hostname, { all: true });

/**
 * The addresses to connect to, each of them allowed: a name with one good and one bad address is up to something.
 * Whoever connects must use these, since the name may have others a moment later (DNS rebinding).
 *
 * @throws OutboundFailed
 */
export async function checkedAddresses(url: URL, rules: OutboundRules, resolve: Resolver): Promise<LookupAddress[]> {
	const found = await addressesOf(url, resolve);
	if (found.length === 0) throw new OutboundFailed("NAME_NOT_FOUND");
	if (!found.every(({ address }) => mayConnect(address, url, rules))) throw new OutboundFailed("ADDRESS_REFUSED");
	return found;
}

async function addressesOf(url: URL, resolve: Resolver): Promise<LookupAddress[]> {
	const address = literalOf(url);
	if (address !== undefined) return [{ address, family: address.includes(":") ? 6 : 4 }];
	try {
		return [...(await resolve(url.hostname))];
	} catch {
		throw new OutboundFailed("NAME_NOT_FOUND");
	}
}
