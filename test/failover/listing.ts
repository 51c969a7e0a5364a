import { setTimeout as wait } from "node:timers/promises";
import type { Shop } from "../support/shop.ts";

const EVERY_MS = 200;

/** Who runs a service, by the gateway's registry at one moment. */
export interface Listing {
	readonly atMs: number;
	readonly nodes: readonly string[];
}

/** The nodes that the gateway lists for a service such as `order-service`, or for all of them. @param token of an admin */
export async function nodesListed(shop: Shop, token: string, service?: string): Promise<readonly string[]> {
	const { body } = await shop.send("GET", "/services", { token });
	const services = (body.services ?? []) as { name: string; nodes: string[] }[];
	return services.filter(({ name }) => service === undefined || name === service).flatMap(({ nodes }) => nodes);
}

/** Looks at the list again and again. */
export async function watched(shop: Shop, token: string, service: string, forMs: number): Promise<Listing[]> {
	const listings: Listing[] = [];
	const endMs = Date.now() + forMs;
	while (Date.now() < endMs) {
		const nodes = await nodesListed(shop, token, service);
		listings.push({ atMs: Date.now(), nodes });
		await wait(EVERY_MS);
	}
	return listings;
}
