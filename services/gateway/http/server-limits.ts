/**
 * How long a client may take: to send its header fields, its whole request, and its next request. A whole request may
 * be a large file; bodies that are read at once have 30 s (http/body.ts), and files as much between two bits. Load
 * balancers keep idle connections for 60 s, so ours live longer: the side that closes must be theirs.
 */
export const SERVER_LIMITS = {
	headersTimeout: 10_000,
	requestTimeout: 600_000,
	keepAliveTimeout: 65_000,
	connectionsCheckingInterval: 2_000,
	maxHeaderSize: 16_384,
};
