import { z } from "zod";
import { defineAction } from "./action.ts";
import { defineError } from "./errors.ts";

/**
 * How services prove to each other who they are: each node has the keys of its own services, proves them to
 * users, and sends the token it gets for that with every call to another node.
 *
 * Its type and audience are its own, so that no user's access token passes for one, nor the reverse. `skewSeconds`
 * is by how much two nodes' clocks may differ.
 */
export const CALLER_TOKEN = {
	algorithm: "EdDSA",
	type: "caller+jwt",
	issuer: "stoa",
	audience: "stoa-services",
	lifetimeSeconds: 900,
	skewSeconds: 60,
} as const;

/** The name that `bin/stoa` has when it joins a cluster. It may call whatever services may. */
export const OPERATOR = "operator";

/** Between nodes only; the gateway shows it to nobody. */
export const CallerUnknown = defineError(
	"CALLER_UNKNOWN",
	401,
	"The calling node did not prove which service it is. Give it the service keys that `bin/stoa keys` prints, and set its clock.",
);
/** Between nodes only; the gateway shows it to nobody. */
export const CallerNotAllowed = defineError<{ callers: readonly string[] }>(
	"CALLER_NOT_ALLOWED",
	403,
	({ callers }) => `Only ${callers.join(", ")} may call this action from another node.`,
);

const ServiceName = z.string().regex(/^[a-z]{1,40}$/, "the name of a service");
/** HMAC-SHA256 in base64url. */
const Proof = z.string().length(43);

export const ExchangeServiceKey = defineAction("users.exchangeServiceKey", {
	summary: "A caller token for the node that proves it has the keys of its services; the keys themselves never travel.",
	params: z.strictObject({
		/** Milliseconds since the epoch when the proofs were made. */
		atMs: z.int().nonnegative(),
		proofs: z
			.record(ServiceName, Proof)
			.refine((given) => Object.keys(given).length > 0, { message: "names at least one service" }),
	}),
	result: z.object({ token: z.string(), expiresInSeconds: z.int() }),
	errors: [CallerUnknown],
});

export const CALLER_ACTIONS = [ExchangeServiceKey];
