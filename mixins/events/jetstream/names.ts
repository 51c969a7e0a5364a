/** Every name in JetStream; streams and consumers may have no dots, subjects are split at them. */
export const names = (namespace: string) => ({
	stream: `${token(namespace)}_facts`,
	/** All facts; the events' names follow. */
	facts: `${namespace}.facts.>`,
	fact: (event: string) => `${namespace}.facts.${event}`,
	/** Keeps the youngest canary of each node for a minute. */
	canaries: `${token(namespace)}_canaries`,
	canary: (id: string) => `${namespace}.canary.${id}`,
	/** The durable consumer of one of ours: `orders.recordRefund` becomes `orders_recordRefund`. */
	consumer: token,
});

const token = (name: string): string => name.replaceAll(/[^A-Za-z0-9-]/g, "_");
