import Stripe from "stripe";

/** Pinned, so that Stripe's answers do not change their shape by themselves; raised together with the SDK. */
export const API_VERSION = "2026-10-28.endive";

/** A call that nobody waits for any more is given up after this, to free its connection. */
const GIVE_UP_AFTER_MS = 30_000;
/** Of one call, under the same key, half a second apart: what they do not bring is asked for. */
const RETRIES = 2;

export interface StripeAccess {
	readonly secretKey: string;
	/** Another address than Stripe's own, e.g. of a proxy. */
	readonly apiUrl?: string | undefined;
	/** Replaces HTTP. */
	readonly httpClient?: NonNullable<Stripe.StripeConfig["httpClient"]>;
}

export function openStripe({ secretKey, apiUrl, httpClient }: StripeAccess): Stripe {
	return new Stripe(secretKey, {
		apiVersion: API_VERSION,
		maxNetworkRetries: RETRIES,
		timeout: GIVE_UP_AFTER_MS,
		telemetry: false,
		appInfo: { name: "Stoa" },
		...(apiUrl !== undefined && addressOf(new URL(apiUrl))),
		...(httpClient !== undefined && { httpClient }),
	});
}

const addressOf = ({ hostname, port, protocol }: URL) => {
	const isPlain = protocol === "http:";
	return { host: hostname, port: port || (isPlain ? 80 : 443), protocol: isPlain ? "http" : "https" } as const;
};
