/**
 * How long a client may take: to send its header fields, its whole request, and its next request. Load
 * balancers keep idle connections for 60 s, so ours live longer: the side that closes must be theirs.
 */
export const SERVER_LIMITS = {
	headersTimeout: 10_000,
	requestTimeout: 30_000,
	keepAliveTimeout: 65_000,
	connectionsCheckingInterval: 2_000,
	maxHeaderSize: 16_384,
};
