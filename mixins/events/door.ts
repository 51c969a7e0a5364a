/** Of a broker that a single Stoa uses. */
const DEFAULT_NAMESPACE = "stoa";

/**
 * Where outsiders put messages of an open event: a queue of RabbitMQ, a subject of NATS. Its name is the event's,
 * so that whoever knows the event need not know Stoa; only a Stoa that shares its broker puts its namespace first.
 */
export const doorOf = (namespace: string, event: string): string =>
	namespace === DEFAULT_NAMESPACE ? event : `${namespace}.${event}`;
